"""Texts: what people wrote, by reference, so that state and facts stay small and words can be destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select, update

from duban.errors import NotFound
from duban.store import schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.lists import among, filled, places
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text; a purged one has no words, only the stub that says so."""

    id: int
    case: int | None
    words: str | None
    at: datetime
    by: str
    purged_at: datetime | None
    purged_by: str | None
    purged_why: str | None


_t = schema.text_.c
_COLUMNS = (_t.id, _t.case_id, _t.words, _t.at, _t.by, _t.purged_at, _t.purged_by, _t.purged_why)
_STUB = {"id", "purged_at", "purged_by", "purged_why"}
_ADD = Statement(insertion(schema.text_, without=_STUB).returning(_t.id))
_ADOPT = Statement(update(schema.text_).where(_t.id == bindparam("text")).values(case_id=bindparam("case")))
_GET = Statement(select(*_COLUMNS).where(_t.id == bindparam("text")))
_OF = Statement(select(*_COLUMNS).where(_t.case_id == bindparam("case")).order_by(_t.id))
_PURGE = Statement(
    update(schema.text_)
    .where(_t.id == bindparam("text"), _t.purged_at.is_(None))
    .values(words=None, purged_at=bindparam("moment"), purged_by=bindparam("who"), purged_why=bindparam("reason"))
)


class Texts:
    """The texts of the record; ``{"$text": id}`` in data refers to one."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(self, words: str, *, at: datetime, by: str, case: int | None = None) -> int:
        """Keep *words* and return their id; *case* None until the case is written (then ``adopt``)."""
        row = self._wire.one(_ADD, case_id=case, words=words, at=micros(at), by=by)
        return int(row[0])

    def adopt(self, ids: Iterable[int], case: int) -> None:
        """Say that these texts belong to *case*."""
        self._wire.send_many(_ADOPT, [{"text": id_, "case": case} for id_ in ids])

    def get(self, id: int) -> Text:  # noqa: A002 (the house's word for "ours")
        """Return a text, or NotFound."""
        row = self._wire.row(_GET, text=id)
        if row is None:
            raise NotFound(f"there is no text {id}")
        return _text(row)

    def get_many(self, ids: Iterable[int]) -> dict[int, Text]:
        """Return those that exist, by id."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        return {row[0]: _text(row) for row in self._wire.rows(_get_many(places(wanted)), **filled(wanted))}

    def of(self, case: int) -> list[Text]:
        """Return the texts of a case, oldest first."""
        return [_text(row) for row in self._wire.rows(_OF, case=case)]

    def purge(self, id: int, *, at: datetime, by: str, why: str) -> None:  # noqa: A002
        """Destroy the words, keep a stub; purging again changes nothing."""
        if self._wire.send(_PURGE, text=id, moment=micros(at), who=by, reason=why) != 1:
            self.get(id)


@cache
def _get_many(count: int) -> Statement:
    return Statement(select(*_COLUMNS).where(among(_t.id, count)))


def _text(row: Row) -> Text:
    return Text(
        id=row[0],
        case=row[1],
        words=row[2],
        at=instant(row[3]),
        by=row[4],
        purged_at=instant_or_none(row[5]),
        purged_by=row[6],
        purged_why=row[7],
    )
