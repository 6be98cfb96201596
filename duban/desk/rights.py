"""Rights: who may do which work, today; sign-in and the finer rules come with the issue on rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from duban.errors import KeptFromWork, NotYourWork
from duban.model.clock import SHANGHAI
from duban.model.people import SYSTEM, Membership
from duban.store import Unit
from duban.store.people import Absence
from duban.store.worklist import Item

CHANGES = "people"
"""Number series that counts changes of people, memberships and absences."""

DAYS = 64
"""Days that a roster remembers: virtual time goes to and fro."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a person may act as on a day."""

    person: str
    memberships: tuple[Membership, ...]
    """Own ones, and those of absent people whose named substitute the person is."""
    stands_for: frozenset[str]
    """Absent people whose named substitute the person is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Today:
    """Who may act as what on one day."""

    standings: Mapping[str, Standing]
    absences: Mapping[str, Absence]


class Roster:
    """Everybody's standing on a day, read when it is first asked for, and again when people change."""

    def __init__(self) -> None:
        """Nothing is read before it is asked for."""
        self._read: dict[tuple[int, date], _Today] = {}

    def standing(self, record: Unit, person: str, at: datetime) -> Standing:
        """Return what *person* may act as at *at*.

        Raises:
            NotFound: There is no such person.
        """
        found = self._today(record, at).standings.get(person)
        if found is None:
            record.people.get(person)
            return Standing(person=person, memberships=(), stands_for=frozenset())
        return found

    def require(self, record: Unit, actor: str) -> None:
        """Refuse an actor who is neither the house itself nor one of its people.

        Raises:
            NotFound: There is no such person; the nearest known ids are named.
        """
        if actor != SYSTEM:
            record.people.get(actor)

    def holders(self, record: Unit, role: str, unit: str | None, at: datetime) -> list[str]:
        """Return who may act as *role* in *unit* (None: in any unit) at *at* and is here, in order of id."""
        return list(dict.fromkeys(person for person, *_ in self.posts(record, role, unit, at)))

    def posts(self, record: Unit, role: str, unit: str | None, at: datetime) -> list[tuple[str, str, str | None]]:
        """Return (person, unit, absent person stood in for) of whoever is here and may act as *role*, by person.

        Nobody: everyone who holds the role is away, and none has named a substitute who is here.
        """
        today = self._today(record, at)
        return sorted(
            (
                (person, held.unit, None if held.person == person else held.person)
                for person, standing in today.standings.items()
                if person not in today.absences
                for held in standing.memberships
                if held.role == role and unit in (None, held.unit)
            ),
            key=lambda post: (post[0], post[1], post[2] or ""),
        )

    def absence(self, record: Unit, person: str, at: datetime) -> Absence | None:
        """Return the absence of *person* that covers *at*, or None."""
        return self._today(record, at).absences.get(person)

    def _today(self, record: Unit, at: datetime) -> _Today:
        changes, on = record.numbers.last(CHANGES), day_of(at)
        if (today := self._read.get((changes, on))) is None:
            absences = {absence.person: absence for absence in record.people.absences(on=on)}
            today = _Today(standings=_standings(record, on, absences.values()), absences=absences)
            if len(self._read) >= DAYS:
                self._read = {}
            self._read[changes, on] = today
        return today


def _standings(record: Unit, on: date, absences: Iterable[Absence]) -> dict[str, Standing]:
    """Return the standing of everybody who may act as anything on *on*."""
    own: dict[str, list[Membership]] = defaultdict(list)
    for membership in record.people.memberships(on=on):
        own[membership.person].append(membership)
    stands_for: dict[str, set[str]] = defaultdict(set)
    for absence in absences:
        if absence.substitute:
            stands_for[absence.substitute].add(absence.person)
    return {
        person: Standing(
            person=person,
            memberships=(
                *own.get(person, ()),
                *(m for absent in sorted(stands_for.get(person, ())) for m in own.get(absent, ())),
            ),
            stands_for=frozenset(stands_for.get(person, ())),
        )
        for person in {*own, *stands_for}
    }


def unit_acting(who: Standing, item: Item) -> str | None:
    """Return the unit for which *who* may do *item*, None for work that no role guards.

    Raises:
        KeptFromWork: *who*, or somebody for whom *who* stands in, did what this work looks at.
        NotYourWork: Says whose work it is.
    """
    what = f"{item.name} ({item.number}, task {item.task})"
    acts_as = {who.person, *who.stands_for}
    if kept := sorted(acts_as & {*item.excluded}):
        raise KeptFromWork(f"{what} is not for {' or '.join(kept)}, who did what it looks at (回避)")
    if item.claimed_by is not None and item.claimed_by not in acts_as:
        raise NotYourWork(f"{what} is in the hands of {item.claimed_by}")
    if item.person is not None and item.person not in acts_as:
        raise NotYourWork(f"{what} is addressed to {item.person} personally")
    if not item.role:
        return None
    for held in who.memberships:
        if held.role == item.role and item.unit in (None, held.unit):
            return held.unit
    if item.person is not None:
        return item.unit  # named by name: whoever named the person answers for it
    where = f" of {item.unit}" if item.unit else ""
    raise NotYourWork(f"{what} belongs to the role {item.role}{where}; {who.person} does not hold it today")


def may_do(who: Standing, item: Item) -> bool:
    """Tell whether *who* may do *item* now."""
    try:
        unit_acting(who, item)
    except NotYourWork:
        return False
    return True


def day_of(at: datetime) -> date:
    """Return the day that *at* has in Shanghai."""
    return at.astimezone(SHANGHAI).date()
