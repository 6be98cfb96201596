r"""The journal: append-only facts, chained per case by hash.

The hash of a fact is ``sha256(prev + header + b"\n" + payload)`` where

* ``prev`` is the 32 bytes of the hash before it in the same case; 32 zero bytes for the first fact;
* ``header`` is the JSON array ``[case, n, kind, at, noticed_at, actor, definition]`` without spaces, in UTF-8, not
  escaping beyond what JSON demands; both instants are whole microseconds since 1970 in UTC;
* ``payload`` is the stored JSON text, byte for byte as it stands in the row (so nobody needs to write it again alike).

``seq`` is not hashed: it is the database's, and differs after a restore into another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from duban.errors import Corrupted, NotFound
from duban.model.facts import Fact, Happening, Kind
from duban.store import schema
from duban.store.instants import instant, micros
from duban.store.payloads import packed, unpacked
from duban.store.wire import Row, Statement, Wire, insertion

START = bytes(32)
"""What stands before the first fact of a case."""

_t = schema.fact.c
_COLUMNS = (
    _t.seq,
    _t.case_id,
    _t.n,
    _t.kind,
    _t.at,
    _t.noticed_at,
    _t.actor,
    _t.definition,
    _t.payload,
    _t.prev,
    _t.hash,
)
ADD = Statement(insertion(schema.fact, without={"seq"}))
"""Its parameters in order: case, n, kind, at, noticed_at, actor, definition, payload, prev, hash."""
_OF = Statement(
    select(*_COLUMNS)
    .where(_t.case_id == bindparam("case"), _t.n > bindparam("after"), _t.noticed_at <= bindparam("until"))
    .order_by(_t.n)
)
_SINCE = Statement(select(*_COLUMNS).where(_t.seq > bindparam("seq")).order_by(_t.seq).limit(bindparam("size")))
_HEAD = Statement(select(schema.case_.c.facts, schema.case_.c.head).where(schema.case_.c.id == bindparam("case")))

_FOREVER = 2**62
_header = msgspec.json.Encoder().encode


def digest(prev: bytes, header: Sequence[Any], payload: bytes) -> bytes:
    """Return the hash of a fact; the module's docstring is its definition."""
    return sha256(b"%b%b\n%b" % (prev, _header(header), payload)).digest()


def chained(
    case: int,
    happenings: Sequence[Happening],
    *,
    n: int,
    head: bytes,
    at: int,
    noticed_at: int,
    actor: str,
    definition: str,
) -> list[Row]:
    """Return the rows for ADD of *happenings* that continue a chain of *n* facts whose last hash is *head*."""
    rows: list[Row] = []
    for happening in happenings:
        n += 1
        payload = packed(happening.payload)
        kind = happening.kind.value
        prev, head = head, digest(head, (case, n, kind, at, noticed_at, actor, definition), payload)
        rows.append((case, n, kind, at, noticed_at, actor, definition, payload.decode(), prev, head))
    return rows


class Journal:
    """Facts as they stand; they are written by ``unit.save``, ``open_case`` and ``note`` alone."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def of(self, case: int, *, after: int = 0, until: datetime | None = None) -> list[Fact]:
        """Return the facts of *case* in order, those after number *after* and noticed no later than *until*."""
        latest = _FOREVER if until is None else micros(until)
        return [_fact(row) for row in self._wire.rows(_OF, case=case, after=after, until=latest)]

    def since(self, seq: int, *, limit: int = 1000) -> list[Fact]:
        """Return facts of all cases after position *seq*."""
        return [_fact(row) for row in self._wire.rows(_SINCE, seq=seq, size=limit)]

    def verify(self, case: int) -> int:
        """Recompute the chain of *case* and return its length.

        Raises:
            Corrupted: Names the first fact that does not fit, or says that the case's head differs.
        """
        kept = self._wire.row(_HEAD, case=case)
        if kept is None:
            raise NotFound(f"there is no case {case}")
        n, head = 0, START
        for row in self._wire.rows(_OF, case=case, after=0, until=_FOREVER):
            n += 1
            _check_link(row, n, head)
            head = row[10]
        if (n, head) != tuple(kept):
            raise Corrupted(
                f"case {case}: its row counts {kept[0]} facts, the journal has {n}, and the last hashes "
                f"{'agree' if head == kept[1] else 'differ'}: facts are missing or were added past the house"
            )
        return n


def _check_link(row: Row, n: int, head: bytes) -> None:
    _, case, number, *header, payload, prev, found = row
    if number != n:
        raise Corrupted(f"case {case}: fact {n} is missing (fact {number} follows fact {n - 1})")
    if prev != head:
        raise Corrupted(f"case {case}: fact {n} does not continue fact {n - 1}: its prev differs from that one's hash")
    if digest(prev, (case, number, *header), payload.encode()) != found:
        raise Corrupted(f"case {case}: fact {n} ({header[0]}) was changed: its hash does not fit what it says")


def _fact(row: Row) -> Fact:
    seq, case, n, kind, at, noticed_at, actor, definition, payload, prev, hash_ = row
    return Fact(
        seq=seq,
        case=case,
        n=n,
        kind=Kind(kind),
        at=instant(at),
        noticed_at=instant(noticed_at),
        actor=actor,
        definition=definition,
        payload=unpacked(payload),
        prev=prev,
        hash=hash_,
    )
