"""The stage: a desk of its own, under virtual time, for one scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from duban.api import Call, Done, Failed, Offered, Tools
from duban.bureau import Bureau
from duban.bureau.settings import CalendarYear
from duban.desk import calendars, openings, people, virtual
from duban.desk.desk import Desk
from duban.desk.rights import Roster
from duban.desk.scenarios.plans import plan_of
from duban.desk.scenarios.script import Answer, Given, Which
from duban.desk.virtual import Fresh, MovableClock
from duban.engine import coverage
from duban.engine.coverage import Place
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.clock import SHANGHAI
from duban.model.facts import Fact
from duban.model.people import SYSTEM
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines
from duban.store import Unit

MOST_FACTS = 1_000_000
"""More facts than a scenario makes."""
MOST_CASES = 1_000
"""More cases than a scenario opens."""
_DAYS = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


class Broken(RuntimeError):
    """What a handler raises because the scenario says so."""


@dataclass(kw_only=True)
class Stage:
    """Where one scenario is played."""

    desk: Desk
    clock: MovableClock
    pending: list[Answer] = field(default_factory=list)
    """Answers that the next calls get instead of their handlers'."""
    kind: str
    """Kind of the scenario's own case."""
    main: str = ""
    """Number of the scenario's own case; empty where only time opens cases."""
    rhythmic: bool = False
    """Whether time opens cases."""

    @staticmethod
    def set(fresh: Fresh, given: Given, calls: Iterable[Answer] = ()) -> Stage:
        """Open the world that *given* describes, before its case begins; *calls* are answered as said.

        Raises:
            BureauError: The settings do not hold together once they are changed.
            NotFound: Somebody on leave does not exist.
        """
        clock = MovableClock(given.at)
        pending = [*given.calls, *calls]
        desk = fresh(clock, given.settings)
        bureau = _still(_prompted(desk.bureau, pending), given.rhythms)
        stage = Stage(
            desk=replace(desk, bureau=bureau),
            clock=clock,
            pending=pending,
            kind=given.kind,
            rhythmic=bool(given.rhythms),
        )
        if given.calendar is not None:
            stage.know(given.calendar)
        if given.leave:
            stage.desk = replace(stage.desk, roster=Roster())  # the others' says that everybody is here
        for absence in given.leave:
            people.leave(stage.desk, absence)
        clock.attend(stage.next_at, stage.settle)
        return stage

    def settle(self) -> None:
        """Let everything happen that happens by itself now."""
        if self.rhythmic:
            openings.open_due(self.desk)
        virtual.settle(self.desk)

    def next_at(self) -> datetime | None:
        """Return when something happens by itself."""
        times = (virtual.next_at(self.desk), openings.next_due(self.desk) if self.rhythmic else None)
        return min((at for at in times if at is not None), default=None)

    def know(self, year: CalendarYear) -> None:
        """Let the desk count by the holidays of *year*."""
        settings = self.desk.bureau.settings
        known = replace(settings, years=MappingProxyType({**settings.years, year.year: year}))
        self.desk = replace(
            self.desk,
            bureau=replace(self.desk.bureau, settings=known),
            deadlines=NamedDeadlines(known, Calendar(known.years)),
        )

    def after(self, amount: int, unit: str) -> datetime:
        """Return the instant so many days, working days, hours or minutes from now, at the same time of day."""
        now = self.clock.now()
        if unit != "wd":
            return now + amount * _DAYS[unit]
        local = now.astimezone(SHANGHAI)
        on = self.desk.calendar.add_working_days(local.date(), amount)
        return datetime.combine(on, local.time(), SHANGHAI).astimezone(UTC)

    def cases(self, kind: str | None = None) -> list[Case]:
        """Return the cases of *kind* (None: all), in the order in which they were opened."""
        found = self.desk.store.read(lambda record: record.cases.list_(kind=kind, limit=MOST_CASES))
        return sorted(found, key=lambda case: case.id)

    def case(self, which: Which | None) -> Case:
        """Return the case that a step is about.

        Raises:
            NotFound: There is none (yet).
        """
        if which is None and not self.main:
            which = Which(kind=self.kind, nth=None)
        if which is None:
            return self.desk.store.read(lambda record: _known(record, self.main))
        found = self.cases(which.kind)
        if which.nth is not None and which.nth <= len(found):
            return found[which.nth - 1]
        if which.nth is None and found:
            return next((case for case in reversed(found) if case.is_open), found[-1])
        raise NotFound(f"there is no case {which}; there are {len(found)} of that kind")

    def row_numbers(self, case: Case, table: str) -> dict[str, int]:
        """Return row id to number, from 1, of a decision table that *case* may ask."""
        definition = self.desk.store.read(lambda record: self.desk.shelf.by_digest(case.definition, record))
        plan = plan_of(definition)
        return {
            place.row: place.number for place in plan.places if place.what == coverage.ROW and place.element == table
        }

    def walked(self) -> frozenset[Place]:
        """Return the nodes, flows and decision rows that all cases went through so far."""
        facts: dict[str, list[Fact]] = defaultdict(list)

        def read(record: Unit) -> frozenset[Place]:
            for fact in record.journal.since(0, limit=MOST_FACTS):
                facts[fact.definition].append(fact)
            found = [plan_of(self.desk.shelf.by_digest(digest, record)).covered(told) for digest, told in facts.items()]
            return frozenset[Place]().union(*found)

        return self.desk.store.read(read)

    def sent_for(self, case: Case) -> int:
        """Return how many things left the house for *case*."""
        sent = self.desk.store.read(lambda record: record.letters.list_sent(limit=MOST_CASES))
        return sum(each.key.partition("/")[0] == str(case.id) for each in sent)

    def incidents(self) -> list[str]:
        """Return what waits for a person because it went wrong, in words."""
        found = self.desk.store.read(lambda record: record.incidents.list_() if record.incidents.is_any() else [])
        return [f"{incident.number}, {incident.element}: {incident.message}" for incident in found]

    def undelivered(self) -> list[str]:
        """Return the messages between cases that could not be delivered, in words."""
        found = self.desk.store.read(lambda record: record.messages.list_())
        return [f"message {each.name} of {each.number} is not delivered: {each.error or 'waiting'}" for each in found]

    def load(self, year: CalendarYear) -> None:
        """Load a new year's holidays and recount what runs."""
        self.know(year)
        calendars.recount(self.desk, actor=SYSTEM)


