"""A year in the life of the bureau: petitions arrive, scripted staff work, time passes on a virtual clock.

The same seed gives the same year. A day that has begun is remembered; a year that was interrupted goes on with the
next day, so nothing happens twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TypeVar

from duban.desk import calls, due, habits, openings, staff, work
from duban.desk.desk import Desk
from duban.desk.happenings import Happenings
from duban.desk.intake import admit
from duban.desk.rights import day_of
from duban.errors import AlreadyDone, DubanError, NotFound, Refused
from duban.model.clock import SHANGHAI
from duban.model.people import SYSTEM
from duban.model.petition import Envelope
from duban.outside.post import Memory
from duban.petitions.calendar import Calendar
from duban.store import Unit
from duban.store.worklist import Item, WantedWork

T = TypeVar("T")

DAYS = "sample/days"
"""Number series that counts the days lived."""
MOMENTS = (time(9, 30), time(11, 0), time(14, 30), time(16, 30))
"""When, on a working day, the staff get something done."""
NIGHT = time(23, 30)
"""When what falls due after office hours is noticed."""
ALL = 100_000
RUSH = 3
"""How many times longer everything takes in the rush at the end: the year ends in the middle of the work."""


class VirtualClock:
    """A clock that stands where it was set."""

    def __init__(self, at: datetime) -> None:
        """*at*: where it stands first."""
        self.at = at

    def now(self) -> datetime:
        """Return where it stands."""
        return self.at


class Year:
    """One run through the days."""

    def __init__(
        self, desk: Desk, petitions: Iterable[Envelope], *, first: date, rush: date, last: date, seed: int
    ) -> None:
        """*petitions* arrive at their ``received_at``; on *rush* the rush begins; what is sent reaches nobody."""
        self._clock = VirtualClock(_at(first, MOMENTS[0]))
        self._desk = replace(desk, clock=self._clock, post=Memory())
        self._arrivals = sorted(petitions, key=lambda envelope: (envelope.received_at, envelope.key))
        self._calendar = Calendar(desk.bureau.settings.years)
        self._seed = seed
        self._rush = rush
        self._planned: dict[tuple[date, int], list[tuple[str, int]]] = defaultdict(list)
        self._known: set[tuple[str, int]] = set()
        self._arrived = 0
        self._happenings = Happenings(self._desk, self._calendar, seed=seed, later=self._later, rush=rush, last=last)
        self.left: dict[tuple[str, str], str] = {}
        """(number, task) or (diagram, element) to why the script could not do it; empty where it knows its trade."""

    def live(self, on: date) -> None:
        """Live the day *on* from morning to night."""
        self._desk.store.write(lambda record: record.numbers.next(DAYS))
        self._clock.at = _at(on, MOMENTS[0])
        openings.open_due(self._desk)
        self._passes()
        self._plan(self._open_items(), on, 0)
        self._happenings.morning(on)
        works = self._calendar.is_working_day(on)
        for slot, moment in enumerate(MOMENTS):
            self._clock.at = _at(on, moment)
            touched = self._receive() | {opened.number for opened in self._opened(on, slot)}
            touched |= self._happenings.take(on, slot)
            if works:
                touched |= self._work(self._planned.pop((on, slot), []))
            if touched:
                self._passes()
                self._plan(self._items_of(touched), on, slot)
        self._clock.at = _at(on, NIGHT)
        self._passes()

    def _passes(self) -> None:
        """Let what is due fire and what is wanted be done, until nothing moves."""
        while True:
            fired = due.fire(self._desk, limit=ALL)
            ran = calls.run(self._desk, limit=ALL)
            if not (fired.cases or ran.done or ran.messages):
                return

    def _opened(self, on: date, slot: int) -> list[openings.Opened]:
        """Open what time opens in the afternoon: meetings begin at three."""
        return openings.open_due(self._desk) if slot == len(MOMENTS) - 1 and self._calendar.is_working_day(on) else []

    def _receive(self) -> set[str]:
        """Receive what has arrived by now; return the numbers of the new cases."""
        now = self._clock.at
        new: list[Envelope] = []
        while self._arrived < len(self._arrivals) and self._arrivals[self._arrived].received_at <= now:
            new.append(self._arrivals[self._arrived])
            self._arrived += 1
        jobs = [partial(admit, self._desk, envelope, SYSTEM, now) for envelope in new]
        return {answer.number for answer in self._together(jobs) if not answer.known}

    def _work(self, planned: Sequence[tuple[str, int]]) -> set[str]:
        """Complete what the staff have planned for now, one step per case; return the numbers of the cases."""
        jobs: dict[str, Callable[[Unit], work.Completed]] = {}
        for number, task in planned:
            if number in jobs:
                self._known.discard((number, task))  # planned anew with what the first step opens
                continue
            if (job := self._job(number, task)) is not None:
                jobs[number] = job
        self._do(planned, jobs)
        return {number for number, _ in planned}

    def _do(self, planned: Sequence[tuple[str, int]], jobs: Mapping[str, Callable[[Unit], work.Completed]]) -> None:
        """Complete the steps in one commit; what the rules refuse stays on the desk, and is told (``left``)."""
        answers = self._desk.store.write_many(list(jobs.values())) if jobs else []
        for number, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, Refused):
                task = next(task for planned_number, task in planned if planned_number == number)
                self.left[number, str(task)] = f"{type(answer).__name__}: {answer}"
            elif isinstance(answer, DubanError):
                raise answer

    def _job(self, number: str, task: int) -> Callable[[Unit], work.Completed] | None:
        """Return the step that completes an item, or None when the case has moved on without it."""
        try:
            sheet = self._desk.store.read(partial(self._sheet, number, task))
        except AlreadyDone:
            return None
        item = sheet.item
        luck = self._luck(item)
        try:
            actor = item.claimed_by or staff.worker(self._desk, item, nth=luck.randrange(1000))
        except NotFound as error:
            self.left[self._diagram(item), item.element] = str(error)
            return None
        on = day_of(self._clock.at)
        answers = habits.answers(self._diagram(item), item.element, luck, on=on, seen=sheet.seen)
        try:
            data = staff.fill_in(self._desk, sheet, answers, actor)
        except Refused as error:
            self.left[self._diagram(item), item.element] = str(error)
            return None
        return work.completion(self._desk, number, task, data, actor)

    def _sheet(self, number: str, task: int, record: Unit) -> work.Sheet:
        return work.blank(self._desk, record, number, task)

    def _together(self, jobs: Sequence[Callable[[Unit], T]]) -> list[T]:
        """Run transactions in one commit; a mistake of the script is a mistake of the program."""
        done: list[T] = []
        for answer in self._desk.store.write_many(jobs) if jobs else ():
            if isinstance(answer, DubanError):
                raise answer
            done.append(answer)
        return done

    def _diagram(self, item: Item) -> str:
        """Return the stem of the file in which the step is drawn: a called process has habits of its own."""
        drawing = self._desk.shelf.drawing(self._desk.shelf.of_kind(item.kind))
        return drawing.files.get(item.element, "").removesuffix(".bpmn")

    def _plan(self, items: Iterable[Item], on: date, slot: int) -> None:
        """Decide when each newly opened item will be done."""
        for item in items:
            key = (item.number, item.task)
            if key not in self._known:
                self._known.add(key)
                quarters = habits.pace(self._diagram(item), item.element, self._luck(item))
                quarters *= RUSH if on >= self._rush else 1
                self._planned[self._later(on, slot, max(1, quarters))].append(key)

    def _later(self, on: date, slot: int, quarters: int) -> tuple[date, int]:
        """Return the moment so many quarters of working days later."""
        if not self._calendar.is_working_day(on):
            on, slot = self._calendar.roll_forward(on), 0
        days, later = divmod(slot + quarters, len(MOMENTS))
        return (self._calendar.add_working_days(on, days) if days else on), later

    def _luck(self, item: Item) -> Random:
        """Return chance that depends on nothing but the seed and the item, so that an interrupted year stays itself."""
        return Random(f"{self._seed}/{item.number}/{item.task}")  # noqa: S311  # no secret: a script's dice

    def _open_items(self) -> list[Item]:
        return self._desk.store.read(lambda record: record.worklist.list_(WantedWork(), limit=ALL))

    def _items_of(self, numbers: Iterable[str]) -> list[Item]:
        def read(record: Unit) -> list[Item]:
            found = (record.cases.find(number) for number in sorted(numbers))
            return [item for case in found if case is not None for item in record.worklist.of(case.id)]

        return self._desk.store.read(read)


def days(first: date, last: date) -> Iterable[date]:
    """Yield every day from *first* to *last*, both included."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def _at(on: date, moment: time) -> datetime:
    return datetime.combine(on, moment, tzinfo=SHANGHAI).astimezone(UTC)
