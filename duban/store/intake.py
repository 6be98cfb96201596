"""Intake: what came in by which channel, so that the same thing is never registered twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select

from duban.errors import Conflict
from duban.store import schema
from duban.store.instants import instant, micros
from duban.store.lists import among, filled, places
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the sender was told; the same arrival gets the same receipt."""

    channel: str
    external_id: str
    """The channel's own id; the content's digest where it has none."""
    digest: str
    """Digest of the normalised content: tells a repeated delivery from a changed one."""
    case: int
    number: str
    repeat_of: str | None
    """Number of the petition that it repeats, if one."""
    at: datetime


_t, _c = schema.intake.c, schema.case_.c
_SELECT = select(_t.channel, _t.external_id, _t.digest, _t.case_id, _c.number, _t.repeat_of, _t.at).select_from(
    schema.intake.join(schema.case_, _t.case_id == _c.id)
)
_FIND = Statement(_SELECT.where(_t.channel == bindparam("channel"), _t.external_id == bindparam("external_id")))
_ADD = Statement(insertion(schema.intake).on_conflict_do_nothing(index_elements=["channel", "external_id"]))
_TOGETHER = 512
"""Ids asked for in one question."""


class Intake:
    """Receipts, unique per (channel, external id)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def find(self, channel: str, external_id: str) -> Receipt | None:
        """Return the receipt that was given, or None."""
        row = self._wire.row(_FIND, channel=channel, external_id=external_id)
        return None if row is None else _receipt(row)

    def find_many(self, channel: str, external_ids: Iterable[str]) -> dict[str, Receipt]:
        """Return the receipts that were given, by external id."""
        wanted = sorted(set(external_ids))
        found: dict[str, Receipt] = {}
        for start in range(0, len(wanted), _TOGETHER):
            part = wanted[start : start + _TOGETHER]
            rows = self._wire.rows(_find_many(places(part)), channel=channel, **filled(part))
            found |= {row[1]: _receipt(row) for row in rows}
        return found

    def add(self, receipt: Receipt) -> None:
        """Give a receipt.

        Raises:
            Conflict: Somebody registered the same arrival at the same time.
        """
        added = self._wire.send(
            _ADD,
            channel=receipt.channel,
            external_id=receipt.external_id,
            digest=receipt.digest,
            case_id=receipt.case,
            repeat_of=receipt.repeat_of,
            at=micros(receipt.at),
        )
        if added != 1:
            raise Conflict(
                f"{receipt.external_id} of channel {receipt.channel} was registered before; look it up again"
            )


@cache
def _find_many(count: int) -> Statement:
    return Statement(_SELECT.where(_t.channel == bindparam("channel"), among(_t.external_id, count)))


def _receipt(row: Row) -> Receipt:
    channel, external_id, digest, case, number, repeat_of, at = row
    return Receipt(
        channel=channel,
        external_id=external_id,
        digest=digest,
        case=case,
        number=number,
        repeat_of=repeat_of,
        at=instant(at),
    )
