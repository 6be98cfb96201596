"""Letters: numbered papers of a case, and what was sent through the world outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from duban.errors import NotFound
from duban.store import schema
from duban.store.instants import instant, instant_or_none, micros
from duban.store.wire import Row, Statement, Wire, insertion


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter that stands in a case's file."""

    case: int
    key: str
    """What makes it one letter: the call that issues it, the same at every attempt."""
    letter: str
    number: str
    title: str
    body: str
    to: str
    way: str
    issued_at: datetime | None
    """None while only its number is reserved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """Something that was sent, once per key."""

    key: str
    way: str
    to: str
    title: str
    body: str
    receipt: str
    at: datetime


_l, _s = schema.letter.c, schema.sent.c
_COLUMNS = (_l.case_id, _l.key, _l.letter, _l.number, _l.title, _l.body, _l.to, _l.way, _l.issued_at)
_SENT_COLUMNS = (_s.key, _s.way, _s.to, _s.title, _s.body, _s.receipt, _s.at)
_THIS = (_l.case_id == bindparam("case"), _l.key == bindparam("call"))
_NUMBER = Statement(select(_l.number).where(*_THIS))
_ADD = Statement(insertion(schema.letter).on_conflict_do_nothing(index_elements=["case_id", "key"]))
_ISSUE = Statement(
    update(schema.letter)
    .where(*_THIS, _l.issued_at.is_(None))
    .values(
        title=bindparam("new_title"),
        body=bindparam("new_body"),
        to=bindparam("new_to"),
        way=bindparam("new_way"),
        issued_at=bindparam("moment"),
    )
)
_OF = Statement(
    select(*_COLUMNS)
    .where(_l.case_id == bindparam("case"), _l.issued_at.is_not(None))
    .order_by(_l.issued_at, _l.number)
)
_GET = Statement(select(*_COLUMNS).where(_l.number == bindparam("which")))
_SENT = Statement(select(*_SENT_COLUMNS).where(_s.key == bindparam("call")))
_KEEP = Statement(insertion(schema.sent).on_conflict_do_nothing(index_elements=["key"]))
_LIST_SENT = Statement(
    select(*_SENT_COLUMNS).order_by(_s.at.desc(), _s.key).limit(bindparam("size")).offset(bindparam("skip"))
)


class Letters:
    """Letters and what was sent."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def reserve(self, case: int, key: str, letter: str, number: Callable[[], str]) -> str:
        """Return the number of this letter, asking *number* for one the first time only."""
        known = self._wire.row(_NUMBER, case=case, call=key)
        if known is not None:
            return str(known[0])
        taken = number()
        self._add(case, key, letter, taken)
        return taken

    def issue(
        self,
        case: int,
        key: str,
        *,
        letter: str,
        number: str,
        title: str,
        body: str,
        to: str,
        way: str,
        at: datetime,
    ) -> None:
        """Put the letter into the file; issuing it again changes nothing."""
        self._add(case, key, letter, number)
        self._wire.send(
            _ISSUE, case=case, call=key, new_title=title, new_body=body, new_to=to, new_way=way, moment=micros(at)
        )

    def of(self, case: int) -> list[Letter]:
        """Return the letters issued in a case, oldest first."""
        return [_letter(row) for row in self._wire.rows(_OF, case=case)]

    def get(self, number: str) -> Letter:
        """Return a letter by its number, or NotFound."""
        row = self._wire.row(_GET, which=number)
        if row is None:
            raise NotFound(f"there is no letter {number}")
        return _letter(row)

    def sent(self, key: str) -> Sent | None:
        """Return what was sent under *key*, or None."""
        row = self._wire.row(_SENT, call=key)
        return None if row is None else _sent(row)

    def keep_sent(self, sent: Sent) -> bool:
        """Remember that something was sent; False: something was under this key before."""
        added = self._wire.send(
            _KEEP,
            key=sent.key,
            way=sent.way,
            to=sent.to,
            title=sent.title,
            body=sent.body,
            receipt=sent.receipt,
            at=micros(sent.at),
        )
        return added == 1

    def list_sent(self, *, limit: int = 100, offset: int = 0) -> list[Sent]:
        """Return what was sent, newest first."""
        return [_sent(row) for row in self._wire.rows(_LIST_SENT, size=limit, skip=offset)]

    def _add(self, case: int, key: str, letter: str, number: str) -> None:
        self._wire.send(
            _ADD, case_id=case, key=key, letter=letter, number=number, title="", body="", to="", way="", issued_at=None
        )


def _letter(row: Row) -> Letter:
    case, key, letter, number, title, body, to, way, issued_at = row
    return Letter(
        case=case,
        key=key,
        letter=letter,
        number=number,
        title=title,
        body=body,
        to=to,
        way=way,
        issued_at=instant_or_none(issued_at),
    )


def _sent(row: Row) -> Sent:
    key, way, to, title, body, receipt, at = row
    return Sent(key=key, way=way, to=to, title=title, body=body, receipt=receipt, at=instant(at))
