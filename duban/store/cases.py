"""Cases: the present state of each, its version, and the head of its chain of facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update

from duban.errors import Conflict, NotFound
from duban.model.case import Case
from duban.store import schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.journal import START
from duban.store.shields import visible
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot(Case):
    """A case with what the next step needs: the engine's state and the head of its chain."""

    state: bytes = field(repr=False)
    facts: int
    """How many facts stand in its chain."""
    head: bytes = field(repr=False)
    """Hash of the last of them."""
    missed: bool
    """Whether a named deadline of it has ever passed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCase:
    """What a case is before it is written."""

    number: str
    kind: str
    process: str
    definition: str
    """Digest; the definition must stand in the record (``unit.definitions.add``)."""
    parent: int | None = None
    parent_task: int | None = None
    begins_family: bool = False
    """A root of its own although another case opened it: a petition that was raised at a talk."""


_t = schema.case_.c
_COLUMNS = (
    _t.id,
    _t.number,
    _t.kind,
    _t.process,
    _t.definition,
    _t.parent,
    _t.parent_task,
    _t.family,
    _t.version,
    _t.opened_at,
    _t.ended_at,
    _t.end_events,
)
_SNAPSHOT = (*_COLUMNS, _t.facts, _t.head, _t.missed, _t.state)
_BY_ID = select(*_SNAPSHOT).where(_t.id == bindparam("case"))
_BY_NUMBER = select(*_SNAPSHOT).where(_t.number == bindparam("case"))
_LOAD, _LOAD_NUMBER = Statement(_BY_ID), Statement(_BY_NUMBER)
# whoever loads a case to write it keeps others from it until the commit: on PostgreSQL two steps of one case
# would otherwise both be computed and one thrown away; SQLite has one writer
_TAKE, _TAKE_NUMBER = Statement(_BY_ID.with_for_update()), Statement(_BY_NUMBER.with_for_update())
_FIND = Statement(select(*_COLUMNS).where(_t.id == bindparam("case")))
_FIND_NUMBER = Statement(select(*_COLUMNS).where(_t.number == bindparam("case")))
_MOVED_AT = Statement(select(_t.moved_at).where(_t.id == bindparam("case")))
_CHILDREN = Statement(select(*_COLUMNS).where(_t.parent == bindparam("case")).order_by(_t.id))
_ADD = Statement(
    insertion(schema.case_, without={"id"}).on_conflict_do_nothing(index_elements=["number"]).returning(_t.id)
)
_MINE = (_t.id == bindparam("case"), _t.version == bindparam("seen"))
_STEP = Statement(
    update(schema.case_)
    .where(*_MINE)
    .values(
        version=bindparam("next_version"),
        facts=bindparam("new_facts"),
        head=bindparam("new_head"),
        state=bindparam("new_state"),
        moved_at=bindparam("moved"),
        ended_at=bindparam("ended"),
        end_events=bindparam("ends"),
        missed=bindparam("has_missed"),
    )
)
_NOTE = Statement(
    update(schema.case_)
    .where(*_MINE)
    .values(
        version=bindparam("next_version"),
        facts=bindparam("new_facts"),
        head=bindparam("new_head"),
        moved_at=bindparam("moved"),
    )
)
_REDEFINE = Statement(
    update(schema.case_).where(_t.id == bindparam("case")).values(definition=bindparam("new_definition"))
)


class Cases:
    """The cases of the record."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def load(self, case: int | str) -> Snapshot:
        """Return the case with this id or number, ready for a step.

        In a transaction that may write nobody else takes a step of the case until the commit.

        Raises:
            NotFound: There is none.
        """
        by_id, by_number = (_LOAD, _LOAD_NUMBER) if self._wire.reads else (_TAKE, _TAKE_NUMBER)
        row = self._wire.row(by_id if isinstance(case, int) else by_number, case=case)
        if row is None:
            raise NotFound(f"there is no case {case}")
        return _snapshot(row)

    def find(self, case: int | str) -> Case | None:
        """Return the case with this id or number without its state, or None."""
        row = self._wire.row(_FIND if isinstance(case, int) else _FIND_NUMBER, case=case)
        return None if row is None else _case(row)

    def list_(
        self, *, kind: str | None = None, is_open: bool | None = None, after: int = 0, limit: int = 100
    ) -> list[Case]:
        """Return cases in order of id, those with an id above *after*."""
        question = select(*_COLUMNS).where(_t.id > after, *_wanted(kind, is_open)).order_by(_t.id).limit(limit)
        return [_case(row) for row in self._wire.select(question)]

    def moved_at(self, case: int) -> datetime:
        """Return when the case last moved, as the house noticed it."""
        return instant(self._wire.one(_MOVED_AT, case=case)[0])

    def children(self, case: int) -> list[Case]:
        """Return the cases that *case* opened."""
        return [_case(row) for row in self._wire.rows(_CHILDREN, case=case)]

    def newest(
        self, kind: str, *, is_open: bool | None, sees: Collection[str] | None, limit: int, offset: int
    ) -> list[Case]:
        """Return cases of *kind*, newest first; *sees*: see duban.store.shields."""
        question = (
            select(*_COLUMNS)
            .where(*_wanted(kind, is_open), *visible(_t.id, sees))
            .order_by(_t.opened_at.desc(), _t.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [_case(row) for row in self._wire.select(question)]

    def tally(self, *, sees: Collection[str] | None) -> dict[tuple[str, bool], int]:
        """Return how many cases there are per kind and whether they are open; *sees*: see duban.store.shields."""
        is_open = _t.ended_at.is_(None)
        question = select(_t.kind, is_open, func.count()).where(*visible(_t.id, sees)).group_by(_t.kind, is_open)
        return {(kind, bool(opened)): int(count) for kind, opened, count in self._wire.select(question)}

    def count(self, *, kind: str | None = None, is_open: bool | None = None) -> int:
        """Return how many there are."""
        question = select(func.count()).select_from(schema.case_).where(*_wanted(kind, is_open))
        return int(self._wire.select(question)[0][0])

    def add(self, new: NewCase, state: bytes, *, at: int) -> Snapshot:
        """Write the row of a new case, without facts yet (``unit.open_case`` writes those)."""
        family = None if new.begins_family else self._family(new.parent)
        row = self._wire.row(
            _ADD,
            number=new.number,
            kind=new.kind,
            process=new.process,
            definition=new.definition,
            parent=new.parent,
            parent_task=new.parent_task,
            family=family,
            version=0,
            opened_at=at,
            moved_at=at,
            ended_at=None,
            end_events=None,
            missed=False,
            facts=0,
            head=START,
            state=state,
        )
        if row is None:
            raise Conflict(f"number {new.number} is taken; take the next one")
        return Snapshot(
            id=row[0],
            number=new.number,
            kind=new.kind,
            process=new.process,
            definition=new.definition,
            parent=new.parent,
            parent_task=new.parent_task,
            family=row[0] if family is None else family,
            version=0,
            opened_at=instant(at),
            ended_at=None,
            end=None,
            facts=0,
            head=START,
            missed=False,
            state=state,
        )

    def step(self, case: Snapshot, after: Snapshot, *, at: int) -> None:
        """Replace *case* by *after*; Conflict when it changed since it was loaded."""
        changed = self._wire.send(
            _STEP,
            case=case.id,
            seen=case.version,
            next_version=after.version,
            new_facts=after.facts,
            new_head=after.head,
            new_state=after.state,
            moved=at,
            ended=None if after.ended_at is None else micros(after.ended_at),
            ends=after.end,
            has_missed=after.missed,
        )
        _check_changed(case, changed)
        if after.definition != case.definition:
            self._wire.send(_REDEFINE, case=case.id, new_definition=after.definition)

    def note(self, case: Snapshot, after: Snapshot, *, at: int) -> None:
        """Move the head of the chain; Conflict when the case changed since it was loaded."""
        changed = self._wire.send(
            _NOTE,
            case=case.id,
            seen=case.version,
            next_version=after.version,
            new_facts=after.facts,
            new_head=after.head,
            moved=at,
        )
        _check_changed(case, changed)

    def _family(self, parent: int | None) -> int | None:
        """Return the root of the family; a root's own row says null."""
        if parent is None:
            return None
        found = self.find(parent)
        if found is None:
            raise NotFound(f"there is no case {parent} to be the parent")
        return found.family


def _check_changed(case: Snapshot, changed: int) -> None:
    if changed != 1:
        raise Conflict(f"case {case.number} changed since version {case.version} was read; look again, then repeat")


def _wanted(kind: str | None, is_open: bool | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(_t.kind == kind)
    if is_open is not None:
        conditions.append(_t.ended_at.is_(None) if is_open else _t.ended_at.is_not(None))
    return conditions


def _case(row: Row) -> Case:
    return Case(**_fields(row))


def _snapshot(row: Row) -> Snapshot:
    return Snapshot(**_fields(row), facts=row[12], head=row[13], missed=bool(row[14]), state=row[15])


def _fields(row: Row) -> dict[str, Any]:
    return {
        "id": row[0],
        "number": row[1],
        "kind": row[2],
        "process": row[3],
        "definition": row[4],
        "parent": row[5],
        "parent_task": row[6],
        "family": row[0] if row[7] is None else row[7],
        "version": row[8],
        "opened_at": instant(row[9]),
        "ended_at": instant_or_none(row[10]),
        "end": row[11],
    }
