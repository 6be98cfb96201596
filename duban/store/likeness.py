"""Likeness: fingerprints of what petitions say, to find candidates for repeats."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, delete, func, select

from duban.store import schema
from duban.store.lists import among, filled, places
from duban.store.wire import Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A case that shares fingerprints."""

    case: int
    shared: int
    """How many of the asked fingerprints it has."""


_t = schema.likeness.c
_ADD = Statement(insertion(schema.likeness).on_conflict_do_nothing(index_elements=["fingerprint", "case_id"]))
_OF = Statement(select(_t.fingerprint).where(_t.case_id == bindparam("case")))
_FORGET = Statement(delete(schema.likeness).where(_t.case_id == bindparam("case")))
_HALF = 2**63


class Likeness:
    """Fingerprint to case; fingerprints are whole numbers of 64 bits, signed or not."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(self, case: int, fingerprints: Collection[int]) -> None:
        """Remember the fingerprints of *case*; adding one again changes nothing."""
        rows = [{"fingerprint": mark, "case_id": case} for mark in sorted(signed(fingerprints))]
        self._wire.send_many(_ADD, rows)

    def candidates(self, fingerprints: Collection[int], *, limit: int = 20, at_least: int = 1) -> list[Candidate]:
        """Return the cases that share the most of them, best first, then newest."""
        marks = sorted(signed(fingerprints))
        if not marks:
            return []
        rows = self._wire.rows(_candidates(places(marks)), **filled(marks), size=limit, least=at_least)
        return [Candidate(case=case, shared=count) for case, count in rows]

    def of(self, case: int) -> frozenset[int]:
        """Return the fingerprints of a case, signed."""
        return frozenset(row[0] for row in self._wire.rows(_OF, case=case))

    def forget(self, case: int) -> None:
        """Delete the fingerprints of *case*."""
        self._wire.send(_FORGET, case=case)


@cache
def _candidates(count: int) -> Statement:
    """Return the question with *count* places for fingerprints; import asks it for every row."""
    shared = func.count()
    return Statement(
        select(_t.case_id, shared)
        .where(among(_t.fingerprint, count))
        .group_by(_t.case_id)
        .having(shared >= bindparam("least"))
        .order_by(shared.desc(), _t.case_id.desc())
        .limit(bindparam("size"))
    )


def signed(fingerprints: Collection[int]) -> set[int]:
    """Return fingerprints as signed 64-bit numbers, which is what the databases have."""
    return {(mark + _HALF) % (2 * _HALF) - _HALF for mark in fingerprints}
