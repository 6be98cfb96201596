"""Happenings of the sample year: what people begin, ask and answer without being asked by a work item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from duban.bureau.settings import Kind
from duban.desk import messages, openings
from duban.desk.beginnings import Beginning, begin
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.habits import outside
from duban.desk.habits.outside import Initiative, Occasion
from duban.desk.rights import day_of
from duban.desk.steps import write
from duban.errors import DubanError
from duban.model.calls import Message
from duban.model.people import SYSTEM
from duban.petitions.calendar import Calendar
from duban.store import Unit
from duban.store.due import Running

Later = Callable[[date, int, int], tuple[date, int]]
"""The moment so many quarters of working days after a moment."""
ALL = 100_000
WINDOW = "B.accept"
"""While it runs, the petitioner may accept, or ask for a review."""
REEXAM_AFTER = (120, 190)
"""How many quarters of working days after the request for a review somebody asks for a re-examination."""
ABOUT_A_PETITION = frozenset({"review", "reexam", "adopted", "order"})
"""Kinds that are always about a petition."""
RARE = 0.1
"""Share of days below which something is rare."""
IN_THE_RUSH = 5
"""How many times oftener the rare begins at the end: the year ends with something of every kind to show."""
LAST_DAYS = timedelta(days=4)
"""How long before its end somebody begins whatever nobody is at: every kind of case is alive when the year is over."""


class Happenings:
    """What comes of itself: decided by chance that depends on the seed and the case or the day, and on nothing else."""

    def __init__(
        self,
        desk: Desk,
        calendar: Calendar,
        *,
        seed: int,
        later: Later,
        rush: date = date.max,
        last: date = date.max,
    ) -> None:
        """*desk* has the year's clock; *later* counts its moments; from *rush* on the rare begins more often.

        The year ends on *last*.
        """
        self._desk = desk
        self._calendar = calendar
        self._seed = seed
        self._later = later
        self._rush = rush
        self._last = last
        self._planned: dict[tuple[date, int], list[Callable[[], str | None]]] = defaultdict(list)
        self._met: set[tuple[str, int]] = set()
        self._known = frozenset(desk.bureau.settings.kinds)

    def morning(self, on: date) -> None:
        """Look at what runs since yesterday, and at what somebody may begin today."""
        for running in self._desk.store.read(lambda record: record.due.list_(named=True, warnings=False, limit=ALL)):
            if (running.number, running.task) not in self._met:
                self._met.add((running.number, running.task))
                self._meet(running, on)
        if self._calendar.is_working_day(on):
            self._plan_day(on)

    def take(self, on: date, slot: int) -> set[str]:
        """Let happen what was planned for now; return the numbers of the cases that moved."""
        done = [happen() for happen in self._planned.pop((on, slot), [])]
        return {number for number in done if number is not None}

    def _meet(self, running: Running, on: date) -> None:
        luck = self._luck(running.number, running.task)
        if running.name == WINDOW and "review" in self._known and luck.random() < outside.REVIEWS:
            self._put(on, luck.randint(8, 60), partial(self._review, running.number))
            return
        occasion = _occasion(running)
        if occasion is not None and luck.random() < occasion.share:
            quarters = luck.randint(*occasion.within)
            self._put(on, quarters, partial(self._say, running.number, occasion, luck))

    def _plan_day(self, on: date) -> None:
        for initiative in outside.INITIATIVES:
            luck = self._luck(on.isoformat(), initiative.kind)
            share = initiative.share * (IN_THE_RUSH if on >= self._rush and initiative.share < RARE else 1)
            if initiative.kind in self._known and luck.random() < share:
                self._put(on, luck.randint(0, 3), partial(self._open, initiative, luck))
        luck = self._luck(on.isoformat(), "callback")
        if luck.random() < outside.CALLBACKS:
            self._put(on, luck.randint(0, 3), partial(self._ask, luck, on.toordinal()))
        if self._last - LAST_DAYS <= on:
            for kind in self._desk.bureau.settings.kinds.values():
                if kind.open_by:
                    self._put(on, 2, partial(self._begin_missing, kind, self._luck(on.isoformat(), kind.id)))

    def _put(self, on: date, quarters: int, happen: Callable[[], str | None]) -> None:
        self._planned[self._later(on, 0, quarters)].append(happen)

    # -- what happens: each returns the number of the case that moved, or None where life had gone on

    def _say(self, number: str, occasion: Occasion, luck: Random) -> str | None:
        """Send a message to the case, if it still waits for it."""
        keys = self._desk.store.read(partial(self._keys, number, occasion.message))
        if keys is None:
            return None
        payload = {**keys, **occasion.payload(luck, self._desk.now())}
        message = Message(name=occasion.message, payload=payload, correlation=keys)
        try:
            messages.deliver(self._desk, number, message, SYSTEM)
        except DubanError:
            return None  # somebody was first: it waits no longer
        return number

    def _keys(self, number: str, name: str, record: Unit) -> Mapping[str, Any] | None:
        """Return the correlation of the case's wait for *name*; None: it does not wait for it."""
        case = record.cases.load(number)
        if case.ended_at is not None:
            return None
        view = process.look(self._desk.shelf.by_digest(case.definition, record), case.state)
        return next((wait.correlation for wait in view.waits if wait.name == name), None)

    def _review(self, number: str) -> str:
        """Ask for a review of the answer to the petition *number*, and perhaps for a re-examination later."""
        review = self._start("review", "review.request", {"ref_no": number}, {"ref_no": number}, parent=number)
        luck = self._luck(number, "reexam")
        if "reexam" in self._known and luck.random() < outside.REEXAMS:
            quarters = luck.randint(*REEXAM_AFTER)
            self._put(day_of(self._desk.now()), quarters, partial(self._reexam, number, review))
        return review

    def _reexam(self, number: str, review: str) -> str | None:
        """Ask for a re-examination, if the review has been decided."""
        if self._desk.store.read(lambda record: record.cases.load(review)).ended_at is None:
            return None
        return self._start("reexam", "reexam.request", {"ref_no": number}, {"ref_no": number}, parent=number)

    def _ask(self, luck: Random, n: int) -> str | None:
        """Hand somebody over to the callback centre."""
        given = outside.handed_over(luck, self._desk.now(), n)
        return self._start("callback", "callback.request", given, {"callback_no": given["ref"]})

    def _start(
        self, kind: str, message: str, given: Mapping[str, Any], key: Mapping[str, Any], *, parent: str | None = None
    ) -> str:
        """Begin a case by the message that begins it, as the child of *parent*."""
        at: datetime = self._desk.now()
        of = None if parent is None else self._desk.store.read(lambda record: record.cases.load(parent))
        beginning = Beginning(
            kind=kind, data={f"{kind}_in" if kind != "callback" else "cb_in": given}, at=at, noticed_at=at,
            actor=SYSTEM, message=message, key=key, parent=of,
        )  # fmt: skip
        case, _ = write(self._desk, lambda record: begin(self._desk, record, beginning))
        return case.number

    def _open(self, initiative: Initiative, luck: Random) -> str | None:
        unit = luck.choice(initiative.units)
        at = self._desk.now()
        people = self._desk.store.read(lambda record: self._desk.roster.holders(record, initiative.role, unit, at))
        if not people:
            return None
        return openings.open_(self._desk, initiative.kind, {}, luck.choice(people)).number

    def _begin_missing(self, kind: Kind, luck: Random) -> str | None:
        """Begin a case of *kind* if none is open: about a petition that was answered, where it is about one."""
        if self._desk.store.read(lambda record: record.cases.count(kind=kind.id, is_open=True)):
            return None
        at = self._desk.now()
        people = self._desk.store.read(lambda record: self._desk.roster.holders(record, kind.open_by[0], None, at))
        if not people:
            return None
        actor = luck.choice(people)
        data: dict[str, Any] = {}
        if kind.id in ABOUT_A_PETITION and (answered := self._answered()):
            data[f"{kind.id}_in"] = openings.given(self._desk, kind.id, actor, luck.choice(answered))
        return openings.open_(self._desk, kind.id, data, actor).number

    def _answered(self) -> list[str]:
        """Return the petitions whose answer the petitioner may accept, or ask to be reviewed."""
        running = self._desk.store.read(lambda record: record.due.list_(named=True, warnings=False, limit=ALL))
        return sorted(each.number for each in running if each.name == WINDOW)

    def _luck(self, *what: object) -> Random:
        return Random("/".join(map(str, (self._seed, *what))))  # noqa: S311  # no secret: a script's dice


def _occasion(running: Running) -> Occasion | None:
    """Return what may come while *running* runs: by limit and element, by limit, or by the activity it sits on."""
    names = (f"{running.name}/{running.element}", running.name or "", running.attached or "")
    return next((outside.OCCASIONS[name] for name in names if name in outside.OCCASIONS), None)
