"""Numbers: series without gaps, counted in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from duban.store import schema
from duban.store.wire import Statement, Wire, insertion

_t = schema.series.c
_INSERT = insertion(schema.series)
_TAKE = Statement(
    _INSERT.on_conflict_do_update(index_elements=["name"], set_={"last": _t.last + _INSERT.excluded.last}).returning(
        _t.last
    )
)
_REACH = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=["name"], set_={"last": _INSERT.excluded.last}, where=_t.last < _INSERT.excluded.last
    )
)
_LAST = Statement(select(_t.last).where(_t.name == bindparam("which")))


class Numbers:
    """Number series by name (for example ``register/2026``)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def next(self, series: str, count: int = 1) -> int:
        """Take *count* numbers of *series* and return the first; a series starts at 1."""
        row = self._wire.one(_TAKE, name=series, last=count)
        return int(row[0]) - count + 1

    def reach(self, series: str, last: int) -> bool:
        """Let *last* be the last number taken; False: the series had come so far already."""
        return self._wire.send(_REACH, name=series, last=last) == 1

    def last(self, series: str) -> int:
        """Return the last number taken, 0 when none was."""
        row = self._wire.row(_LAST, which=series)
        return 0 if row is None else int(row[0])
