"""Writing: what is read has been written before on every route, and parallel branches write different keys."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterator

from duban.engine.gate.domains import Domains
from duban.errors import Problem
from duban.model.chart import LEFT, Chart, Read, Step, Way
from duban.model.routes import SPLITS, Facts, Place, Routes, TooWide

_STAMPS = frozenset({"_by", "_unit", "_at", "_for", "_role", "_stands_for"})
"""What the desk adds to every form."""


def check_writing(chart: Chart, domains: Domains, routes: Routes) -> Iterator[Problem]:
    """Yield reads of what is not there, and writes that parallel branches would fight about."""
    written = {key for step in chart.steps.values() for key in step.writes} | chart.given
    written |= _items(chart)
    yield from _unknown(chart, written)
    yield from _fields(chart, domains)
    yield from _unwritten(chart, written, routes)
    yield from _parallel(chart, routes)
    yield from _unset_lists(chart)


def _items(chart: Chart) -> set[str]:
    """Return the names of the present item and of data objects, known inside their level only."""
    return {name for step in chart.steps.values() for name in step.items}


def _problem(step: Step, rule: str, message: str, at: str = "") -> Problem:
    return Problem(file=step.file, element=at or step.id.removesuffix(LEFT), line=step.line, message=message, rule=rule)


def _all_reads(chart: Chart) -> Iterator[tuple[Step, Read]]:
    for step in chart.steps.values():
        yield from ((step, read) for read in step.reads)
        yield from ((step, read) for way in chart.after(step.id) for read in way.reads)


def _unknown(chart: Chart, written: set[str]) -> Iterator[Problem]:
    told: set[tuple[str, str]] = set()
    for step, read in _all_reads(chart):
        name = read.path.partition(".")[0]
        place = (read.at or step.id, name)
        if name not in written and place not in told and step.kind != "left":
            told.add(place)
            near = difflib.get_close_matches(name, sorted(written), n=1)
            hint = f"; did you mean {near[0]}?" if near else ": name a step, or the data with which the process starts"
            yield _problem(step, "unknown-name", f"{_short(read)} reads {name}, which nothing writes{hint}", read.at)


def _short(read: Read) -> str:
    return read.text if len(read.text) < 60 else f"{read.text[:57]}…"  # noqa: PLR2004  a line's worth


def _fields(chart: Chart, domains: Domains) -> Iterator[Problem]:
    """Yield fields that the form or table of a step does not have, or need not have."""
    told: set[tuple[str, str]] = set()
    for step, read in _all_reads(chart):
        key, _, rest = read.path.partition(".")
        name = rest.partition(".")[0]
        place = (read.at or step.id, read.path)
        if not name or name in _STAMPS or place in told:
            continue
        told.add(place)
        fields, outputs = domains.fields_of(key), domains.outputs_of(key)
        if fields is not None and name not in fields:
            known = ", ".join(fields)
            yield _problem(step, "unknown-field", f"{read.path}: the form of {key} has only {known}", read.at)
        elif fields is not None and read.sure and not fields[name].required:
            message = f"{read.path}: the field may be left empty in the form of {key}; write get({key}, {name!r}, …)"
            yield _problem(step, "optional-field", message.replace("'", '"'), read.at)
        elif outputs is not None and name not in outputs:
            known = ", ".join(sorted(outputs))
            yield _problem(step, "unknown-field", f"{read.path}: the table of {key} gives only {known}", read.at)


# -- written before read ------------------------------------------------------------------------------


def _unwritten(chart: Chart, known: set[str], routes: Routes) -> Iterator[Problem]:
    """Yield the reads of keys that are not written yet on some route."""
    try:
        before = _Before(chart, routes).flooded()
    except TooWide:
        return
    told: set[tuple[str, str]] = set()
    for place, keys in before.items():
        step = chart.steps[place.step]
        for read, there in _reads_at(chart, step, keys):
            name = read.path.partition(".")[0]
            element = read.at or step.id
            if not read.sure or name in there or name not in known or (element, name) in told:
                continue
            told.add((element, name))
            message = f"{_short(read)} reads {name}, which is not written on every route that comes here"
            yield _problem(step, "not-written", f"{message}: write it before, or ask get({name}, …)", read.at)


def _reads_at(chart: Chart, step: Step, keys: frozenset[str]) -> Iterator[tuple[Read, frozenset[str]]]:
    """Yield what is read at a step, with the keys that are there then: the conditions behind it see what it wrote."""
    inside = keys | step.items
    yield from ((read, inside) for read in step.reads)
    behind = keys - step.deletes | step.writes
    yield from ((read, behind) for way in chart.after(step.id) for read in way.reads)


class _Before:
    """The keys that are surely written when a token comes to each place."""

    def __init__(self, chart: Chart, routes: Routes) -> None:
        self.chart = chart
        self.routes = routes
        self.found: dict[Place, frozenset[str]] = {}
        self.entered: dict[str, frozenset[str]] = {}

    def flooded(self) -> dict[Place, frozenset[str]]:
        """Return them, by place."""
        todo: deque[Place] = deque()
        for place in self.routes.from_(*self.chart.starts):
            self.found[place] = self.chart.given
            todo.append(place)
        while todo:
            place = todo.popleft()
            for other, way in self._next(place):
                keys = self._behind(place, way)
                old = self.found.get(other)
                new = keys if old is None else old & keys
                if new != old:
                    self.found[other] = new
                    todo.append(other)
            if len(self.found) > 60_000:  # noqa: PLR2004  as many places as a walk looks at
                raise TooWide
        return self.found

    def _next(self, place: Place) -> Iterator[tuple[Place, Way]]:
        yield from ((other, way) for other, way in self.routes.next(place) if way.kind != "thrown")
        for way in self.chart.after(place.step):
            if way.kind == "caught":
                yield Place(way.target, _no_facts(), place.pending), way

    def _behind(self, place: Place, way: Way) -> frozenset[str]:
        step = self.chart.steps[place.step]
        keys = self.found[place]
        if way.kind in {"boundary", "side", "caught", "skip"}:
            return keys
        if step.kind == "subProcess" and step.many:
            return keys | step.items
        if step.kind == "left" and step.many:
            # what the instances wrote stays in them
            name = step.id.removesuffix(LEFT)
            inner = {key for other in self.chart.steps.values() if name in other.within for key in other.writes}
            entered = self._entered(name)
            return (keys - (frozenset(inner) - entered) - (step.items - entered)) | step.writes
        return keys - step.deletes | step.writes

    def _entered(self, name: str) -> frozenset[str]:
        """Return what was surely there when the multi-instance *name* began."""
        sets = [keys for place, keys in self.found.items() if place.step == name]
        return frozenset.intersection(*sets) if sets else frozenset()


def _no_facts() -> Facts:
    return frozenset()


# -- parallel -----------------------------------------------------------------------------------------


def _parallel(chart: Chart, routes: Routes) -> Iterator[Problem]:
    for step in chart.steps.values():
        ways = {way.id or way.target: way for way in chart.after(step.id) if way.kind in {"flow", "link"}}.values()
        if step.kind in SPLITS and len(ways) > 1:
            branches = [_branch(chart, way.target, routes.join(step.id)) for way in ways]
            yield from _fights(chart, branches)


def _branch(chart: Chart, start: str, join: str) -> dict[str, None]:
    seen: dict[str, None] = {}
    todo = [start]
    while todo:
        step = todo.pop()
        if step in seen or step == join:
            continue
        seen[step] = None
        todo += [way.target for way in chart.after(step) if way.kind not in {"side", "caught"}]
    return seen


def _fights(chart: Chart, branches: list[dict[str, None]]) -> Iterator[Problem]:
    writers: dict[str, tuple[int, str]] = {}
    for number, branch in enumerate(branches):
        for name in branch:
            step = chart.steps[name]
            if any(name in other for at, other in enumerate(branches) if at != number):
                continue  # behind the join
            for key in step.writes if not _inside_many(chart, step) else ():
                other = writers.setdefault(key, (number, name))
                if other[0] != number:
                    yield _problem(
                        step,
                        "parallel-keys",
                        f"it writes {key}, and so does {other[1]} in a parallel branch: rename one",
                    )
    for number, branch in enumerate(branches):
        for name in branch:
            for read in chart.steps[name].reads:
                key = read.path.partition(".")[0]
                writer = writers.get(key)
                if writer and writer[0] != number and name not in {n for b in branches[:number] for n in b}:
                    yield _problem(
                        chart.steps[name],
                        "parallel-read",
                        f"it reads {key}, which {writer[1]} writes in a parallel branch: join before reading it",
                    )


def _inside_many(chart: Chart, step: Step) -> bool:
    return any(chart.steps[name].many for name in step.within)


# -- lists of multi-instances -------------------------------------------------------------------------


def _unset_lists(chart: Chart) -> Iterator[Problem]:
    """Yield multi-instances that can be entered again with the list of the round before."""
    for step in chart.steps.values():
        if not step.many or not step.output or step.kind == "left":
            continue
        out = step.id + LEFT if step.id + LEFT in chart.steps else step.id
        seen = {way.target for way in chart.after(out)}
        todo = list(seen)
        while todo:
            other = chart.steps[todo.pop()]
            if other.id == step.id:
                message = (
                    f"it is entered again while {step.output} still holds the last round: set it to None or [] before"
                )
                yield _problem(step, "list-reset", message)
                break
            if other.script and step.output in other.writes:
                continue
            for way in chart.after(other.id):
                if way.target not in seen and way.kind not in {"side", "thrown"}:
                    seen.add(way.target)
                    todo.append(way.target)
