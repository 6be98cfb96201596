"""Leases: one holder at a time for what must run once, taken over when the holder is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select

from duban.store import schema
from duban.store.instants import micros
from duban.store.wire import Statement, Wire, insertion

_t = schema.lease.c
_INSERT = insertion(schema.lease)
_TAKE = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": _INSERT.excluded.holder, "until": _INSERT.excluded.until},
        where=or_(_t.holder == _INSERT.excluded.holder, _t.until <= bindparam("now")),
    )
)
_RELEASE = Statement(delete(schema.lease).where(_t.name == bindparam("lease"), _t.holder == bindparam("who")))
_HOLDER = Statement(select(_t.holder).where(_t.name == bindparam("lease"), _t.until > bindparam("now")))


class Leases:
    """Leases by name."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew the lease; False: somebody else holds it."""
        return self._wire.send(_TAKE, name=name, holder=holder, until=micros(until), now=micros(now)) == 1

    def release(self, name: str, holder: str) -> None:
        """Give the lease back, if *holder* holds it."""
        self._wire.send(_RELEASE, lease=name, who=holder)

    def holder(self, name: str, *, now: datetime) -> str | None:
        """Return who holds it."""
        row = self._wire.row(_HOLDER, lease=name, now=micros(now))
        return None if row is None else str(row[0])
