"""Findings: what a case looks like at a moment, read once for all expectations of a block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from duban.desk import cases, sight
from duban.desk.cases import Look
from duban.desk.engine import process
from duban.desk.scenarios.acting import told
from duban.desk.scenarios.stage import Stage
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.clock import SHANGHAI
from duban.model.facts import Fact, Kind
from duban.store import Unit

_MISSING: Any = object()


@dataclass(kw_only=True)
class Found:
    """A case as expectations see it."""

    stage: Stage
    case: Case

    @cached_property
    def look(self) -> Look:
        """Everything that the desk shows of it."""
        return cases.show(self.stage.desk, self.case.number)

    @cached_property
    def facts(self) -> list[Fact]:
        """Its facts, in order."""
        return self.stage.desk.store.read(lambda record: record.journal.of(self.case.id))

    @property
    def ends(self) -> list[str] | None:
        """Ids of the ends that it reached; None while it is open."""
        return None if self.look.case.is_open else (self.look.case.end or "").split()

    @property
    def open(self) -> list[str]:
        """Its open work, as expectations write it."""
        return [told(item) for item in self.look.work]

    @property
    def letters(self) -> list[str]:
        """Codes of its letters, in the order in which they were numbered and issued."""
        return [str(fact.payload["letter"]) for fact in self.facts if fact.kind is Kind.LETTER_ISSUED]

    @property
    def waits(self) -> list[str]:
        """Names of the messages that it waits for."""

        def read(record: Unit) -> list[str]:
            case = record.cases.load(self.case.id)
            view = process.look(self.stage.desk.shelf.by_digest(case.definition, record), case.state)
            return sorted({wait.name for wait in view.waits})

        return self.stage.desk.store.read(read)

    def value(self, path: str) -> Any:
        """Return what its data hold at the dotted *path*; None where nothing stands there."""
        value: Any = self.look.data
        for part in path.split("."):
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            else:
                return None
        return value

    def dues(self, limit: str) -> list[tuple[date | None, datetime]]:
        """Return last day and end of each running or missed timer of the limit."""
        return [(_on(due.why, due.at), due.at) for due in self.look.dues if due.name == limit and not due.warning]

    @property
    def limits(self) -> list[str]:
        """Names of the limits that run or were missed."""
        return sorted({due.name for due in self.look.dues if due.name and not due.warning})

    def warns(self, limit: str) -> list[date]:
        """Return the days on which the limit warned or will warn, in order."""
        days: dict[int, date] = {}
        for fact in self.facts:
            task = fact.payload.get("task")
            if fact.payload.get("name") != limit or not isinstance(task, int):
                continue
            if fact.kind is Kind.TIMER_ARMED and "warns" in (fact.payload.get("why") or {}):
                days[task] = local_day(fact.payload["due"])
            elif fact.kind is Kind.TIMER_MOVED and task in days:
                days[task] = local_day(fact.payload["after"])
            elif fact.kind is Kind.TIMER_CANCELLED:
                days.pop(task, None)
        return sorted(set(days.values()))

    def moved(self, limit: str) -> tuple[date, date] | None:
        """Return the last day before and after the limit's last move; None: it never moved."""
        reminders: set[int] = set()
        found: tuple[date, date] | None = None
        ons: dict[int, date] = {}
        for fact in self.facts:
            if fact.payload.get("name") != limit:
                continue
            task, why = fact.payload.get("task", 0), fact.payload.get("why") or {}
            if "warns" in why:
                reminders.add(task)
            elif fact.kind is Kind.TIMER_ARMED:
                ons[task] = _on(why, _at(fact.payload["due"])) or local_day(fact.payload["due"])
            elif fact.kind is Kind.TIMER_MOVED and task not in reminders and fact.payload.get("after"):
                after = _on(why, _at(fact.payload["after"])) or local_day(fact.payload["after"])
                before = fact.payload.get("before")
                found = (ons.get(task) or (local_day(before) if before else after), after)
                ons[task] = after
        return found

    def rows(self, table: str) -> list[str] | None:
        """Return the ids of the rows that hit when *table* was asked last; None: it never was."""
        for fact in reversed(self.facts):
            if fact.kind is Kind.DECISION_MADE and fact.payload["decision"] == table:
                return [str(row) for row in fact.payload["rules"]]
        return None

    def sees(self, person: str) -> bool:
        """Tell whether *person* may see the case."""
        desk, at = self.stage.desk, self.stage.clock.now()

        def read(record: Unit) -> bool:
            try:
                sight.require(desk, record, self.case, person, at)
            except NotFound:
                return False
            return True

        return desk.store.read(read)

    def sees_key(self, person: str, key: str) -> bool:
        """Tell whether *person* may see what stands under the top-level *key*."""
        desk, at = self.stage.desk, self.stage.clock.now()

        def read(record: Unit) -> bool:
            drawing = desk.shelf.drawing(desk.shelf.by_digest(self.case.definition, record))
            return not sight.is_hidden(drawing, key, sight.sight_of(desk, record, person, at))

        return self.sees(person) and desk.store.read(read)

    def late(self, limit: str) -> int | None:
        """Return by how many days the limit was missed when its activity ended (or is by now); None: in time."""
        told_late = self.look.data.get("late")
        if isinstance(told_late, Mapping) and told_late.get("clock") == limit:
            return int(told_late["days"])
        on: date | None = None
        for fact in self.facts:
            if fact.kind is Kind.TIMER_ARMED and fact.payload.get("name") == limit:
                why = fact.payload.get("why") or {}
                on = on if "warns" in why else _on(why, _at(fact.payload["due"]))
            elif fact.kind is Kind.TIMER_MOVED and fact.payload.get("name") == limit and fact.payload.get("after"):
                why = fact.payload.get("why") or {}
                on = on if "warns" in why else _on(why, _at(fact.payload["after"]))
        missed = [due for due in self.look.dues if due.name == limit and due.fired_at is not None]
        if on is None or not missed:
            return None
        return (local_day(self.stage.clock.now()) - on).days


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _on(why: Mapping[str, Any], at: datetime) -> date | None:
    """Return the last day of a limit in days; None for hours and minutes."""
    if isinstance(on := why.get("on"), str):
        return date.fromisoformat(on)
    return local_day(at) if "warns" in why else None


def local_day(at: datetime | str) -> date:
    """Return the bureau's day of an instant."""
    return (_at(at) if isinstance(at, str) else at).astimezone(SHANGHAI).date()
