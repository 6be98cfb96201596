"""Rhythms: on which days something returns, on the working calendar.

A rest day moves one meeting, never the rhythm: the meeting of Wednesday 18 February 2026 (Spring Festival) is held on
Tuesday the 24th, the next one on Wednesday 4 March as always (processes.md 4.6).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from duban.bureau.settings import Every, Rhythm
from duban.model.clock import SHANGHAI
from duban.petitions.calendar import Calendar

_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3}
_FARTHEST = timedelta(days=60)
"""By so much a rest day, or working days before, may move a meeting at most."""


def times(rhythm: Rhythm, calendar: Calendar, *, after: datetime, until: datetime) -> list[datetime]:
    """Return the instants later than *after* and not later than *until*, in order; two that meet are one."""
    last = until.astimezone(SHANGHAI).date() + _FARTHEST
    found: set[datetime] = set()
    for counted in _counted(rhythm, after.astimezone(SHANGHAI).date() - _FARTHEST):
        if counted > last:
            break
        at = datetime.combine(_held(rhythm, calendar, counted), rhythm.at, SHANGHAI)
        if after < at <= until:
            found.add(at)
    return sorted(found)


def next_time(rhythm: Rhythm, calendar: Calendar, after: datetime) -> datetime:
    """Return the first instant later than *after*."""
    far = timedelta(days=93 * rhythm.amount) + 2 * _FARTHEST
    begins = max(after, datetime.combine(rhythm.first, rhythm.at, SHANGHAI) - 2 * _FARTHEST)
    return times(rhythm, calendar, after=after, until=begins + far)[0]


def _held(rhythm: Rhythm, calendar: Calendar, counted: date) -> date:
    """Return the day on which the meeting counted for *counted* is held."""
    on = calendar.roll_forward(counted) if rhythm.forward else calendar.roll_back(counted)
    return calendar.add_working_days(on, -rhythm.before) if rhythm.before else on


def _counted(rhythm: Rhythm, since: date) -> Iterator[date]:
    """Yield the days of the rhythm from *since* on, rest days or not."""
    if rhythm.every is Every.WEEK:
        first = _weekday(rhythm, rhythm.first)
        step = timedelta(weeks=rhythm.amount)
        begun = max(0, (since - first) // step)
        yield from (first + n * step for n in count(begun))
        return
    months = _MONTHS[rhythm.every] * rhythm.amount
    passed = (since.year - rhythm.first.year) * 12 + since.month - rhythm.first.month
    for n in count(max(0, passed // months)):
        yield _weekday(rhythm, _months_later(rhythm.first, n * months))


def _weekday(rhythm: Rhythm, on: date) -> date:
    return on if rhythm.weekday is None else on + timedelta(days=(rhythm.weekday - on.isoweekday()) % 7)


def _months_later(on: date, months: int) -> date:
    """Return the same day number *months* later, or the month's last day where it has none (民法典 202)."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
