"""Days and times as people and programs write them; without zone they are the bureau's."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta

from duban.model.clock import SHANGHAI

_FIRST_YEAR = 1990
"""Nothing older is imported: such dates are slips of the pen."""
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=SHANGHAI)
"""Day 0 of a spreadsheet's serial numbers (its 1900 has a 29 February that never was)."""
_SERIALS = (20_000.0, 80_000.0)
"""Serial numbers taken for days: 1954 to 2119."""
_NOON = 12
_NOISE = re.compile(r"星期[一二三四五六日天]|周[一二三四五六日天]")
_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<before>上午|中午|下午|晚上|凌晨|[AaPp][Mm])?\s*"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*分?(?::?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?"
    r"\s*(?P<after>[AaPp][Mm])?)?"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[T ]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
)
_AFTERNOON = ("下午", "晚上", "pm")
_MORNING = ("上午", "凌晨", "am")


def moment(value: object, *, now: datetime) -> datetime:
    """Return the instant that *value* (a text, a date, a spreadsheet's number) names.

    Raises:
        ValueError: It names none, or one that cannot be (before 1990, after tomorrow); the message is for people.
    """
    at = _moment(value)
    if at.year < _FIRST_YEAR:
        raise ValueError(f"「{value}」早于{_FIRST_YEAR}年")
    if at > now + timedelta(days=1):
        raise ValueError(f"「{value}」在将来")
    return at


def day(value: object) -> date:
    """Return the day that *value* names; it may lie in the future.

    Raises:
        ValueError: It names none; the message is for people.
    """
    return _moment(value).astimezone(SHANGHAI).date()


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        return _text(str(int(number))) if math.isfinite(number) and number >= _SERIALS[1] else _serial(number)
    return _text(str(value))


def _text(written: str) -> datetime:
    plain = _NOISE.sub(" ", unicodedata.normalize("NFKC", written)).strip()
    found = _WRITTEN.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found:
        return _built(written, {key: part for key, part in found.groupdict().items() if part})
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain):
        return _serial(float(plain))
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        raise ValueError(f"「{written}」不是日期，请写成 2026-03-02 或 2026-03-02 09:30") from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _built(written: str, parts: dict[str, str]) -> datetime:
    numbers = {key: int(parts[key]) for key in ("year", "month", "day", "hour", "minute", "second") if key in parts}
    half = (parts.get("before") or parts.get("after") or "").lower()
    hour = numbers.get("hour", 0)
    if half in _AFTERNOON and hour < _NOON:
        numbers["hour"] = hour + _NOON
    if half in _MORNING and hour == _NOON:
        numbers["hour"] = 0
    try:
        return datetime(**numbers, tzinfo=SHANGHAI)
    except ValueError:
        raise ValueError(f"「{written}」没有这一天或这一时刻") from None


def _serial(number: float) -> datetime:
    if not _SERIALS[0] <= number < _SERIALS[1]:
        raise ValueError(f"「{number:g}」不是日期")
    return _SERIAL_ZERO + timedelta(seconds=round(number * 86_400))
