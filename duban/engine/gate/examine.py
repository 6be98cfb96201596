"""Examine: the files of one process held against every rule of structure; all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duban.engine.decisions import parse_decisions
from duban.engine.drawing import tag_of
from duban.engine.gate.balance import check_balance
from duban.engine.gate.chart import charts_of
from duban.engine.gate.choices import check_choices
from duban.engine.gate.circles import check_circles
from duban.engine.gate.cover import check_cover
from duban.engine.gate.domains import Domains
from duban.engine.gate.messages import check_messages
from duban.engine.gate.names import check_names
from duban.engine.gate.schema import check_schema
from duban.engine.gate.shapes import check_shapes
from duban.engine.gate.times import check_times
from duban.engine.gate.writing import check_writing
from duban.engine.lint import warnings_of
from duban.engine.reading import Reading
from duban.errors import DiagramError, Problem
from duban.model.chart import Chart
from duban.model.offers import Offers
from duban.model.routes import Place, Routes, TooWide


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """What was found."""

    problems: tuple[Problem, ...]
    """In the order of the files; those that refuse and those that warn."""
    charts: Mapping[str, Chart]
    """The process and those that it calls; none where it cannot be read."""
    decisions: Mapping[str, Any]
    """The decisions of the files, by id."""
    routes: Routes | None = None
    """The routes of the process, with what runs beside the main line."""


def examine(files: Mapping[str, bytes], process: str, offers: Offers) -> Examined:
    """Look at *process*; the processes that it calls are read, but have an examination of their own.

    Args:
        files: File name to bytes, ``.bpmn`` and ``.dmn``.
        process: Id of the process that a case starts.
        offers: The names that the bureau has.
    """
    reading = Reading(files, process)
    own = reading.levels[process].file if process in reading.levels else ""
    problems = [problem for file, data in files.items() if file == own for problem in check_schema(file, data)]
    try:
        reading.check()
    except DiagramError as error:
        found = [problem for problem in error.problems if problem.file == own or not own or _is_table(problem)]
        return Examined(problems=_sorted([*problems, *(found or error.problems)]), charts={}, decisions={})
    charts = charts_of(reading, offers)
    levels = [level for level in reading.used if _process_of(level.node) == process]
    domains = Domains(charts[process], offers)
    routes = Routes(charts[process], aside=True)
    names = {id_: decision.names for id_, decision in reading.decisions.items()}
    problems += [problem for problem in warnings_of(reading) if problem.file == own]
    problems += check_shapes(reading.roots[own], levels)
    for level in levels:
        problems += [*check_balance(level), *check_choices(level, domains)]
    problems += check_writing(charts[process], domains, routes)
    problems += check_circles(charts[process], names, routes)
    problems += check_times(charts[process])
    problems += check_messages(charts[process], reading.levels[process], called=process in offers.called)
    problems += check_names(charts[process], offers)
    problems += _of_decisions(reading, routes, domains, files)
    return Examined(problems=_sorted(problems), charts=charts, decisions=reading.decisions, routes=routes)


def examine_tables(files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Look at decision tables that no process asks: they are read and tried out, with nothing known of the data.

    Args:
        files: File name to bytes, ``.dmn``: the tables and those that they require.
    """
    problems = [problem for file, data in files.items() for problem in check_schema(file, data)]
    try:
        decisions = parse_decisions(files)
    except DiagramError as error:
        return _sorted([*problems, *error.problems])
    for decision in decisions.values():
        problems += check_cover(decision, {})
    return _sorted(problems)


def _is_table(problem: Problem) -> bool:
    return problem.file.endswith(".dmn")


def _of_decisions(reading: Reading, routes: Routes, domains: Domains, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield the gaps and overlaps of the tables that the process asks, required ones too."""
    asking = [step for step in routes.chart.steps.values() if step.decision]
    places = _places(routes) if asking else {}
    here: dict[str, list[Place]] = {}
    told: dict[str, Any] = {}
    for step in asking:
        for decision in _with_required([reading.decisions[step.decision]]):
            here.setdefault(decision.id, []).extend(places.get(step.id, []))
            told[decision.id] = decision
    for id_, decision in told.items():
        yield from check_cover(decision, {path: domains.at(path, here[id_]) for path in decision.paths})
    for file in {reading.decisions[id_].file for id_ in told}:
        yield from check_schema(file, files[file])


def _places(routes: Routes) -> dict[str, list[Place]]:
    """Return the places of each step that asks a decision, with what is known there."""
    found: dict[str, list[Place]] = {}
    try:
        for place in routes.reach(routes.from_(*routes.chart.starts)):
            found.setdefault(place.step, []).append(place)
    except TooWide:
        return {}
    return found


def _process_of(node: Any) -> str:
    """Return the id of the process in which an XML element stands."""
    while tag_of(node) != "process":
        node = node.getparent()
    return str(node.get("id"))


def _with_required(decisions: Iterable[Any]) -> Iterator[Any]:
    seen: dict[str, Any] = {}
    todo = list(decisions)
    while todo:
        decision = todo.pop()
        if decision.id not in seen:
            seen[decision.id] = decision
            todo += decision.requires
    yield from seen.values()


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    found = dict.fromkeys(problems)
    return tuple(sorted(found, key=lambda problem: (problem.warning, problem.file, problem.line or 0, problem.rule)))
