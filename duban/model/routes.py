"""Routes: which steps of a chart a token can come to, with what it has learnt from the gateways behind it.

A token that left one gateway because ``classify.track`` is "final" does not leave the next one because it is not:
conditions that compare one value of the data with literals are remembered until that value is written again.
Branches of a parallel gateway are walked one after the other; what each of them passes, the join has behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duban.model.chart import LEFT, Chart, Step, Test, Way

Facts = frozenset[Test]
Pending = tuple[tuple[str, tuple[str, ...]], ...]
"""Parallel branches still to be walked: the gateway that split, and the steps with which they begin."""
SPLITS = frozenset({"parallelGateway", "inclusiveGateway"})
_TRUE = frozenset({True})
MOST = 60_000
"""Most places that one walk looks at; a chart that has more is told to be too wide."""


@dataclass(frozen=True, slots=True)
class Place:
    """A step, and what a token there knows."""

    step: str
    facts: Facts
    pending: Pending = ()
    beside: str = ""
    """Of a token beside the main line: the level in which it began, and with which it does not go on."""


Seen = Mapping[Place, tuple[Place, Way] | None]
"""Places come to, each with the place before it and the way from there."""


class TooWide(Exception):
    """The chart has more combinations than can be walked."""


class Routes:
    """The routes of one chart."""

    def __init__(self, chart: Chart, *, aside: bool = False) -> None:
        """*aside*: follow what runs beside the main line as well."""
        self.chart = chart
        self.aside = aside
        self._live = _live(chart)
        self._joins: dict[str, str] = {}
        self._next: dict[Place, list[tuple[Place, Way]]] = {}

    def from_(self, *starts: str) -> list[Place]:
        """Return the places where a walk from these steps begins."""
        return [Place(step, frozenset()) for step in starts]

    def next(self, place: Place) -> list[tuple[Place, Way]]:
        """Return where a token can go from *place*, and by which way."""
        if (known := self._next.get(place)) is None:
            known = self._next.setdefault(place, list(self._going(place)))
        return known

    def _going(self, place: Place) -> Iterator[tuple[Place, Way]]:
        step = self.chart.steps[place.step]
        known = self.after(place)
        ways = [way for way in self.chart.after(step.id) if way.kind != "caught" and (self.aside or way.kind != "side")]
        flows = [way for way in ways if way.kind in {"flow", "link"}]
        yield from self._out(place, known, [way for way in ways if way not in flows])
        if step.kind in SPLITS and len({way.id for way in flows}) > 1:
            yield from self._split(place, known, step, flows)
        else:
            yield from self._out(place, known, flows)

    def after(self, place: Place) -> Facts:
        """Return what is still known when the step of *place* is done: not what it wrote anew."""
        step = self.chart.steps[place.step]
        gone = step.writes | step.deletes
        kept = frozenset(fact for fact in place.facts if fact.path.partition(".")[0] not in gone)
        return kept | frozenset(step.sets)

    def reach(
        self,
        starts: Iterable[Place],
        *,
        halt: Callable[[Step, Facts], bool] = lambda _step, _facts: False,
        bar: Callable[[Way], bool] = lambda _way: False,
    ) -> Seen:
        """Return every place that can be come to, with the one before it.

        Where *halt* holds, the token stays; where *bar* holds, it does not go.

        Raises:
            TooWide: There are more than can be looked at.
        """
        seen: dict[Place, tuple[Place, Way] | None] = dict.fromkeys(starts)
        todo = deque(seen)
        while todo:
            place = todo.popleft()
            if halt(self.chart.steps[place.step], place.facts):
                continue
            for other, way in self.next(place):
                if other not in seen and not bar(way):
                    seen[other] = (place, way)
                    todo.append(other)
            if len(seen) > MOST:
                raise TooWide(f"{self.chart.process} has more than {MOST} combinations of place and knowledge")
        return seen

    def told(self, place: Place, seen: Seen) -> str:
        """Return the way to *place* in words: the ids of its steps, with arrows."""
        steps = [place.step]
        while (before := seen[place]) is not None:
            place = before[0]
            steps.append(place.step)
        shown = [step for step in reversed(steps) if not step.endswith(LEFT)]
        return " → ".join(shown)

    # -- inner

    def _out(self, place: Place, known: Facts, ways: list[Way]) -> Iterator[tuple[Place, Way]]:
        for way in ways:
            if way.kind == "out" and place.beside == self.chart.steps[place.step].level:
                continue
            begun = place.facts if way.kind in {"boundary", "side"} else known
            facts = _learn(self.chart, frozenset() if way.kind == "thrown" else begun, way.tests)
            if facts is not None:
                beside = {"side": self.chart.steps[way.target].level, "thrown": ""}.get(way.kind, place.beside)
                yield self._arrived(way.target, facts, () if way.kind == "side" else place.pending, beside), way

    def _split(self, place: Place, known: Facts, step: Step, flows: list[Way]) -> Iterator[tuple[Place, Way]]:
        first, *others = {way.id or way.target: way for way in flows}.values()
        pending = (*place.pending, (step.id, tuple(way.target for way in others)))
        yield self._arrived(first.target, known, pending, place.beside), first

    def _arrived(self, step: str, facts: Facts, pending: Pending, beside: str) -> Place:
        """Return the place of a token that comes to *step*: at a join, or an end, the next branch begins instead."""
        while pending and self._is_over(step, pending[-1][0]):
            split, branches = pending[-1]
            pending = pending[:-1]
            if branches:
                step, pending = branches[0], (*pending, (split, branches[1:]))
        live = self._live[step]
        return Place(step, frozenset(fact for fact in facts if fact.path in live), pending, beside)

    def _is_over(self, step: str, split: str) -> bool:
        """Tell whether a branch of *split* is over at *step*: at the join, or at an end of its level."""
        at = self.chart.steps[step]
        return step == self.join(split) or (at.kind == "endEvent" and at.level == self.chart.steps[split].level)

    def join(self, split: str) -> str:
        """Return the step in which the branches of *split* come together again; empty if there is none."""
        if split not in self._joins:
            self._joins[split] = self._join(split)
        return self._joins[split]

    def _join(self, split: str) -> str:
        level = self.chart.steps[split].level
        reached = [self._ahead(way.target, level) for way in self.chart.after(split) if way.kind in {"flow", "link"}]
        common = set(reached[0]).intersection(*reached[1:])
        for step in reached[0]:
            if step in common and self.chart.steps[step].kind in SPLITS:
                return step
        return ""

    def _ahead(self, start: str, level: str) -> list[str]:
        """Return the steps of *level* from *start* on, nearest first."""
        seen, todo = {start: None}, deque([start])
        while todo:
            step = todo.popleft()
            here = [way.target for way in self.chart.after(step) if way.kind in {"flow", "link"}]
            if step + LEFT in self.chart.steps:
                here = [way.target for way in self.chart.after(step + LEFT)]
            for target in here:
                if target not in seen and self.chart.steps[target].level == level:
                    seen[target] = None
                    todo.append(target)
        return list(seen)


def letters_of(chart: Chart, step: Step, facts: Facts, parameter: str = "letter") -> frozenset[Any]:
    """Return the values that a *parameter* of a service task can have; empty if that cannot be told.

    Raises:
        Nothing: what is no literal and no output of a table is left out by returning nothing at all.
    """
    text = step.parameters.get(parameter, "").strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return frozenset({text[1:-1]})
    key, _, output = text.partition(".")
    rows = chart.rows.get(key)
    if rows is None or not all(output in row for row in rows):
        return frozenset()
    return frozenset(row[output] for row in rows if _fits(key, row, facts))


def _fits(key: str, row: Mapping[str, Any], facts: Iterable[Test]) -> bool:
    """Tell whether *row* of the table that writes *key* can have been chosen, given *facts*."""
    for fact in facts:
        top, _, output = fact.path.partition(".")
        asks_truth = fact.values == _TRUE and not isinstance(row.get(output), bool | None)
        if top == key and output in row and not asks_truth and (row[output] in fact.values) != fact.holds:
            return False
    return True


def _learn(chart: Chart, facts: Facts, tests: tuple[Test, ...]) -> Facts | None:
    """Return *facts* with what *tests* say, and what they say of the question that a table was asked.

    None if they cannot all hold.
    """
    for test in tests:
        learnt = _merged(facts, test)
        if learnt is None:
            return None
        facts = learnt
        key = test.path.partition(".")[0]
        if key in chart.rows:
            asked = _asked(chart, key, facts)
            if asked is None:
                return None
            facts = asked
    return facts


def _asked(chart: Chart, key: str, facts: Facts) -> Facts | None:
    """Return *facts* with what must have been asked of the table that wrote *key*; None if no row fits them."""
    rows, conditions = chart.rows[key], chart.conditions.get(key, ())
    fitting = [at for at, row in enumerate(rows) if _fits(key, row, facts)]
    if not fitting:
        return None
    if len(conditions) != len(rows):
        return facts
    shared = set[str].intersection(*({*conditions[at]} for at in fitting))
    for path in sorted(shared):
        values = frozenset[Any]().union(*(conditions[at][path] for at in fitting))
        learnt = _merged(facts, Test(path=path, values=values, holds=True))
        if learnt is None:
            return None
        facts = learnt
    return facts


def _merged(facts: Facts, test: Test) -> Facts | None:
    values, holds = test.values, test.holds
    for fact in facts:
        if fact.path != test.path:
            continue
        if _TRUE in (values, fact.values) and not all(isinstance(v, bool | None) for v in values | fact.values):
            return facts  # whether it is something, and which thing it is: two questions
        if holds and fact.holds:
            values = values & fact.values
        elif holds:
            values = values - fact.values
        elif fact.holds:
            values, holds = fact.values - values, True
        else:
            values = values | fact.values
    if holds and not values:
        return None
    others = frozenset(fact for fact in facts if fact.path != test.path)
    return others | {Test(path=test.path, values=values, holds=holds)}


def _live(chart: Chart) -> Mapping[str, frozenset[str]]:
    """Return for each step the paths of the data that a gateway ahead still asks for before they are written anew."""
    asked = {test.path for ways in chart.ways.values() for way in ways for test in way.tests}
    behind = {
        path: {other for row in chart.conditions.get(path.partition(".")[0], ()) for other in row} for path in asked
    }
    live: dict[str, frozenset[str]] = dict.fromkeys(chart.steps, frozenset())
    before: dict[str, list[str]] = {step: [] for step in chart.steps}
    for ways in chart.ways.values():
        for way in ways:
            before[way.target].append(way.source)
    todo = deque(chart.steps)
    while todo:
        name = todo.popleft()
        step = chart.steps[name]
        ahead: set[str] = set()
        for way in chart.after(name):
            ahead |= {test.path for test in way.tests} | live[way.target]
            ahead |= {other for test in way.tests for other in behind[test.path]}
        used = {read.path.partition(".")[0] for read in step.reads}
        found = {path for path in ahead if path.partition(".")[0] not in step.writes}
        told = used if step.decision else used & chart.rows.keys()
        found |= {path for path in asked if path.partition(".")[0] in told}
        if frozenset(found) != live[name]:
            live[name] = frozenset(found)
            todo.extend(before[name])
    return live
