"""Shields: cases that only few may see (条例 30), kept out of every list of everybody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, bindparam, delete, select

from duban.store import schema
from duban.store.wire import Statement, Wire, insertion

_s = schema.shield.c
_INSERT = insertion(schema.shield)
_RAISE = Statement(_INSERT.on_conflict_do_update(index_elements=["case_id"], set_={"kind": _INSERT.excluded["kind"]}))
_LOWER = Statement(delete(schema.shield).where(_s.case_id == bindparam("case")))
_OF = Statement(select(_s.kind).where(_s.case_id == bindparam("case")))


class Shields:
    """Which cases are shielded, and by which kind's rule."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def raise_(self, case: int, kind: str) -> None:
        """Let only those see *case* who may see cases of *kind*."""
        self._wire.send(_RAISE, case_id=case, kind=kind)

    def lower(self, case: int) -> None:
        """Let everybody see *case*."""
        self._wire.send(_LOWER, case=case)

    def of(self, case: int) -> str | None:
        """Return the kind whose rule shields *case*, or None."""
        row = self._wire.row(_OF, case=case)
        return None if row is None else str(row[0])

    def all(self) -> dict[int, str]:
        """Return every shielded case with the kind whose rule shields it."""
        return dict(self._wire.select(select(_s.case_id, _s.kind)))


def visible(case: Column[Any], kinds: Collection[str] | None) -> Iterable[ColumnElement[bool]]:
    """Yield the condition that *case* is not shielded, or by one of *kinds*; None: whoever asks sees everything."""
    if kinds is not None:
        yield case.not_in(select(_s.case_id).where(_s.kind.not_in(sorted(kinds))))
