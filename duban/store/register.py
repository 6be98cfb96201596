"""The register: one row per petition, for lists and look-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, func, or_, select, update

from duban.errors import NotFound
from duban.store import schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.shields import visible
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A petition as the register shows it."""

    case: int
    number: str
    channel: str
    external_id: str | None
    received_at: datetime
    petitioner: str
    """Display form, masked where the law asks it."""
    ask: str
    """What is asked, in one line."""
    matter: str | None
    nature: str | None
    weight: str | None
    unit: str | None
    supervising: str | None
    stage: str
    """Label of the phase, as people say it."""
    status: str
    repeat_of: int | None
    """Case id of the first petition of the matter."""
    repeat_n: int
    """How many repeats were linked to this one."""
    final: bool
    """Its re-examination has ended: the same facts are not accepted again (条例 36)."""
    next_due: datetime | None
    """The earliest named deadline, one that has passed (while its activity goes on) before those that run."""
    moved_at: datetime
    """When the case last moved."""
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which rows are wanted; None means no matter."""

    unit: str | None = None
    supervising: str | None = None
    channel: str | None = None
    matter: str | None = None
    """Code or beginning of a code."""
    weight: str | None = None
    stage: str | None = None
    status: str | None = None
    is_open: bool | None = None
    overdue_at: datetime | None = None
    """Those with a named deadline that lies before this instant."""
    received_from: datetime | None = None
    received_until: datetime | None = None
    words: str | None = None
    """Part of the number, the ask or the petitioner."""
    sees: Collection[str] | None = None
    """Shielded kinds whose cases are wanted too (see duban.store.shields); None: all of them."""


ALL = Wanted()

_p, _c, _d = schema.petition.c, schema.case_.c, schema.due.c
_JOINED = schema.petition.join(schema.case_, _p.case_id == _c.id)
_NAMED = (_d.name.is_not(None), _d.warning.is_(False))
NEXT_DUE = select(func.min(_d.at)).where(_d.case_id == _c.id, *_NAMED).scalar_subquery()
_COLUMNS = (
    _p.case_id,
    _c.number,
    _p.channel,
    _p.external_id,
    _p.received_at,
    _p.petitioner,
    _p.ask,
    _p.matter,
    _p.nature,
    _p.weight,
    _p.unit,
    _p.supervising,
    _p.stage,
    _p.status,
    _p.repeat_of,
    _p.repeat_n,
    _p.final,
    NEXT_DUE,
    _c.moved_at,
    _c.ended_at,
)
SETTABLE = frozenset(c.name for c in schema.petition.columns) - {"case_id"}
"""Columns that the desk may write."""
_TALLIED = SETTABLE - {"external_id", "received_at", "petitioner", "ask", "repeat_n"}
_DEFAULTS: dict[str, Any] = {
    "external_id": None,
    "petitioner": "",
    "ask": "",
    "matter": None,
    "nature": None,
    "weight": None,
    "unit": None,
    "supervising": None,
    "stage": "",
    "status": "open",
    "repeat_of": None,
    "repeat_n": 0,
    "final": False,
}
_ADD = Statement(insertion(schema.petition))
_BY_ID = Statement(select(*_COLUMNS).select_from(_JOINED).where(_p.case_id == bindparam("case")))
_BY_NUMBER = Statement(select(*_COLUMNS).select_from(_JOINED).where(_c.number == bindparam("case")))
_ASK = Statement(select(_p.ask).where(_p.case_id == bindparam("case")))
_FIRST = Statement(select(_p.repeat_of).where(_p.case_id == bindparam("case")))
_LINK = Statement(update(schema.petition).where(_p.case_id == bindparam("case")).values(repeat_of=bindparam("first")))
_COUNT_REPEAT = Statement(
    update(schema.petition).where(_p.case_id == bindparam("case")).values(repeat_n=_p.repeat_n + 1)
)
_changes: dict[frozenset[str], Statement] = {}


def _change(columns: frozenset[str]) -> Statement:
    """Return the update of *columns*; there are few combinations, each compiled once."""
    known = _changes.get(columns)
    if known is None:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        known = _changes[columns] = Statement(
            update(schema.petition).where(_p.case_id == bindparam("case")).values(values)
        )
    return known


class Register:
    """The register; rows are added by ``unit.open_case(register=…)``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(self, case: int, values: Mapping[str, Any], *, at: int) -> None:
        """Add the row of a new case (``unit.open_case`` calls this)."""
        row = _DEFAULTS | {"received_at": at} | _stored(values)
        if "channel" not in row:
            raise ValueError("a register row needs its channel")
        self._wire.send(_ADD, **row, case_id=case)

    def update(self, case: int, values: Mapping[str, Any]) -> None:
        """Change columns, named as in Entry, from channel to repeat_n.

        Raises:
            NotFound: The case has no row.
            ValueError: A column is unknown or not the desk's to write.
        """
        changes = {f"new_{name}": value for name, value in _stored(values).items()}
        if changes and self._wire.send(_change(frozenset(values)), case=case, **changes) != 1:
            raise NotFound(f"case {case} has no row in the register")

    def follow(self, case: int, values: Mapping[str, Any]) -> None:
        """Change columns as ``update`` does, of a case that may have no row: only petitions have (``unit.save``)."""
        changes = {f"new_{name}": value for name, value in _stored(values).items()}
        if changes:
            self._wire.send(_change(frozenset(values)), case=case, **changes)

    def get(self, case: int | str) -> Entry:
        """Return the row of this case id or number, or NotFound."""
        row = self._wire.row(_BY_ID if isinstance(case, int) else _BY_NUMBER, case=case)
        if row is None:
            raise NotFound(f"there is no petition {case} in the register")
        return _entry(row)

    def ask_of(self, case: int) -> str | None:
        """Return what the petition asks, or None for a case that is none."""
        row = self._wire.row(_ASK, case=case)
        return None if row is None else str(row[0])

    def list_(self, wanted: Wanted = ALL, *, limit: int = 50, offset: int = 0) -> list[Entry]:
        """Return rows, newest received first."""
        question = (
            select(*_COLUMNS)
            .select_from(_JOINED)
            .where(*_conditions(wanted))
            .order_by(_p.received_at.desc(), _p.case_id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [_entry(row) for row in self._wire.select(question)]

    def count(self, wanted: Wanted = ALL) -> int:
        """Return how many rows *wanted* selects."""
        question = select(func.count()).select_from(_JOINED).where(*_conditions(wanted))
        return int(self._wire.select(question)[0][0])

    def tally(self, column: str, wanted: Wanted = ALL) -> dict[str | None, int]:
        """Return how many rows there are per value of *column* (stage, status, unit, channel, matter, weight …)."""
        if column not in _TALLIED:
            raise ValueError(f"the register does not count by {column!r}; it does by {', '.join(sorted(_TALLIED))}")
        by = schema.petition.c[column]
        question = select(by, func.count()).select_from(_JOINED).where(*_conditions(wanted)).group_by(by).order_by(by)
        return {value: int(count) for value, count in self._wire.select(question)}

    def link_repeat(self, case: int, of: int) -> int:
        """Say that *case* repeats *of*: the first one's count grows; chains end at the first petition: return it."""
        known = self._wire.row(_FIRST, case=of)
        if known is None:
            raise NotFound(f"case {of} has no row in the register to be repeated")
        first = of if known[0] is None else known[0]
        if first == case:
            raise ValueError(f"case {case} cannot repeat itself")
        mine = self._wire.row(_FIRST, case=case)
        if mine is None:
            raise NotFound(f"case {case} has no row in the register")
        if mine[0] is None:
            self._wire.send(_LINK, case=case, first=first)
            self._wire.send(_COUNT_REPEAT, case=first)
        return int(first)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(values.keys() - SETTABLE)
    if unknown:
        raise ValueError(
            f"the register has no column {', '.join(unknown)} to write; it has {', '.join(sorted(SETTABLE))}"
        )
    return {name: micros(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [
        schema.petition.c[name] == value
        for name in ("unit", "supervising", "channel", "weight", "stage", "status")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.matter is not None:
        conditions.append(_p.matter.startswith(wanted.matter, autoescape=True))
    if wanted.is_open is not None:
        conditions.append(_c.ended_at.is_(None) if wanted.is_open else _c.ended_at.is_not(None))
    if wanted.overdue_at is not None:
        conditions.append(_p.case_id.in_(_overdue(micros(wanted.overdue_at))))
    if wanted.received_from is not None:
        conditions.append(_p.received_at >= micros(wanted.received_from))
    if wanted.received_until is not None:
        conditions.append(_p.received_at < micros(wanted.received_until))
    if wanted.words is not None:
        places = (_c.number, _p.ask, _p.petitioner)
        conditions.append(or_(*(place.contains(wanted.words, autoescape=True) for place in places)))
    conditions += visible(_p.case_id, wanted.sees)
    return conditions


def _overdue(at: int) -> CompoundSelect[Any]:
    """Select the cases with a named deadline before *at*: those that have fired, and those that have yet to."""
    fired = select(_d.case_id).where(*_NAMED, _d.fired_at.is_not(None), _d.at < at)
    waits = select(_d.case_id).where(*_NAMED, _d.fired_at.is_(None), _d.at < at)
    return fired.union(waits)


def _entry(row: Row) -> Entry:
    return Entry(
        case=row[0],
        number=row[1],
        channel=row[2],
        external_id=row[3],
        received_at=instant(row[4]),
        petitioner=row[5],
        ask=row[6],
        matter=row[7],
        nature=row[8],
        weight=row[9],
        unit=row[10],
        supervising=row[11],
        stage=row[12],
        status=row[13],
        repeat_of=row[14],
        repeat_n=row[15],
        final=bool(row[16]),
        next_due=instant_or_none(row[17]),
        moved_at=instant(row[18]),
        ended_at=instant_or_none(row[19]),
    )
