"""Checking: every name in a file of scenarios is held against the names that the bureau offers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from duban.bureau import Bureau
from duban.bureau.table import nearest
from duban.desk.drawing import Drawing
from duban.desk.scenarios.beginning import ENVELOPE, PERSON
from duban.desk.scenarios.expectations import LISTS
from duban.desk.scenarios.plans import plan_of
from duban.desk.scenarios.script import (
    Answer,
    Check,
    Do,
    Expect,
    Given,
    Receive,
    Refuse,
    Say,
    Scenario,
    Step,
    Suite,
    Which,
)
from duban.desk.shelf import Shelf
from duban.engine import coverage
from duban.errors import BureauError, Problem
from duban.model.people import SYSTEM


def check_suite(suite: Suite, bureau: Bureau, shelf: Shelf) -> None:
    """Check the names of *suite*.

    Raises:
        BureauError: Every name that nothing answers to, with its line and the nearest one that is there.
    """
    checker = _Checker(suite=suite, bureau=bureau, shelf=shelf)
    for scenario in suite.scenarios:
        checker.scenario(scenario)
    if checker.problems:
        raise BureauError(dict.fromkeys(checker.problems))


@dataclass(kw_only=True)
class _Names:
    """What a kind of case has names for."""

    drawing: Drawing
    elements: set[str]
    tables: Mapping[str, set[str]]
    """Decision to the ids and numbers of its rows."""


@dataclass(kw_only=True)
class _Checker:
    suite: Suite
    bureau: Bureau
    shelf: Shelf
    problems: list[Problem] = field(default_factory=list)
    _names: dict[str, _Names | None] = field(default_factory=dict)

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(file=self.suite.file, line=line, message=message))

    def known(self, line: int, what: str, name: str, names: Collection[str]) -> bool:
        if name in names:
            return True
        self.problem(line, f"{what} {name!r} is not known{nearest(name, names)}")
        return False

    def names(self, kind: str) -> _Names | None:
        """Return the names of *kind*; None where its diagram cannot be read (then the gate speaks)."""
        if kind not in self._names:
            self._names[kind] = self._read(kind)
        return self._names[kind]

    def _read(self, kind: str) -> _Names | None:
        try:
            definition = self.shelf.of_kind(kind)
        except BureauError as error:
            if kind in {each.given.kind for each in self.suite.scenarios}:
                self.problems += error.problems
            return None
        plan = plan_of(definition)
        tables: dict[str, set[str]] = {}
        for place in plan.places:
            if place.what == coverage.ROW:
                tables.setdefault(place.element, set()).update({place.row, str(place.number)})
        nodes = {place.element for place in plan.places if place.what == coverage.NODE}
        return _Names(drawing=self.shelf.drawing(definition), elements=nodes, tables=tables)

    # -- one scenario ---------------------------------------------------------------------------------

    def scenario(self, scenario: Scenario) -> None:
        self.given(scenario.given)
        for step in scenario.steps:
            self.step(scenario, step)

    def given(self, given: Given) -> None:
        for call in given.calls:
            self.known(call.line, "operator", call.operator, self.bureau.handlers)
        if given.by is not None:
            self.known(given.line, "person", given.by, self.bureau.settings.people)
        for absence in given.leave:
            for person in filter(None, (absence.person, absence.substitute)):
                self.known(given.line, "person", person, self.bureau.settings.people)
        if given.petition is not None:
            self.petition(given.line, given.petition)
        if given.message is not None and (names := self.names(given.kind)) is not None:
            self.known(given.line, "start message", given.message, names.drawing.started_by)

    def petition(self, line: int, petition: Mapping[str, Any]) -> None:
        for key in petition:
            self.known(line, "field of a petition", key, (*ENVELOPE, *PERSON))
        if isinstance(channel := petition.get("channel"), str):
            self.known(line, "channel", channel, self.bureau.settings.channels)

    def step(self, scenario: Scenario, step: Step) -> None:
        match step:
            case Do():
                self.do(scenario, step)
            case Say():
                self.say(scenario, step)
            case Refuse():
                self.step(scenario, step.step)
            case Answer():
                self.known(step.line, "operator", step.operator, self.bureau.handlers)
            case Receive():
                self.petition(step.line, step.petition)
            case Expect():
                self.expect(scenario, step)
            case _:
                pass

    def kind_of(self, scenario: Scenario, step: Step, which: Which | None) -> str | None:
        if which is None:
            return scenario.given.kind
        return which.kind if self.known(step.line, "kind", which.kind, self.bureau.settings.kinds) else None

    def do(self, scenario: Scenario, step: Do) -> None:
        if step.actor is not None:
            self.known(step.line, "person", step.actor, (*self.bureau.settings.people, SYSTEM))
        kind = self.kind_of(scenario, step, step.case)
        if kind is None or (names := self.names(kind)) is None:
            return
        if not self.known(step.line, "element", step.element, names.elements):
            return
        form = names.drawing.forms.get(step.element)
        schema = self.bureau.forms.get(form) if form else None
        if schema is not None:
            fields: Mapping[str, Any] = schema.get("properties", {})
            for name in step.fields:
                self.known(step.line, f"field of the form {form}", name, fields)

    def say(self, scenario: Scenario, step: Say) -> None:
        kind = self.kind_of(scenario, step, step.case)
        if kind is not None and (names := self.names(kind)) is not None:
            self.known(step.line, "message", step.name, names.drawing.caught)

    def expect(self, scenario: Scenario, step: Expect) -> None:
        kind = self.kind_of(scenario, step, step.case)
        names = None if kind is None else self.names(kind)
        for check in step.checks:
            if (settled := _SETTLED.get(check.what)) is not None:
                what, table = settled
                wanted = check.wanted if check.what in LISTS else [check.key]
                for name in wanted:
                    self.known(check.line, what, str(name), getattr(self.bureau.settings, table))
            elif check.what == "unseen":
                for person in check.wanted:
                    self.known(check.line, "person", str(person), self.bureau.settings.people)
            elif names is not None:
                self.drawn(check, names)

    def drawn(self, check: Check, names: _Names) -> None:
        """Check what names something in the diagram."""
        wanted = check.wanted if isinstance(check.wanted, list) else [check.wanted]
        match check.what:
            case "decided" if self.known(check.line, "decision", check.key, names.tables):
                for row in wanted:
                    self.known(check.line, f"row of {check.key}", str(row), names.tables[check.key])
            case "open":
                for item in wanted:
                    self.work(check.line, str(item), names)
            case "ended" if check.wanted is not None:
                for end in wanted:
                    self.known(check.line, "element", str(end), names.elements)
            case "waits":
                for name in wanted:
                    self.known(check.line, "message", str(name), names.drawing.caught)
            case _:
                pass

    def work(self, line: int, item: str, names: _Names) -> None:
        element, _, unit = item.partition("@")
        self.known(line, "element", element, names.elements)
        if unit:
            self.known(line, "unit", unit, self.bureau.settings.units)


_SETTLED: Mapping[str, tuple[str, str]] = {
    # expectation: what it names, and the table of bureau.toml that has it
    "due": ("limit", "limits"),
    "warns": ("limit", "limits"),
    "moved": ("limit", "limits"),
    "late": ("limit", "limits"),
    "cases": ("kind", "kinds"),
    "opened": ("kind", "kinds"),
    "seen_by": ("person", "people"),
    "hidden_from": ("person", "people"),
    "letters": ("letter", "letters"),
    "letters_include": ("letter", "letters"),
}
