"""Numbers: what is printed on papers, counted in the transaction that uses it."""

from __future__ import annotations

from datetime import datetime

from duban.desk.desk import Desk
from duban.errors import NotFound
from duban.petitions.numbering import counter_of, number_of
from duban.store import Unit


def case_number(desk: Desk, record: Unit, kind: str, at: datetime) -> str:
    """Return the next number of a case of *kind*: its series starts at 1 each year."""
    return _next(desk, record, desk.bureau.settings.kinds[kind].series, at)


def letter_number(desk: Desk, record: Unit, letter: str, at: datetime) -> str:
    """Return the next number of a letter.

    Raises:
        NotFound: bureau.toml has no such letter.
    """
    known = desk.bureau.settings.letters.get(letter)
    if known is None:
        raise NotFound(f"there is no letter {letter!r}; bureau.toml has: {', '.join(desk.bureau.settings.letters)}")
    return _next(desk, record, known.series, at)


def _next(desk: Desk, record: Unit, series: str, at: datetime) -> str:
    counted = desk.bureau.settings.series[series]
    return number_of(counted, at, record.numbers.next(counter_of(counted, at)))
