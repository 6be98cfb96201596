"""The worklist: what people are asked to do, joined with the register."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, update

from duban.errors import AlreadyDone, Conflict, NotYourWork
from duban.model.work import Work
from duban.store import payloads, schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.shields import visible
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Item(Work):
    """An open work item as the worklist shows it."""

    case: int
    number: str
    kind: str
    opened_at: datetime
    claimed_by: str | None
    claimed_at: datetime | None
    due_at: datetime | None
    """When the deadline on this step ends, else the next named deadline of its case."""
    petition: str | None
    """Number of the petition it belongs to (the root of the family)."""
    ask: str | None
    stage: str | None
    weight: str | None
    received_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedWork:
    """Which items are wanted; None means no matter."""

    person: str | None = None
    """Items that *person* may do: addressed to them, or to one of *holds* and claimed by nobody else."""
    holds: Collection[tuple[str, str]] = ()
    """(unit, role) pairs that the person holds; an item without a unit is open to whoever has the role."""
    stands_for: Collection[str] = ()
    """Absent people whose substitute the person is: what they must not do, the person must not."""
    sees: Collection[str] | None = None
    """Shielded kinds whose cases are wanted too (see duban.store.shields); None: all of them."""
    claimed_by: str | None = None
    unit: str | None = None
    role: str | None = None
    element: str | None = None
    due_before: datetime | None = None
    """Near due or overdue: the deadline lies before this instant."""


ALL = WantedWork()

_w, _c, _d, _p = schema.work.c, schema.case_.c, schema.due.c, schema.petition.c
_root = schema.case_.alias("root")
_OWN_DUE = (
    select(func.min(_d.at))
    .where(
        _d.case_id == _w.case_id,
        _d.attached == _w.element,
        _d.scope == _w.scope,
        _d.name.is_not(None),
        _d.warning.is_(False),
    )
    .scalar_subquery()
)
_CASE_DUE = (
    select(func.min(_d.at))
    .where(_d.case_id == _w.case_id, _d.name.is_not(None), _d.warning.is_(False))
    .scalar_subquery()
)
_DUE_AT = func.coalesce(_OWN_DUE, _CASE_DUE)
_JOINED = (
    schema.work.join(schema.case_, _w.case_id == _c.id)
    .join(_root, _root.c.id == func.coalesce(_c.family, _c.id))
    .outerjoin(schema.petition, _p.case_id == _root.c.id)
)
_COLUMNS = (
    _w.case_id,
    _w.task,
    _w.element,
    _w.name,
    _w.scope,
    _w.role,
    _w.unit,
    _w.person,
    _w.form,
    _c.number,
    _c.kind,
    _w.opened_at,
    _w.claimed_by,
    _w.claimed_at,
    _DUE_AT.label("due_at"),
    _p.case_id.label("petition"),
    _root.c.number.label("root_number"),
    _p.ask,
    _p.stage,
    _p.weight,
    _p.received_at,
    _w.excluded,
)
_THIS = (_w.case_id == bindparam("case"), _w.task == bindparam("task"))
_ADD = Statement(insertion(schema.work))
_REMOVE = Statement(delete(schema.work).where(*_THIS))
_GET = Statement(select(*_COLUMNS).select_from(_JOINED).where(*_THIS))
_OF = Statement(select(*_COLUMNS).select_from(_JOINED).where(_w.case_id == bindparam("case")).order_by(_w.task))
_HOLDER = Statement(select(_w.claimed_by, _w.name).where(*_THIS))
_CLAIM = Statement(
    update(schema.work)
    .where(*_THIS, _w.claimed_by.is_(None))
    .values(claimed_by=bindparam("who"), claimed_at=bindparam("moment"))
)
_GIVE_BACK = Statement(
    update(schema.work).where(*_THIS, _w.claimed_by == bindparam("who")).values(claimed_by=None, claimed_at=None)
)


class Worklist:
    """Open work items."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list_(self, wanted: WantedWork = ALL, *, limit: int = 50, offset: int = 0) -> list[Item]:
        """Return items, the nearest deadline first, then the oldest."""
        question = (
            _selected(select(*_COLUMNS), wanted)
            .order_by(_DUE_AT.is_(None), _DUE_AT, _w.opened_at, _w.case_id, _w.task)
            .limit(limit)
            .offset(offset)
        )
        return [_item(row) for row in self._wire.select(question)]

    def count(self, wanted: WantedWork = ALL) -> int:
        """Return how many items *wanted* selects."""
        return int(self._wire.select(_selected(select(func.count()), wanted))[0][0])

    def of(self, case: int) -> list[Item]:
        """Return the open items of a case, in order of task."""
        return [_item(row) for row in self._wire.rows(_OF, case=case)]

    def get(self, case: int, task: int) -> Item:
        """Return one item.

        Raises:
            AlreadyDone: It is not open (any more).
        """
        row = self._wire.row(_GET, case=case, task=task)
        if row is None:
            raise AlreadyDone
        return _item(row)

    def claim(self, case: int, task: int, person: str, *, at: datetime) -> None:
        """Put the item into *person*'s hands; claiming one's own again changes nothing.

        Raises:
            AlreadyDone: It is not open.
            Conflict: Somebody else has claimed it; the message says who.
        """
        if self._wire.send(_CLAIM, case=case, task=task, who=person, moment=micros(at)) == 1:
            return
        holder, name = self._holder(case, task)
        if holder != person:
            raise Conflict(f"“{name}” was claimed by {holder}; ask them to give it back")

    def give_back(self, case: int, task: int, person: str) -> None:
        """Put a claimed item back.

        Raises:
            AlreadyDone: It is not open.
            NotYourWork: *person* has not claimed it.
        """
        if self._wire.send(_GIVE_BACK, case=case, task=task, who=person) == 1:
            return
        holder, name = self._holder(case, task)
        raise NotYourWork(f"“{name}” is in the hands of {holder or 'nobody'}, not of {person}")

    def opened(self, case: int, items: Sequence[Work], *, at: int) -> None:
        """Add items that the engine opened (``unit.save`` calls this)."""
        self._wire.send_many(
            _ADD,
            [
                {
                    "case_id": case,
                    "task": item.task,
                    "element": item.element,
                    "name": item.name,
                    "scope": item.scope,
                    "role": item.role,
                    "unit": item.unit,
                    "person": item.person,
                    "form": item.form,
                    "excluded": payloads.text(item.excluded) if item.excluded else None,
                    "opened_at": at,
                    "claimed_by": None,
                    "claimed_at": None,
                }
                for item in items
            ],
        )

    def closed(self, case: int, tasks: Sequence[int]) -> None:
        """Remove items that the engine closed (``unit.save`` calls this)."""
        self._wire.send_many(_REMOVE, [{"case": case, "task": task} for task in tasks])

    def _holder(self, case: int, task: int) -> Row:
        row = self._wire.row(_HOLDER, case=case, task=task)
        if row is None:
            raise AlreadyDone
        return row


