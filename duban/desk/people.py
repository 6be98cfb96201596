"""People: who works here, and what each may act as today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from duban.desk.desk import Desk
from duban.desk.rights import CHANGES, day_of
from duban.model.people import Membership
from duban.store import Unit
from duban.store.people import Absence


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """A person with the roles held today."""

    id: str
    name: str
    memberships: tuple[Membership, ...]


def list_(desk: Desk) -> list[Who]:
    """List everybody, in order of id."""
    on = day_of(desk.now())

    def read(record: Unit) -> list[Who]:
        held: dict[str, list[Membership]] = defaultdict(list)
        for membership in record.people.memberships(on=on):
            held[membership.person].append(membership)
        return [Who(id=p.id, name=p.name, memberships=tuple(held[p.id])) for p in record.people.list_()]

    return desk.store.read(read)


def show(desk: Desk, person: str) -> Who:
    """Show one person.

    Raises:
        NotFound: There is no such person; the nearest known ids are named.
    """
    on = day_of(desk.now())

    def read(record: Unit) -> Who:
        found = record.people.get(person)
        return Who(id=found.id, name=found.name, memberships=tuple(record.people.memberships(person, on=on)))

    return desk.store.read(read)


def enrol(desk: Desk) -> int:
    """Enter the people and memberships that bureau.toml lists; entering them again changes nothing."""
    settings = desk.bureau.settings

    def write(record: Unit) -> int:
        for person in settings.people.values():
            record.people.put(person)
        for membership in settings.memberships:
            record.people.join(membership)
        record.numbers.next(CHANGES)
        return len(settings.people)

    return desk.store.write(write)


def appoint(desk: Desk, membership: Membership) -> None:
    """Give somebody a role in a unit, or change its last day.

    Raises:
        NotFound: There is no such person.
    """

    def write(record: Unit) -> None:
        record.people.get(membership.person)
        record.people.join(membership)
        record.numbers.next(CHANGES)

    desk.store.write(write)


def leave(desk: Desk, absence: Absence) -> None:
    """Say that somebody is away and who stands in meanwhile.

    Raises:
        NotFound: There is no such person.
    """

    def write(record: Unit) -> None:
        for person in (absence.person, absence.substitute):
            if person is not None:
                record.people.get(person)
        record.people.leave(absence)
        record.numbers.next(CHANGES)

    desk.store.write(write)
