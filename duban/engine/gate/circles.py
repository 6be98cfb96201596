"""Circles: every step can come to an end, and nobody goes round for ever.

A circle is capped if each of its rounds passes a script that counts (``x_n = x_n + 1``) and a flow that is gone only
while the counter is small, or a decision that reads it or what a handler made of it; or a script that writes what a
must-rule of a form of the circle looks at; or a step that is entered only while its own key is still None; or a wait
for a message: then somebody outside decides on each round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from duban.engine.gate.bounds import bounds
from duban.engine.gate.parts import components
from duban.engine.gate.reads import reads_of
from duban.errors import Problem
from duban.model.chart import LEFT, Chart, Step, Way
from duban.model.routes import Place, Routes, TooWide

_NONE: Final = frozenset({None})


def check_circles(chart: Chart, names_of: Mapping[str, frozenset[str]], routes: Routes) -> Iterator[Problem]:
    """Yield steps that nobody can come to, that cannot end, and circles without a cap.

    Args:
        chart: The process.
        names_of: Decision to the top-level names that it reads.
        routes: Its routes, with what runs beside the main line.
    """
    yield from _unreached(chart)
    if endless := list(_endless(chart)):
        yield from endless  # what never ends goes round without end as well
    else:
        yield from _uncapped(chart, names_of, routes)


def counters(chart: Chart) -> dict[str, str]:
    """Return the scripts that count up by one, with the counter of each."""
    found: dict[str, str] = {}
    for step in chart.steps.values():
        for name in _counted(step.script) if step.script else ():
            found[step.id] = name
    return found


def _counted(script: str) -> Iterator[str]:
    try:
        tree = ast.parse(script)
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(node.op, ast.Add):
            yield node.target.id
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add):
            left, target = node.value.left, node.targets[0]
            if isinstance(left, ast.Name) and isinstance(target, ast.Name) and left.id == target.id:
                yield target.id


def _problem(step: Step, rule: str, message: str) -> Problem:
    return Problem(file=step.file, element=step.id.removesuffix(LEFT), line=step.line, message=message, rule=rule)


# -- reached, and ended -------------------------------------------------------------------------------


def _unreached(chart: Chart) -> Iterator[Problem]:
    """Yield the first steps of what no token can come to."""
    seen = _closure(chart, [*chart.starts, *chart.aside], {step: list(chart.after(step)) for step in chart.steps})
    missing = [step for step in chart.steps.values() if step.id not in seen and step.kind != "left"]
    entered = {way.target for step in missing for way in chart.after(step.id)}
    for step in missing:
        if step.kind != "boundaryEvent" and (step.id not in entered or _leads_back(chart, step.id)):
            yield _problem(step, "unreachable", "no token can come here: lead a flow to it, or delete it")


def _leads_back(chart: Chart, step: str) -> bool:
    return step in _closure(
        chart, [way.target for way in chart.after(step)], {s: list(chart.after(s)) for s in chart.steps}
    )


def _closure(chart: Chart, starts: list[str], ways: Mapping[str, list[Way]]) -> set[str]:
    seen = set(starts)
    todo = list(starts)
    while todo:
        for way in ways[todo.pop()]:
            if way.target not in seen and way.target in chart.steps:
                seen.add(way.target)
                todo.append(way.target)
    return seen


def _endless(chart: Chart) -> Iterator[Problem]:
    """Yield steps from which no end of their own level can be reached."""
    before: dict[str, list[str]] = {step: [] for step in chart.steps}
    for ways in chart.ways.values():
        for way in ways:
            if way.kind in {"flow", "link", "boundary", "caught"}:
                source = way.source.removesuffix(LEFT)
                before[way.target].append(source)
    ends = [step.id for step in chart.steps.values() if not chart.after(step.id) or step.kind == "endEvent"]
    fine, todo = set(ends), list(ends)
    while todo:
        for source in before[todo.pop()]:
            if source not in fine:
                fine.add(source)
                todo.append(source)
    lost = {step.id: step for step in chart.steps.values() if step.id not in {*fine, *chart.aside}}
    entered = {way.target for name in fine for way in chart.after(name)} | {
        way.target for name in fine if name + LEFT in chart.steps for way in chart.after(name + LEFT)
    }
    first = [step for step in lost.values() if step.id in entered] or [*lost.values()]
    for step in (step for step in first if step.kind != "left"):
        yield _problem(step, "never-ends", "no end event can be reached from here: lead a flow to one")


# -- circles ------------------------------------------------------------------------------------------


def _uncapped(chart: Chart, names_of: Mapping[str, frozenset[str]], routes: Routes) -> Iterator[Problem]:
    """Yield one round of every circle that nothing caps."""
    try:
        seen = routes.reach(routes.from_(*chart.starts), bar=lambda way: way.kind == "side")
    except TooWide:
        return
    ways = {place: [(other, way) for other, way in routes.next(place) if way.kind != "side"] for place in seen}
    told: set[str] = set()
    for part in _Circles(chart, ways, names_of).uncapped():
        shown = _round(part, {place: [other for other, _ in ways[place]] for place in part})
        if shown[0] not in told:
            told.add(shown[0])
            yield _problem(
                chart.steps[shown[0]],
                "loop-cap",
                f"{' → '.join([*shown, shown[0]])} can go round without end: count the rounds in a script on the "
                "way back (x_n = x_n + 1), and let the flow that begins another round ask x_n < 3",
            )


class _Circles:
    """The circles of a process, taken apart until nothing is left that is capped."""

    def __init__(
        self, chart: Chart, ways: Mapping[Place, list[tuple[Place, Way]]], names_of: Mapping[str, frozenset[str]]
    ) -> None:
        self.chart = chart
        self.ways = ways
        self.names_of = names_of
        self.bounded = bounds(chart)
        self.counters = counters(chart)

    def uncapped(self) -> Iterator[set[Place]]:
        """Yield the parts in which somebody can go round without end."""
        seen: set[object] = set()
        todo = self._parts(set(self.ways), frozenset())
        while todo:
            part, without = todo.pop()
            if (key := self._shape(part, without)) in seen:
                continue
            seen.add(key)
            rest = self._less(part, without)
            if rest is None:
                yield part
            else:
                todo += rest

    def _shape(self, part: set[Place], without: frozenset[str]) -> object:
        """Return what tells *part* from others: the same circle is met again with other knowledge behind it."""
        steps = frozenset(place.step for place in part)
        flows = frozenset(
            (way.id, way.source, way.target) for p in part for other, way in self.ways[p] if other in part
        )
        return len(part), steps, flows, without

    def _less(self, part: set[Place], without: frozenset[str]) -> list[tuple[set[Place], frozenset[str]]] | None:
        """Return the circles of *part* that pass by what caps it; None if nothing does.

        A counter caps the rounds that pass both its script and a flow that asks it: what is left are those that do
        without the one, and those that do without the other. *without*: flows that are not gone any more.
        """
        steps = {place.step for place in part}
        if stops := _stops(self.chart, steps):
            return self._parts({place for place in part if place.step not in stops}, without)
        inner = {way.id for place in part for other, way in self.ways[place] if other in part} - without
        for name in sorted({self.counters[step] for step in steps if step in self.counters}):
            told = _derived(self.chart, steps, {name})
            asking = {step for step in steps if self.names_of.get(self.chart.steps[step].decision, frozenset()) & told}
            flows = frozenset(flow for flow in inner if name in self.bounded.get(flow, frozenset()))
            if asking or flows:
                uncounted = {place for place in part if self.counters.get(place.step) != name}
                unasked = {place for place in part if place.step not in asking}
                return [*self._parts(uncounted, without), *self._parts(unasked, without | flows)]
        return None

    def _parts(self, places: set[Place], without: frozenset[str]) -> list[tuple[set[Place], frozenset[str]]]:
        ways = {
            place: [other for other, way in self.ways[place] if other in places and way.id not in without]
            for place in places
        }
        return [(part, without) for part in components(ways)]


def _derived(chart: Chart, steps: set[str], names: set[str]) -> set[str]:
    """Return *names* with the keys that handlers and tables of the circle make of them."""
    found = set(names)
    while True:
        more = {
            key
            for step in (chart.steps[name] for name in steps)
            if step.kind in {"serviceTask", "businessRuleTask"}
            and {read.path.partition(".")[0] for read in step.reads} & found
            for key in step.writes
        }
        if more <= found:
            return found
        found |= more


def _stops(chart: Chart, steps: set[str]) -> set[str]:
    """Return the steps of a circle at which somebody outside, a form or the step itself ends it."""
    guarded = {way.target for step in steps for way in chart.after(step) for test in way.tests if test.values == _NONE}
    stops = {step for step in guarded & steps if _once(chart, steps, step)}
    stops |= {step for step in steps if chart.steps[step].script and chart.steps[step].writes & _ruled(chart, steps)}
    return stops | {step for step in steps if chart.steps[step].catches or chart.steps[step].event == "signal"}


def _ruled(chart: Chart, circle: set[str]) -> set[str]:
    """Return the names that the must-rules of the circle's forms look at."""
    return {
        read.path.partition(".")[0] for step in circle for text in chart.steps[step].musts for read in reads_of(text)
    }


def _once(chart: Chart, circle: set[str], step: str) -> bool:
    """Tell whether *step* is entered only while what it writes is None, and nothing of the circle unwrites it."""
    keys = chart.steps[step].writes
    if not keys:
        return False
    ways = [way for source in circle for way in chart.after(source) if way.target == step]
    for way in ways:
        guarded = {test.path for test in way.tests if test.holds and test.values == _NONE}
        if not guarded & keys:
            return False
    return bool(ways) and not any(
        chart.steps[other].script and keys & chart.steps[other].writes for other in circle - {step}
    )


def _round(part: set[Place], ways: Mapping[Place, list[Place]]) -> list[str]:
    """Return one round through *part*, by drawn steps."""
    start = min(part, key=lambda place: place.step)
    paths: dict[Place, list[str]] = {start: [start.step]}
    todo = [start]
    while todo:
        place = todo.pop(0)
        for other in ways[place]:
            if other == start:
                return list(dict.fromkeys(name.removesuffix(LEFT) for name in paths[place]))
            if other in part and other not in paths:
                paths[other] = [*paths[place], other.step]
                todo.append(other)
    return [start.step]