def _selected(question: Select[Any], wanted: WantedWork) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        schema.work.c[name] == value
        for name in ("claimed_by", "unit", "role", "element")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.person is not None:
        conditions.append(_may_do(wanted.person, wanted.holds))
        conditions += [_not_kept_from(each) for each in (wanted.person, *wanted.stands_for)]
    if wanted.due_before is not None:
        conditions.append(_DUE_AT.__lt__(micros(wanted.due_before)))
    conditions += visible(_w.case_id, wanted.sees)
    return question.select_from(_JOINED).where(*conditions)


def _may_do(person: str, holds: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Say which items *person* may do: addressed to nobody else, of a role that they hold, in nobody else's hands."""
    by_role = [
        and_(_w.person.is_(None), _w.role == role, or_(_w.unit.is_(None), _w.unit == unit))
        for unit, role in sorted(holds)
    ]
    free = or_(_w.claimed_by.is_(None), _w.claimed_by == person)
    return and_(or_(_w.person == person, *by_role), free)


def _not_kept_from(person: str) -> ColumnElement[bool]:
    """Say which items do not exclude *person*; ids stand in quotes in the list."""
    return or_(_w.excluded.is_(None), ~_w.excluded.contains(payloads.text(person), autoescape=True))


def _item(row: Row) -> Item:
    return Item(
        case=row[0],
        task=row[1],
        element=row[2],
        name=row[3],
        scope=row[4],
        role=row[5],
        unit=row[6],
        person=row[7],
        form=row[8],
        number=row[9],
        kind=row[10],
        opened_at=instant(row[11]),
        claimed_by=row[12],
        claimed_at=instant_or_none(row[13]),
        due_at=instant_or_none(row[14]),
        petition=None if row[15] is None else row[16],
        ask=row[17],
        stage=row[18],
        weight=row[19],
        received_at=instant_or_none(row[20]),
        excluded=() if row[21] is None else tuple(payloads.unpacked(row[21])),
    )
