"""Times due: what must happen when, and who has claimed it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select, tuple_, update

from duban.model.work import Due
from duban.store import payloads, schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.shields import visible
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Running(Due):
    """A running timer with its case."""

    case: int
    number: str
    fired_at: datetime | None
    """None while it runs; else when it fired, and its activity goes on: it is overdue."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A case that has timers to fire now."""

    case: int
    at: datetime
    """When the earliest of them was due."""
    tasks: tuple[int, ...]


_d, _c = schema.due.c, schema.case_.c
_JOINED = schema.due.join(schema.case_, _d.case_id == _c.id)
_COLUMNS = (
    _d.case_id,
    _d.task,
    _d.element,
    _d.scope,
    _d.attached,
    _d.at,
    _d.name,
    _d.warning,
    _d.why,
    _d.interrupting,
    _c.number,
    _d.fired_at,
)
_KEY = ("case_id", "task")
_INSERT = insertion(schema.due)
_ARM = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=_KEY, set_={c.name: _INSERT.excluded[c.name] for c in schema.due.columns if c.name not in _KEY}
    )
)
_THIS = (_d.case_id == bindparam("case"), _d.task == bindparam("task"))
_DISARM = Statement(delete(schema.due).where(*_THIS, _d.fired_at.is_(None)))
_MISS = Statement(
    update(schema.due)
    .where(*_THIS, _d.name.is_not(None), _d.warning.is_(False), _d.attached.is_not(None))
    .values(fired_at=bindparam("moment"), holder=None, held_until=None)
)
_LEAVE = Statement(
    delete(schema.due).where(
        _d.case_id == bindparam("case"),
        _d.fired_at.is_not(None),
        _d.attached == bindparam("element"),
        _d.scope == bindparam("scope"),
    )
)
_CLEAR = Statement(delete(schema.due).where(_d.case_id == bindparam("case")))
_RIPE = (
    select(_d.case_id, _d.task)
    .where(
        _d.fired_at.is_(None),
        _d.at <= bindparam("now"),
        or_(_d.held_until.is_(None), _d.held_until <= bindparam("now")),
    )
    .order_by(_d.at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_CLAIM = Statement(
    update(schema.due)
    .where(tuple_(_d.case_id, _d.task).in_(_RIPE))
    .values(holder=bindparam("who"), held_until=bindparam("until"))
    .returning(_d.case_id, _d.task, _d.at)
)
_PUT_OFF = Statement(
    update(schema.due)
    .where(_d.case_id == bindparam("case"), _d.fired_at.is_(None))
    .values(holder=None, held_until=bindparam("until"))
)
_FIRST_FREE = Statement(select(func.min(_d.at)).where(_d.fired_at.is_(None), _d.held_until.is_(None)))
_FIRST_HELD = Statement(select(func.min(_d.held_until)).where(_d.held_until.is_not(None)))
_SELECT = select(*_COLUMNS).select_from(_JOINED).order_by(_d.at, _d.case_id, _d.task)
_OF = Statement(_SELECT.where(_d.case_id == bindparam("case"), _d.fired_at.is_(None)))
_MISSED = Statement(_SELECT.where(_d.case_id == bindparam("case"), _d.fired_at.is_not(None)))


class DueTimes:
    """Running timers; written by ``unit.save`` from what the engine armed and disarmed."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def claim(self, now: datetime, *, limit: int, holder: str, until: datetime) -> list[Claimed]:
        """Take up to *limit* due timers, grouped by case, for *holder* alone until *until*.

        Several processes may claim at once: nobody gets what another holds (SKIP LOCKED on PostgreSQL). A claim is
        an optimisation: firing twice is harmless, the version check and the engine's ``tick`` decide.
        """
        rows = self._wire.rows(_CLAIM, now=micros(now), size=limit, who=holder, until=micros(until))
        cases: dict[int, list[tuple[int, int]]] = {}
        for case, task, at in sorted(rows, key=lambda row: (row[2], row[0], row[1])):
            cases.setdefault(case, []).append((at, task))
        return [
            Claimed(case=case, at=instant(dues[0][0]), tasks=tuple(task for _, task in dues))
            for case, dues in cases.items()
        ]

    def put_off(self, case: int, until: datetime) -> None:
        """Let nobody claim the timers of *case* before *until* (its tick failed)."""
        self._wire.send(_PUT_OFF, case=case, until=micros(until))

    def next_at(self) -> datetime | None:
        """Return when the next claim can find something, or None."""
        times = [row[0] for row in (self._wire.row(_FIRST_FREE), self._wire.row(_FIRST_HELD)) if row and row[0]]
        return instant_or_none(min(times, default=None))

    def of(self, case: int) -> list[Running]:
        """Return the running timers of a case, in order of time."""
        return [_running(row) for row in self._wire.rows(_OF, case=case)]

    def missed(self, case: int) -> list[Running]:
        """Return the named deadlines of a case that have passed while their activities go on."""
        return [_running(row) for row in self._wire.rows(_MISSED, case=case)]

    def list_(
        self,
        *,
        before: datetime | None = None,
        named: bool = False,
        warnings: bool = True,
        missed: bool = False,
        sees: Collection[str] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Running]:
        """Return running timers in order of time.

        Args:
            before: Only those that end before this instant.
            named: Only those of named deadlines.
            warnings: Those that only remind too.
            missed: Named deadlines that have passed while their activities go on, instead of running ones.
            sees: Shielded kinds whose cases are wanted too (see duban.store.shields); None: all of them.
            limit: How many at most.
            offset: How many to leave out first.
        """
        passed = _d.fired_at.is_not(None) if missed else _d.fired_at.is_(None)
        question = _SELECT.where(passed, *visible(_d.case_id, sees)).limit(limit).offset(offset)
        if before is not None:
            question = question.where(_d.at < micros(before))
        if named:
            question = question.where(_d.name.is_not(None))
        if not warnings:
            question = question.where(_d.warning.is_(False))
        return [_running(row) for row in self._wire.select(question)]

    def count(self, *, before: datetime | None = None) -> int:
        """Return how many timers run, or end before an instant."""
        question = select(func.count()).select_from(schema.due).where(_d.fired_at.is_(None))
        if before is not None:
            question = question.where(_d.at < micros(before))
        return int(self._wire.select(question)[0][0])

    def armed(self, case: int, dues: Sequence[Due]) -> None:
        """Add timers, or move those that are known (``unit.save`` calls this)."""
        self._wire.send_many(
            _ARM,
            [
                {
                    "case_id": case,
                    "task": due.task,
                    "element": due.element,
                    "scope": due.scope,
                    "attached": due.attached,
                    "at": micros(due.at),
                    "name": due.name,
                    "warning": due.warning,
                    "why": payloads.text(due.why),
                    "interrupting": due.interrupting,
                    "holder": None,
                    "held_until": None,
                    "fired_at": None,
                }
                for due in dues
            ],
        )

    def disarmed(self, case: int, tasks: Sequence[int]) -> None:
        """Remove timers that fired or were cancelled (``unit.save`` calls this)."""
        self._wire.send_many(_DISARM, [{"case": case, "task": task} for task in tasks])

    def fired(self, case: int, tasks: Sequence[int], *, at: int) -> None:
        """Keep named deadlines that passed, until their activities are left (``unit.save`` calls this)."""
        self._wire.send_many(_MISS, [{"case": case, "task": task, "moment": at} for task in tasks])

    def left(self, case: int, places: Sequence[tuple[str, str]]) -> None:
        """Remove passed deadlines of activities (element, scope) that were left (``unit.save`` calls this)."""
        rows = [{"case": case, "element": element, "scope": scope} for element, scope in places]
        self._wire.send_many(_LEAVE, rows)

    def clear(self, case: int) -> None:
        """Remove every timer of a case that is over (``unit.save`` calls this)."""
        self._wire.send(_CLEAR, case=case)


def _running(row: Row) -> Running:
    return Running(
        case=row[0],
        task=row[1],
        element=row[2],
        scope=row[3],
        attached=row[4],
        at=instant(row[5]),
        name=row[6],
        warning=bool(row[7]),
        why=payloads.unpacked(row[8]),
        interrupting=bool(row[9]),
        number=row[10],
        fired_at=instant_or_none(row[11]),
    )
