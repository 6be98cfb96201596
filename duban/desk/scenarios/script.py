"""Scripts: a file of scenarios as frozen values; reading.py makes them, playing.py plays them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

from duban.bureau.settings import CalendarYear, Length
from duban.store.people import Absence


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something that happens in a scenario."""

    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer(Step):
    """The next call of an operator is answered like this instead of by its handler."""

    operator: str
    answers: Mapping[str, Any] | None
    fails: str | None
    """Code of the BPMN error."""
    breaks: str | None
    """What the handler raises."""
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """The world in which a scenario begins."""

    at: datetime
    kind: str
    data: Mapping[str, Any] | None
    """What the case starts with; None: it starts with *petition*."""
    petition: Mapping[str, Any] | None
    """An envelope's fields: it goes through intake."""
    message: str | None
    """Name of the message that starts the case; None: its none start."""
    key: Mapping[str, Any] = field(default_factory=dict)
    """Correlation of that message: what later messages of the same key find the case by."""
    by: str | None = None
    """Who opens the case by hand; None: nobody in particular."""
    rhythms: tuple[str, ...] = ()
    """Kinds that time opens in this world; the others stay still."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Dotted path in bureau.toml to the value that it has here."""
    calls: tuple[Answer, ...] = ()
    """How calls are answered that the beginning leads to; such steps at the head of a scenario do the same."""
    leave: tuple[Absence, ...] = ()
    calendar: CalendarYear | None = None
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Which:
    """Which case a step or an expectation is about."""

    kind: str
    nth: int | None
    """From 1, in order of opening; None: the open one that was opened last, else the last."""

    def __str__(self) -> str:
        return self.kind if self.nth is None else f"{self.kind}#{self.nth}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Do(Step):
    """Somebody completes the open work of an element."""

    element: str
    fields: Mapping[str, Any]
    place: str | None
    """Unit or number of the multi-instance item that is meant."""
    actor: str | None
    case: Which | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Say(Step):
    """A message reaches a case."""

    name: str
    payload: Mapping[str, Any]
    to: Mapping[str, Any]
    """Correlation: which instance is meant."""
    actor: str | None
    case: Which | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refuse(Step):
    """A step that the rules must not allow."""

    step: Do | Say
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait(Step):
    """Time passes; whatever falls due on the way happens on the way."""

    span: Length | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Load(Step):
    """A new year's holidays are loaded."""

    year: CalendarYear


@dataclass(frozen=True, kw_only=True, slots=True)
class Receive(Step):
    """Another petition arrives."""

    petition: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that must hold."""

    what: str
    """open, ended, letters, due …: a word of duban.desk.scenarios.expecting."""
    key: str
    """What of it: a limit, a path, a table, a kind; empty where there is nothing to choose."""
    wanted: Any
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Expect(Step):
    """What must hold now."""

    case: Which | None
    checks: tuple[Check, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One story with its end."""

    file: str
    diagram: str
    id: str
    title: str
    shows: tuple[str, ...]
    """Rows of the mission that it proves: A5, X2."""
    given: Given
    steps: tuple[Step, ...]
    """What happens and what must hold, in order; the last ones are those of ``then:``."""
    line: int

    @property
    def calls(self) -> tuple[Answer, ...]:
        """Return the answers that stand before everything else: the beginning itself may lead to calls."""
        return tuple(
            step for step in takewhile(lambda step: isinstance(step, Answer), self.steps) if isinstance(step, Answer)
        )

    @property
    def expects_incidents(self) -> bool:
        """Tell whether it says anywhere which incidents there are; else any incident is a failure."""
        checks = [check for step in self.steps if isinstance(step, Expect) for check in step.checks]
        return any(check.what == "incidents" for check in checks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """A file of scenarios."""

    file: str
    diagram: str
    scenarios: tuple[Scenario, ...]
