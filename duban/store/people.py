"""People: who works here, which roles they hold from when to when, who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from sqlalchemy import ColumnElement, Table, bindparam, or_, select

from duban.errors import NotFound
from duban.model.people import Membership, Person
from duban.store import schema
from duban.store.instants import day_or_none
from duban.store.wire import Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Somebody is away, from a day to a day (both included); a substitute may do their work."""

    person: str
    since: date
    until: date
    substitute: str | None = None
    why: str = ""


_p, _m, _a = schema.person.c, schema.membership.c, schema.absence.c


def _put(table: Table, *keys: str) -> Statement:
    """Return the statement that adds a row or changes what is not its key."""
    adds = insertion(table)
    rest = {c.name: adds.excluded[c.name] for c in table.columns if c.name not in keys}
    return Statement(adds.on_conflict_do_update(index_elements=list(keys), set_=rest))


_PUT = _put(schema.person, "id")
_JOIN = _put(schema.membership, "person", "unit", "role", "since")
_LEAVE = _put(schema.absence, "person", "since")
_GET = Statement(select(_p.id, _p.name).where(_p.id == bindparam("person")))
_ALL = Statement(select(_p.id, _p.name).order_by(_p.id))


class People:
    """Persons, memberships and absences."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def put(self, person: Person) -> None:
        """Add a person or change the name."""
        self._wire.send(_PUT, id=person.id, name=person.name)

    def get(self, id: str) -> Person:  # noqa: A002 (the house's word for "ours")
        """Return a person; NotFound names the nearest known ids."""
        row = self._wire.row(_GET, person=id)
        if row is None:
            near = get_close_matches(id, [person.id for person in self.list_()], n=3, cutoff=0.5)
            raise NotFound(f"there is no person {id}" + (f"; did you mean {', '.join(near)}?" if near else ""))
        return Person(id=row[0], name=row[1])

    def list_(self) -> list[Person]:
        """Return everybody, in order of id."""
        return [Person(id=id_, name=name) for id_, name in self._wire.rows(_ALL)]

    def join(self, membership: Membership) -> None:
        """Add a membership or change its last day; its person must be known."""
        self._wire.send(
            _JOIN,
            person=membership.person,
            unit=membership.unit,
            role=membership.role,
            since=membership.since.isoformat(),
            until=None if membership.until is None else membership.until.isoformat(),
        )

    def memberships(self, person: str | None = None, *, on: date | None = None) -> list[Membership]:
        """Return memberships (of one person; in force on a day)."""
        conditions: list[ColumnElement[bool]] = [] if person is None else [_m.person == person]
        if on is not None:
            conditions += _in_force(on)
        question = (
            select(_m.person, _m.unit, _m.role, _m.since, _m.until)
            .where(*conditions)
            .order_by(_m.person, _m.unit, _m.role, _m.since)
        )
        return [
            Membership(person=who, unit=unit, role=role, since=date.fromisoformat(since), until=day_or_none(until))
            for who, unit, role, since, until in self._wire.select(question)
        ]

    def holders(self, role: str, unit: str | None, *, on: date) -> list[Person]:
        """Return who holds *role* in *unit* (None: in any unit) on a day."""
        conditions = [_m.role == role, *_in_force(on)]
        if unit is not None:
            conditions.append(_m.unit == unit)
        question = (
            select(_p.id, _p.name)
            .distinct()
            .select_from(schema.membership.join(schema.person, _m.person == _p.id))
            .where(*conditions)
            .order_by(_p.id)
        )
        return [Person(id=id_, name=name) for id_, name in self._wire.select(question)]

    def leave(self, absence: Absence) -> None:
        """Say that somebody is away; the same first day again changes the rest."""
        self._wire.send(
            _LEAVE,
            person=absence.person,
            since=absence.since.isoformat(),
            until=absence.until.isoformat(),
            substitute=absence.substitute,
            why=absence.why,
        )

    def absences(self, person: str | None = None, *, on: date | None = None) -> list[Absence]:
        """Return absences (of one person; on a day)."""
        conditions: list[ColumnElement[bool]] = [] if person is None else [_a.person == person]
        if on is not None:
            conditions += [_a.since <= on.isoformat(), _a.until >= on.isoformat()]
        question = (
            select(_a.person, _a.since, _a.until, _a.substitute, _a.why)
            .where(*conditions)
            .order_by(_a.person, _a.since)
        )
        return [
            Absence(
                person=who,
                since=date.fromisoformat(since),
                until=date.fromisoformat(until),
                substitute=substitute,
                why=why,
            )
            for who, since, until, substitute, why in self._wire.select(question)
        ]


def _in_force(on: date) -> list[ColumnElement[bool]]:
    return [_m.since <= on.isoformat(), or_(_m.until.is_(None), _m.until >= on.isoformat())]
