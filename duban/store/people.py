"""People: who works here, which roles they hold from when to when, who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duban.model.people import Membership, Person


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Somebody is away, from a day to a day (both included); a substitute may do their work."""

    person: str
    since: date
    until: date
    substitute: str | None = None
    why: str = ""


class People:
    """Persons, memberships and absences."""

    def put(self, person: Person) -> None:
        """Add a person or change the name."""
        raise NotImplementedError

    def get(self, id: str) -> Person:  # noqa: A002
        """Return a person; NotFound names the nearest known ids."""
        raise NotImplementedError

    def list_(self) -> list[Person]:
        """Return everybody, in order of id."""
        raise NotImplementedError

    def join(self, membership: Membership) -> None:
        """Add a membership or change its last day; its person must be known."""
        raise NotImplementedError

    def memberships(self, person: str | None = None, *, on: date | None = None) -> list[Membership]:
        """Return memberships (of one person; in force on a day)."""
        raise NotImplementedError

    def holders(self, role: str, unit: str | None, *, on: date) -> list[Person]:
        """Return who holds *role* in *unit* (None: in any unit) on a day."""
        raise NotImplementedError

    def leave(self, absence: Absence) -> None:
        """Say that somebody is away; the same first day again changes the rest."""
        raise NotImplementedError

    def absences(self, person: str | None = None, *, on: date | None = None) -> list[Absence]:
        """Return absences (of one person; on a day)."""
        raise NotImplementedError
