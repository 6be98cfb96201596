"""Incidents: tokens and cases that wait for a person's decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from duban.errors import NotFound
from duban.model.outcome import Incident
from duban.store import payloads, schema
from duban.store.instants import instant, micros
from duban.store.shields import visible
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Open(Incident):
    """An open incident with its case."""

    case: int
    number: str
    opened_at: datetime


_i, _c = schema.incident.c, schema.case_.c
_JOINED = schema.incident.join(schema.case_, _i.case_id == _c.id)
_COLUMNS = (
    _i.case_id,
    _i.task,
    _i.element,
    _i.scope,
    _i.reason,
    _i.message,
    _i.detail,
    _i.opened_at,
    _c.number,
)
_THIS = (_i.case_id == bindparam("case"), _i.task == bindparam("task"))
_INSERT = insertion(schema.incident)
_OPEN = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=["case_id", "task"],
        set_={name: _INSERT.excluded[name] for name in ("element", "scope", "reason", "message", "detail")},
    )
)
_SETTLE = Statement(delete(schema.incident).where(*_THIS))
_CLEAR = Statement(delete(schema.incident).where(_i.case_id == bindparam("case")))
_GET = Statement(select(*_COLUMNS).select_from(_JOINED).where(*_THIS))
_ANY = Statement(select(_i.case_id).limit(1))
_OF = Statement(select(*_COLUMNS).select_from(_JOINED).where(_i.case_id == bindparam("case")).order_by(_i.task))


class Incidents:
    """Open incidents: the engine's come and go with ``unit.save``, the desk adds its own (calls, ticks that fail)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def open_(self, case: int, incident: Incident, *, at: datetime) -> None:
        """Open an incident of the desk, or renew the one at the same task; task 0 stands for the whole case."""
        self.opened(case, (incident,), at=micros(at))

    def settle(self, case: int, task: int) -> bool:
        """Close the incident at *task*; False: there was none."""
        return self._wire.send(_SETTLE, case=case, task=task) == 1

    def get(self, case: int, task: int) -> Open:
        """Return one, or NotFound."""
        row = self._wire.row(_GET, case=case, task=task)
        if row is None:
            raise NotFound(f"case {case} has no open incident at task {task}")
        return _open(row)

    def of(self, case: int) -> list[Open]:
        """Return the incidents of a case."""
        return [_open(row) for row in self._wire.rows(_OF, case=case)]

    def list_(self, *, limit: int = 100, offset: int = 0, sees: Collection[str] | None = None) -> list[Open]:
        """Return all, oldest first; *sees*: shielded kinds whose cases are wanted too (None: all of them)."""
        question = (
            select(*_COLUMNS)
            .select_from(_JOINED)
            .where(*visible(_i.case_id, sees))
            .order_by(_i.opened_at, _i.case_id, _i.task)
            .limit(limit)
            .offset(offset)
        )
        return [_open(row) for row in self._wire.select(question)]

    def is_any(self) -> bool:
        """Tell whether any is open."""
        return self._wire.row(_ANY) is not None

    def count(self, *, sees: Collection[str] | None = None) -> int:
        """Return how many are open."""
        question = select(func.count()).select_from(schema.incident).where(*visible(_i.case_id, sees))
        return int(self._wire.select(question)[0][0])

    def opened(self, case: int, incidents: Sequence[Incident], *, at: int) -> None:
        """Add incidents (``unit.save`` calls this for the engine's)."""
        self._wire.send_many(
            _OPEN,
            [
                {
                    "case_id": case,
                    "task": incident.task,
                    "element": incident.element,
                    "scope": incident.scope,
                    "reason": incident.reason,
                    "message": incident.message,
                    "detail": payloads.text(incident.detail),
                    "opened_at": at,
                }
                for incident in incidents
            ],
        )

    def settled(self, case: int, tasks: Sequence[int]) -> None:
        """Remove incidents that are gone (``unit.save`` calls this)."""
        self._wire.send_many(_SETTLE, [{"case": case, "task": task} for task in tasks])

    def clear(self, case: int) -> None:
        """Remove every incident of a case that is over (``unit.save`` calls this)."""
        self._wire.send(_CLEAR, case=case)


def _open(row: Row) -> Open:
    return Open(
        case=row[0],
        task=row[1],
        element=row[2],
        scope=row[3],
        reason=row[4],
        message=row[5],
        detail=payloads.unpacked(row[6]),
        opened_at=instant(row[7]),
        number=row[8],
    )