def _known(record: Unit, number: str) -> Case:
    found = record.cases.find(number)
    if found is None:
        raise NotFound("the scenario's case has not begun")
    return found


def _prompted(bureau: Bureau, pending: list[Answer]) -> Bureau:
    """Return the bureau with handlers that first look whether the scenario answers for them."""
    handlers = {name: _one(offered, pending) for name, offered in bureau.handlers.items()}
    return replace(bureau, handlers=MappingProxyType(handlers))


def _still(bureau: Bureau, rhythms: tuple[str, ...]) -> Bureau:
    """Return the bureau with no other kinds opened by time than those that the scenario wants."""
    kinds = {id_: kind if id_ in rhythms else replace(kind, rhythm="") for id_, kind in bureau.settings.kinds.items()}
    return replace(bureau, settings=replace(bureau.settings, kinds=MappingProxyType(kinds)))


def _one(offered: Offered, pending: list[Answer]) -> Offered:
    def handler(call: Call, tools: Tools) -> Done | Failed:
        found = next((answer for answer in pending if answer.operator == offered.name), None)
        if found is None:
            return offered.handler(call, tools)
        pending.remove(found)
        if found.times > 1:
            pending.append(replace(found, times=found.times - 1))
        if found.breaks is not None:
            raise Broken(found.breaks)
        if found.fails is not None:
            return Failed(code=found.fails)
        return Done(result=dict(found.answers or {}))

    return Offered(name=offered.name, handler=handler)
