"""Case keys: by what a case that a message began is found again, and which activity of its parent it watches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from duban.errors import Conflict
from duban.store import payloads, schema
from duban.store.instants import instant_or_none, micros, micros_or_none
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseKey:
    """How a case was begun by a message."""

    case: int
    number: str
    kind: str
    parent: int | None
    key: Mapping[str, Any]
    """Correlation of the message that began it."""
    host: str | None
    """Activity of the parent that it watches; None: none."""
    host_scope: str | None
    over_at: datetime | None
    """When that activity was over; None: it goes on."""
    completed: bool
    """Whether the activity was completed; False: it was cancelled."""


_k, _c = schema.case_key.c, schema.case_.c
_JOINED = schema.case_key.join(schema.case_, _k.case_id == _c.id)
_COLUMNS = (
    _k.case_id,
    _c.number,
    _k.kind,
    _c.parent,
    _k.key,
    _k.host,
    _k.host_scope,
    _k.over_at,
    _k.completed,
)
_SELECT = select(*_COLUMNS).select_from(_JOINED)
_ADD = Statement(insertion(schema.case_key).on_conflict_do_nothing(index_elements=["open_key"]))
_OF = Statement(_SELECT.where(_k.case_id == bindparam("case")))
_FIND = Statement(_SELECT.where(_k.open_key == bindparam("found_by")))
_CLOSE = Statement(update(schema.case_key).where(_k.case_id == bindparam("case")).values(open_key=None))
_WATCHING = Statement(
    _SELECT.where(
        _c.parent == bindparam("case"),
        _c.ended_at.is_(None),
        _k.host == bindparam("activity"),
        _k.host_scope == bindparam("place"),
        _k.over_at.is_(None),
    ).order_by(_k.case_id)
)
_OVER = Statement(
    update(schema.case_key)
    .where(_k.case_id == bindparam("case"))
    .values(over_at=bindparam("moment"), completed=bindparam("was_completed"))
)


class CaseKeys:
    """The keys of cases that messages began."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(
        self,
        case: int,
        kind: str,
        key: Mapping[str, Any],
        *,
        is_found: bool = True,
        host: tuple[str, str] | None = None,
        over_at: datetime | None = None,
        completed: bool = True,
    ) -> None:
        """Remember how *case* began; an empty *key*, or one that is not to, never finds it.

        Raises:
            Conflict: Another open case of the kind has the key: look again, the message is for it.
        """
        element, scope = host or (None, None)
        added = self._wire.send(
            _ADD,
            case_id=case,
            kind=kind,
            key=written(key),
            open_key=_open_key(kind, key) if is_found else None,
            host=element,
            host_scope=scope,
            over_at=micros_or_none(over_at),
            completed=completed,
        )
        if added != 1:
            raise Conflict(f"another open case of kind {kind} has the key {written(key)}; look again")

    def of(self, case: int) -> CaseKey | None:
        """Return how *case* began, or None when no message began it."""
        row = self._wire.row(_OF, case=case)
        return None if row is None else _key(row)

    def find(self, kind: str, key: Mapping[str, Any]) -> CaseKey | None:
        """Return the open case of *kind* that was begun with *key*, or None."""
        found_by = _open_key(kind, key)
        row = None if found_by is None else self._wire.row(_FIND, found_by=found_by)
        return None if row is None else _key(row)

    def open_ones(self, kinds: Collection[str]) -> list[tuple[str, str, Mapping[str, Any] | None]]:
        """Return (number, kind, key) of every open case of *kinds*; the key is None where no message began it."""
        question = (
            select(_c.number, _c.kind, _k.key)
            .select_from(schema.case_.outerjoin(schema.case_key, _k.case_id == _c.id))
            .where(_c.kind.in_(sorted(kinds)), _c.ended_at.is_(None))
            .order_by(_c.id)
        )
        return [
            (row[0], row[1], None if row[2] is None else payloads.unpacked(row[2]))
            for row in self._wire.select(question)
        ]

    def watching(self, parent: int, places: Sequence[tuple[str, str]]) -> list[CaseKey]:
        """Return the open children of *parent* that watch one of the activities (element, scope)."""
        return [
            _key(row)
            for element, scope in dict.fromkeys(places)
            for row in self._wire.rows(_WATCHING, case=parent, activity=element, place=scope)
        ]

    def over(self, case: int, *, at: datetime, completed: bool) -> None:
        """Remember that what *case* watches is over."""
        self._wire.send(_OVER, case=case, moment=micros(at), was_completed=completed)

    def close(self, case: int) -> None:
        """Let the key of a case that is over be free again (``unit.save`` calls this)."""
        self._wire.send(_CLOSE, case=case)


def written(key: Mapping[str, Any]) -> str:
    """Return a key as text, the same whatever the order of its properties."""
    return payloads.text(dict(sorted(key.items())))


def _open_key(kind: str, key: Mapping[str, Any]) -> str | None:
    return f"{kind} {written(key)}" if key else None


def _key(row: Row) -> CaseKey:
    return CaseKey(
        case=row[0],
        number=row[1],
        kind=row[2],
        parent=row[3],
        key=payloads.unpacked(row[4]),
        host=row[5],
        host_scope=row[6],
        over_at=instant_or_none(row[7]),
        completed=bool(row[8]),
    )
