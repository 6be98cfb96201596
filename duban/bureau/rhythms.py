"""Rows of the rhythms: how often, on which day, at what time, and what a rest day does to it."""

from __future__ import annotations

import re
from datetime import date, time

from duban.bureau.settings import Every, Rhythm
from duban.bureau.table import Table

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY = re.compile(r"^([1-9]\d?)(w|mo|q)$")
_BEFORE = re.compile(r"^(\d{1,3})wd$")


def read(row: Table) -> Rhythm:
    """Read one rhythm."""
    amount, every = _every(row)
    weekday = row.one_of("weekday", WEEKDAYS, "")
    if every is Every.WEEK and not weekday:
        row.problem("weekday", f"a weekly rhythm needs its day: {', '.join(WEEKDAYS)}")
    return Rhythm(
        id=row.text("id"),
        amount=amount,
        every=every,
        weekday=WEEKDAYS.index(weekday) + 1 if weekday in WEEKDAYS else None,
        at=_time(row),
        forward=row.one_of("roll", ("forward", "back")) == "forward",
        before=_before(row),
        first=row.day("from") or date.min,
    )


def _every(row: Table) -> tuple[int, Every]:
    text = row.text("every")
    found = _EVERY.match(text)
    if found is None:
        row.problem("every", f"{text!r} is no rhythm; write 1w, 2w, 1mo or 1q")
        return 1, Every.MONTH
    return int(found[1]), Every(found[2])


def _time(row: Table) -> time:
    text = row.text("time")
    try:
        return time.fromisoformat(text)
    except ValueError:
        row.problem("time", f"{text!r} is no time of day; write 15:00")
        return time()


def _before(row: Table) -> int:
    text = row.text("before", "0wd")
    found = _BEFORE.match(text)
    if found is None:
        row.problem("before", f"{text!r} is no number of working days; write 10wd")
        return 0
    return int(found[1])
