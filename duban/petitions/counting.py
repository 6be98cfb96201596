"""Counting: from a start and a length to the last day (processes.md §0; 民法典 201–203 as settings)."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from duban.bureau.settings import Counting, Length
from duban.model.clock import SHANGHAI
from duban.petitions.calendar import Calendar

_NOON = 12
_MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """Whole days that do not count, both ends included (a hearing in 复核, 条例 36)."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days do not count."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """An approved extension, in the limit's own unit."""

    days: int
    by: str | None = None
    """Id of the person whose step approved it."""
    at: str | None = None
    """When that was, as the step says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A limit counted out."""

    start: datetime
    raw: date | None
    """Last day before it is rolled; None for hours and minutes."""
    on: date | None
    """Last day on which the duty is met in time."""
    at: datetime
    """The instant at which it has passed, in UTC: the midnight that ends *on*."""
    skipped: tuple[date, ...] = ()
    """Days over which it was rolled."""


def day_of(at: datetime) -> date:
    """Return the bureau's day of an instant."""
    return at.astimezone(SHANGHAI).date()


def end_of(on: date) -> datetime:
    """Return 24:00 of *on* at the bureau, in UTC."""
    return datetime.combine(on + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def hour_of(on: date, hour: int) -> datetime:
    """Return *hour* o'clock of *on* at the bureau, in UTC."""
    return datetime.combine(on, time(hour), SHANGHAI).astimezone(UTC)


def add_months(on: date, count: int) -> date:
    """Return the same day number *count* months later, or the month's last day (民法典 202)."""
    year, month = divmod(on.year * _MONTHS + on.month - 1 + count, _MONTHS)
    return date(year, month + 1, min(on.day, months.monthrange(year, month + 1)[1]))


def count(
    start: datetime,
    length: Length,
    calendar: Calendar,
    counting: Counting,
    *,
    more: int = 0,
    excluded: Sequence[Exclusion] = (),
) -> Span:
    """Count *length* from *start*; *more* (an extension, in the length's own unit) and exclusions go to the raw end.

    The raw end is rolled once, after everything was added: two short extensions never gain a rest day twice.
    """
    if length.unit in {"h", "min"}:
        unit = timedelta(hours=1) if length.unit == "h" else timedelta(minutes=1)
        return Span(start=start, raw=None, on=None, at=start.astimezone(UTC) + (length.amount + more) * unit)
    if length.unit == "half":
        return _other_half(start, calendar, counting)
    raw = _raw(day_of(start), length, calendar, counting, more, sum(item.days for item in excluded))
    on = _rolled(raw, length, calendar, counting)
    between = abs((on - raw).days)
    skipped = tuple(raw + timedelta(days=n if on > raw else -n) for n in range(between))
    return Span(start=start, raw=raw, on=on, at=end_of(on), skipped=skipped)


def _raw(start: date, length: Length, calendar: Calendar, counting: Counting, more: int, out: int) -> date:
    """Return the last day before rolling."""
    included = 1 if counting.first_day == "included" and length.amount > 0 else 0
    if length.unit == "wd":
        before = start - timedelta(days=included)
        return calendar.add_working_days(before, length.amount + more) + timedelta(days=out)
    if length.unit == "mo":
        return add_months(start, length.amount) + timedelta(days=more + out - included)
    return start + timedelta(days=length.amount + more + out - included)


def _rolled(raw: date, length: Length, calendar: Calendar, counting: Counting) -> date:
    """Move a last day that is a rest day; a day that an order names stands as ordered."""
    if length.unit == "order" or not counting.roll:
        return raw
    return calendar.roll_back(raw) if length.amount < 0 else calendar.roll_forward(raw)


def _other_half(start: datetime, calendar: Calendar, counting: Counting) -> Span:
    """Return the next working day's other half: attempts must differ in half-day."""
    local = start.astimezone(SHANGHAI)
    on = calendar.add_working_days(local.date(), 1)
    hour = counting.afternoon if local.hour < _NOON else counting.morning
    return Span(start=start, raw=on, on=on, at=hour_of(on, hour))
