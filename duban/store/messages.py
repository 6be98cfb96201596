"""Messages on their way from one case to others: thrown in one commit, delivered in another, once by their id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, or_, select, update

from duban.model.calls import Thrown
from duban.store import payloads, schema
from duban.store.instants import instant, instant_or_none, micros, micros_or_none
from duban.store.outbox import Status
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Underway(Thrown):
    """A message on its way from one case to others."""

    id: str
    """``case/version.position``: the same for ever."""
    case: int
    """The case that threw it."""
    number: str
    thrown_at: datetime
    attempts: int
    """How many attempts have begun."""
    status: Status
    error: str | None
    host: str | None
    """The activity beside which it was thrown (in the same scope); None: beside none."""
    over_at: datetime | None
    """When that activity was over; None: it goes on."""
    completed: bool
    """Whether it was completed; False: it was cancelled."""


_m, _c, _g = schema.message.c, schema.case_.c, schema.delivered.c
_JOINED = schema.message.join(schema.case_, _m.case_id == _c.id)
_COLUMNS = (
    _m.id,
    _m.case_id,
    _m.task,
    _m.element,
    _m.name,
    _m.payload,
    _m.correlation,
    _m.thrown_at,
    _m.attempts,
    _m.status,
    _m.error,
    _c.number,
    _m.scope,
    _m.host,
    _m.over_at,
    _m.completed,
)
_THIS = _m.id == bindparam("message")
_ADD = Statement(insertion(schema.message))
_REMOVE = Statement(delete(schema.message).where(_THIS))
_GET = Statement(select(*_COLUMNS).select_from(_JOINED).where(_THIS))
_before = schema.message.alias("before")
_FIRST = ~exists().where(
    _before.c.case_id == _m.case_id,
    _before.c.next_at.is_not(None),
    or_(
        _before.c.version < _m.version,
        and_(_before.c.version == _m.version, _before.c.position < _m.position),
    ),
)
"""What a case said first is carried first: its next message waits until that one has arrived or was given up."""
_RIPE = (
    select(_m.id)
    .where(_m.next_at <= bindparam("now"), _FIRST)
    .order_by(_m.next_at, _m.id)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_CLAIM = Statement(
    update(schema.message)
    .where(_m.id.in_(_RIPE))
    .values(status=Status.RUNNING.value, holder=bindparam("who"), next_at=bindparam("until"), attempts=_m.attempts + 1)
    .returning(_m.id)
)
_AGAIN = Statement(
    update(schema.message)
    .where(_THIS)
    .values(status=bindparam("state"), holder=None, next_at=bindparam("moment"), error=bindparam("what"))
)
_OVER = Statement(
    update(schema.message)
    .where(
        _m.case_id == bindparam("case"),
        _m.host == bindparam("activity"),
        _m.scope == bindparam("place"),
        _m.over_at.is_(None),
    )
    .values(over_at=bindparam("moment"), completed=bindparam("was_completed"))
)
_DELIVERED = Statement(insertion(schema.delivered).on_conflict_do_nothing(index_elements=["case_id", "message"]))

_FORGET = Statement(delete(schema.delivered).where(_g.case_id == bindparam("case"), _g.message == bindparam("message")))


class Messages:
    """Messages between cases; added by ``unit.save`` from what the engine threw."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def claim(self, now: datetime, *, limit: int, holder: str, until: datetime) -> list[Underway]:
        """Take up to *limit* messages, oldest first, for *holder* alone until *until*."""
        rows = self._wire.rows(_CLAIM, now=micros(now), size=limit, who=holder, until=micros(until))
        found = [_underway(row) for (id_,) in rows if (row := self._wire.row(_GET, message=id_)) is not None]
        return sorted(found, key=lambda message: (message.thrown_at, message.case, message.id))

    def refreshed(self, message: Underway) -> Underway:
        """Return the message as it stands in this transaction: what it watches may have ended since it was claimed."""
        row = self._wire.row(_GET, message=message.id)
        return message if row is None else _underway(row)

    def done(self, id: str) -> bool:  # noqa: A002 (the house's word for "ours")
        """Take the message out, in the transaction that delivers it; False: it was gone."""
        return self._wire.send(_REMOVE, message=id) == 1

    def again(self, id: str, *, at: datetime | None, error: str) -> None:  # noqa: A002
        """Deliver the message at *at*; None gives it up."""
        status = Status.FAILED if at is None else Status.WAITING
        self._wire.send(_AGAIN, message=id, state=status.value, moment=micros_or_none(at), what=error)

    def list_(self, *, case: int | None = None, status: Status | None = None, limit: int = 100) -> list[Underway]:
        """Return messages in the order in which they were thrown."""
        question = select(*_COLUMNS).select_from(_JOINED)
        if case is not None:
            question = question.where(_m.case_id == case)
        if status is not None:
            question = question.where(_m.status == status.value)
        question = question.order_by(_m.thrown_at, _m.case_id, _m.id).limit(limit)
        return [_underway(row) for row in self._wire.select(question)]

    def first_time(self, case: int, id: str, *, at: datetime) -> bool:  # noqa: A002
        """Remember that message *id* reached *case*; False: it had before, deliver it no second time."""
        return self._wire.send(_DELIVERED, case_id=case, message=id, at=micros(at)) == 1

    def over(self, case: int, activity: str, scope: str, *, at: datetime, completed: bool) -> None:
        """Remember that an activity is over, on messages that were thrown beside it and are still on their way."""
        self._wire.send(_OVER, case=case, activity=activity, place=scope, moment=micros(at), was_completed=completed)

    def send(self, id: str, case: int, message: Thrown, *, at: datetime, not_before: datetime) -> None:  # noqa: A002
        """Add a message of the house itself in the name of *case*, ahead of what the case says later."""
        row = _row(id, case, message, at=micros(at), not_before=micros(not_before))
        self._wire.send(_ADD, **row)

    def forget(self, case: int, id: str) -> None:  # noqa: A002
        """Forget that message *id* reached *case*: it did not take it."""
        self._wire.send(_FORGET, case=case, message=id)

    def thrown(
        self,
        case: int,
        version: int,
        messages: Sequence[Thrown],
        *,
        at: int,
        not_before: int,
        hosts: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Add messages that the engine threw (``unit.save`` calls this); *hosts*: element to activity beside it."""
        self._wire.send_many(
            _ADD,
            [
                _row(
                    f"{case}/{version}.{position}",
                    case,
                    message,
                    at=at,
                    not_before=not_before,
                    version=version,
                    position=position,
                    host=hosts.get(message.element),
                )
                for position, message in enumerate(messages)
            ],
        )


def _row(  # the columns of one table
    id: str,  # noqa: A002
    case: int,
    message: Thrown,
    *,
    at: int,
    not_before: int,
    version: int = 0,
    position: int = 0,
    host: str | None = None,
) -> dict[str, Any]:
    return {
        "id": id,
        "case_id": case,
        "task": message.task,
        "element": message.element,
        "scope": message.scope,
        "name": message.name,
        "payload": payloads.text(message.payload),
        "correlation": payloads.text(message.correlation),
        "thrown_at": at,
        "attempts": 0,
        "next_at": not_before,
        "status": Status.WAITING.value,
        "holder": None,
        "error": None,
        "version": version,
        "position": position,
        "host": host,
        "over_at": None,
        "completed": True,
    }


def _underway(row: Row) -> Underway:
    return Underway(
        id=row[0],
        case=row[1],
        task=row[2],
        element=row[3],
        name=row[4],
        payload=payloads.unpacked(row[5]),
        correlation=payloads.unpacked(row[6]),
        thrown_at=instant(row[7]),
        attempts=row[8],
        status=Status(row[9]),
        error=row[10],
        number=row[11],
        scope=row[12],
        host=row[13],
        over_at=instant_or_none(row[14]),
        completed=bool(row[15]),
    )
