"""The outbox: calls that must be run after the commit that wanted them; messages are in duban.store.messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, select, tuple_, update

from duban.model.calls import CallWanted
from duban.store import payloads, schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.wire import Row, Statement, Wire, insertion


class Status(StrEnum):
    """Where an entry of the outbox stands; a done one is gone (its fact stands in the journal)."""

    WAITING = "waiting"
    RUNNING = "running"
    """Held under a lease; when the lease ends it is taken again."""
    FAILED = "failed"
    """Given up; an incident stands for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued(CallWanted):
    """A call in the outbox."""

    case: int
    number: str
    kind: str
    attempts: int
    """How many attempts have begun."""
    next_at: datetime | None
    """Not before this instant is it (again) run; None for a failed one."""
    status: Status
    error: str | None
    """What the last attempt failed with."""
    wanted_at: datetime

    @property
    def key(self) -> str:
        """Return the idempotency key: the same at every attempt."""
        return f"{self.case}/{self.task}"


_k, _c = schema.call.c, schema.case_.c
_JOINED = schema.call.join(schema.case_, _k.case_id == _c.id)
_COLUMNS = (
    _k.case_id,
    _k.task,
    _k.element,
    _k.scope,
    _k.operator,
    _k.parameters,
    _k.attempts,
    _k.next_at,
    _k.status,
    _k.error,
    _k.wanted_at,
    _c.number,
    _c.kind,
)
_THIS = (_k.case_id == bindparam("case"), _k.task == bindparam("task"))
_ADD = Statement(insertion(schema.call))
_REMOVE = Statement(delete(schema.call).where(*_THIS))
_GET = Statement(select(*_COLUMNS).select_from(_JOINED).where(*_THIS))
_RIPE = (
    select(_k.case_id, _k.task)
    .where(_k.next_at <= bindparam("now"))
    .order_by(_k.next_at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_CLAIM = Statement(
    update(schema.call)
    .where(tuple_(_k.case_id, _k.task).in_(_RIPE))
    .values(status=Status.RUNNING.value, holder=bindparam("who"), next_at=bindparam("until"), attempts=_k.attempts + 1)
    .returning(_k.case_id, _k.task)
)
_AGAIN = Statement(
    update(schema.call)
    .where(*_THIS)
    .values(status=Status.WAITING.value, holder=None, next_at=bindparam("moment"), error=bindparam("what"))
)
_RESET = Statement(update(schema.call).where(*_THIS).values(attempts=bindparam("count")))
_GIVE_UP = Statement(
    update(schema.call)
    .where(*_THIS)
    .values(status=Status.FAILED.value, holder=None, next_at=None, error=bindparam("what"))
)
_NEXT = Statement(select(func.min(_k.next_at)))
_NEXT_MESSAGE = Statement(select(func.min(schema.message.c.next_at)))


class Outbox:
    """Calls; added by ``unit.save`` from what the engine wanted."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def claim(self, now: datetime, *, limit: int, holder: str, until: datetime) -> list[Queued]:
        """Take up to *limit* calls whose time has come, for *holder* alone until *until*.

        Their attempts grow by one. A call that is still here at *until* is taken again: its holder died.
        """
        rows = self._wire.rows(_CLAIM, now=micros(now), size=limit, who=holder, until=micros(until))
        calls = [call for case, task in rows if (call := self.get(case, task)) is not None]
        return sorted(calls, key=lambda call: (call.wanted_at, call.case, call.task))

    def get(self, case: int, task: int) -> Queued | None:
        """Return the call, or None when nobody waits for it any more."""
        row = self._wire.row(_GET, case=case, task=task)
        return None if row is None else _queued(row)

    def done(self, case: int, task: int) -> bool:
        """Take the call out of the outbox, in the transaction that delivers its answer; False: it was gone."""
        return self._wire.send(_REMOVE, case=case, task=task) == 1

    def again(
        self, case: int, task: int, *, at: datetime, error: str | None = None, attempts: int | None = None
    ) -> None:
        """Run the call again at *at*, keeping the error of the last attempt; *attempts* sets the count anew."""
        self._wire.send(_AGAIN, case=case, task=task, moment=micros(at), what=error)
        if attempts is not None:
            self._wire.send(_RESET, case=case, task=task, count=attempts)

    def give_up(self, case: int, task: int, *, error: str) -> None:
        """Try the call no more; a person decides."""
        self._wire.send(_GIVE_UP, case=case, task=task, what=error)

    def list_(self, *, case: int | None = None, status: Status | None = None, limit: int = 100) -> list[Queued]:
        """Return calls in the order in which they were wanted."""
        question = select(*_COLUMNS).select_from(_JOINED)
        if case is not None:
            question = question.where(_k.case_id == case)
        if status is not None:
            question = question.where(_k.status == status.value)
        question = question.order_by(_k.wanted_at, _k.case_id, _k.task).limit(limit)
        return [_queued(row) for row in self._wire.select(question)]

    def next_at(self) -> datetime | None:
        """Return when the next claim (of calls or messages) can find something, or None."""
        times = [row[0] for row in (self._wire.row(_NEXT), self._wire.row(_NEXT_MESSAGE)) if row and row[0]]
        return instant_or_none(min(times, default=None))

    def wanted(self, case: int, calls: Sequence[CallWanted], *, at: int, not_before: int) -> None:
        """Add calls that the engine wants (``unit.save`` calls this)."""
        self._wire.send_many(
            _ADD,
            [
                {
                    "case_id": case,
                    "task": call.task,
                    "element": call.element,
                    "scope": call.scope,
                    "operator": call.operator,
                    "parameters": payloads.text(call.parameters),
                    "attempts": 0,
                    "next_at": not_before,
                    "status": Status.WAITING.value,
                    "holder": None,
                    "error": None,
                    "wanted_at": at,
                }
                for call in calls
            ],
        )

    def unwanted(self, case: int, tasks: Sequence[int]) -> None:
        """Remove calls that nobody waits for any more (``unit.save`` calls this)."""
        self._wire.send_many(_REMOVE, [{"case": case, "task": task} for task in tasks])


def _queued(row: Row) -> Queued:
    return Queued(
        case=row[0],
        task=row[1],
        element=row[2],
        scope=row[3],
        operator=row[4],
        parameters=payloads.unpacked(row[5]),
        attempts=row[6],
        next_at=instant_or_none(row[7]),
        status=Status(row[8]),
        error=row[9],
        wanted_at=instant(row[10]),
        number=row[11],
        kind=row[12],
    )
