"""Values of FEEL: their kinds, when two are equal, which comes first, and how they are written.

Numbers are decimal, with 34 digits as DMN asks (10.3.2.3.1): 0.1 + 0.2 is 0.3. ``None`` is null, the answer
to every question that makes no sense; it never matches anything but a test for null.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final
from zoneinfo import ZoneInfo

from duban.engine.functions import duration_text

NUMBERS: Final = Context(prec=34, Emax=6_144, Emin=-6_143, traps=[DivisionByZero, InvalidOperation, Overflow])
"""Decimal128, as DMN asks; what it cannot hold is null."""

_DATE = re.compile(r"(-?\d{4,9})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_]+(?:/[A-Za-z_]+)*)?", re.ASCII
)
_DAYS = re.compile(
    r"(-?)P(?:(\d{1,8})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8}(?:\.\d{1,6})?)S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A length of time in months; it has no fixed number of days."""

    count: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.count), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if self.count < 0 else ''}P{text or '0M'}"


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from *low* to *high*; None as a bound leaves that side open without end."""

    low: Any
    high: Any
    with_low: bool
    with_high: bool

    def contains(self, value: Any) -> bool | None:
        """Tell whether *value* lies inside; None if it cannot be compared with the bounds."""
        above = True if self.low is None else order(self.low, value)
        below = True if self.high is None else order(value, self.high)
        if above is None or below is None:
            return None
        above_low = self.low is None or above < 0 or (self.with_low and above == 0)
        below_high = self.high is None or below < 0 or (self.with_high and below == 0)
        return above_low and below_high


def kind(value: Any) -> str:
    """Return the FEEL type of *value*."""
    found = _KINDS.get(type(value))
    if found == "date and time":
        return "date and time" if value.tzinfo is None else "date and time with offset"
    if found == "time":
        return "time" if value.tzinfo is None else "time with offset"
    return found or type(value).__name__


_KINDS: Final = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Interval: "range",
}
_ORDERED: Final = frozenset(_KINDS.values()) - {"null", "boolean", "list", "context", "range"} | {
    "date and time with offset",
    "time with offset",
}


_JSON: Final = frozenset({type(None), bool, float, str})
_WIDEST: Final = 2**63
"""Whole numbers from here on do not fit into the record."""
_TEXTS: Final = (str, str)


def exact(value: Any) -> Any:
    """Return *value*, a binary fraction as the decimal that it is written as."""
    return Decimal(repr(value)) if type(value) is float else value


def equal(left: Any, right: Any) -> bool | None:
    """Tell whether two values are equal; None if they are of different kinds (DMN 10.3.2.13)."""
    if (type(left), type(right)) == _TEXTS:
        return bool(left == right)  # most cells: no need to look further
    if left is None or right is None:
        return left is right
    which = kind(left)
    if which != kind(right):
        return None
    if which == "list":
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if which == "context":
        return left.keys() == right.keys() and all(equal(item, right[key]) is True for key, item in left.items())
    return bool(exact(left) == exact(right))


def order(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 as *left* comes before, with or after *right*; None if that makes no sense."""
    if type(left) is int and type(right) is int:
        return (left > right) - (left < right)  # most cells: no need to look further
    which = kind(left)
    if which not in _ORDERED or which != kind(right):
        return None
    first, second = exact(left), exact(right)
    return -1 if first < second else int(first > second)


def number(text: str) -> int | Decimal | None:
    """Return the number that *text* says: whole ones as int."""
    try:
        return int(text) if re.fullmatch(r"-?\d{1,34}", text, re.ASCII) else NUMBERS.create_decimal(text)
    except DecimalException:
        return None


# -- texts and times ------------------------------------------------------------------------------


def date_of(text: str) -> date | None:
    """Return the date that *text* says (``2026-01-31``)."""
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    """Return the time of day that *text* says (``08:30:00+08:00``)."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        micros = int((found[4] or ".0")[1:7].ljust(6, "0"))
        return time(int(found[1]), int(found[2]), int(found[3]), micros, _zone(found[5]))
    except ValueError:
        return None


def instant_of(text: str) -> datetime | None:
    """Return the date and time that *text* says; a date alone begins at midnight."""
    day, _, clock = text.partition("T")
    on, at = date_of(day), time_of(clock) if clock else time()
    return datetime.combine(on, at) if on and at is not None else None


def _zone(text: str | None) -> timezone | ZoneInfo | None:
    if text is None:
        return None
    if text == "Z":
        return timezone.utc  # noqa: UP017  beside timezone(…) below
    if text.startswith("@"):
        return _named_zone(text[1:])
    hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=rest[0] if rest else 0)
    return timezone(-offset if text[0] == "-" else offset)


def _named_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"{name} is no time zone") from error


def duration_of(text: str) -> timedelta | Months | None:
    """Return the length of time that *text* says (``P3DT4H`` or ``P1Y2M``)."""
    months = _MONTHS.fullmatch(text)
    if months and (months[2] or months[3]):
        count = 12 * int(months[2] or 0) + int(months[3] or 0)
        return Months(-count if months[1] else count)
    found = _DAYS.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] else length


def text_of(value: Any) -> str | None:
    """Return *value* as FEEL writes it; null stays null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _plain(exact(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_inner(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_inner(item)}' for key, item in value.items())}}}"
    return str(value)


def _inner(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else (text_of(value) or "null")


def _plain(value: int | Decimal) -> str:
    """Return a number without exponent and without zeros behind the fraction."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Any) -> Any:
    """Return *value* as JSON: whole numbers as int, times as ISO text."""
    if type(value) in _JSON:
        return value
    if isinstance(value, int | Decimal):
        return _json_number(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return text_of(value)


def _json_number(value: Any) -> int | float | None:
    """Return *value* as int if it is whole and fits, else as float; null if it is too large even for that."""
    if abs(value) < _WIDEST and value == int(value):
        return int(value)
    found = float(value)
    return found if math.isfinite(found) else None
