"""The published functions of the expression language: the whole list, each with its bounds (docs/expressions.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from duban.model.clock import SHANGHAI

LONGEST = 10_000
"""Most characters or items that a repetition may make."""
JOINED = 100_000
"""Most characters or items that a sum may make."""
WIDEST = 4_096
"""Most bits of a whole number."""
STEEPEST = 64
"""Largest exponent."""
FINEST = 15
"""Most decimal places that ``round`` is asked for, either way."""

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d{1,6})W|(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,6}(?:\.\d{1,6})?)S)?)?)",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """One function that expressions may call."""

    call: Callable[..., Any]
    least: int
    """Fewest arguments."""
    most: int
    """Most arguments."""
    shape: str
    """How it is written, for people: ``get(map, key, default)``."""


# -- operators that could grow without bound ------------------------------------------------------


def multiply(left: Any, right: Any) -> Any:
    """Return *left* times *right*; repeats texts and lists up to ``LONGEST``.

    Raises:
        ValueError: The result would be too large.
    """
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > WIDEST:
            raise ValueError(f"the product has more than {WIDEST} bits")
        return left * right
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, str | list | tuple) and isinstance(times, int) and _weight(sequence) * times > LONGEST:
            raise ValueError(f"the repetition has more than {LONGEST} items")
    return left * right


def plus(left: Any, right: Any) -> Any:
    """Return *left* plus *right*; joins texts and lists up to ``JOINED``.

    Raises:
        ValueError: The result would be too large.
    """
    if _length(left) + _length(right) > JOINED:
        raise ValueError(f"the sum has more than {JOINED} items")
    return left + right


def _weight(value: str | list[Any] | tuple[Any, ...]) -> int:
    """Return how many characters or items *value* has, those of inner lists too; counting stops above ``LONGEST``.

    A list of long lists is small in memory, for they are one and the same, but slow to sort and to compare.
    """
    if isinstance(value, str):
        return len(value)
    items, open_lists = 0, [value]
    while open_lists and items <= LONGEST:
        inner = open_lists.pop()
        items += len(inner)
        open_lists.extend(item for item in inner if isinstance(item, list | tuple))
    return items


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


def power(base: Any, exponent: Any) -> Any:
    """Return *base* to the *exponent*, for small whole exponents.

    Raises:
        TypeError: One of them is no number.
        ValueError: The exponent or the result is too large.
    """
    if not isinstance(base, int | float) or not isinstance(exponent, int):
        raise TypeError("** takes a number and a whole exponent")
    if abs(exponent) > STEEPEST:
        raise ValueError(f"the exponent is above {STEEPEST}")
    if isinstance(base, int) and base.bit_length() * abs(exponent) > WIDEST:
        raise ValueError(f"the power has more than {WIDEST} bits")
    return base**exponent


def modulo(left: Any, right: Any) -> Any:
    """Return the remainder of *left* by *right*; never Python's text formatting.

    Raises:
        TypeError: One of them is no number.
    """
    if isinstance(left, int | float | timedelta) and isinstance(right, int | float | timedelta):
        return left % right  # type: ignore[operator]  # a duration by a number fails as it should: TypeError, explained by the caller
    raise TypeError("% takes two numbers")


# -- numbers and texts ----------------------------------------------------------------------------


def _round(number: Any, places: Any = 0) -> Any:
    if not isinstance(number, int | float) or not isinstance(places, int):
        raise TypeError("round takes a number and a whole number of places")
    if abs(places) > FINEST:
        raise ValueError(f"round takes at most {FINEST} places")
    return round(number, places) if places else round(number)


def _float(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def _str(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_text(value)
    if value is None or isinstance(value, str | int | float):
        return str(value)
    raise TypeError("str takes a text, a number, a truth value or a time")


def _text(value: Any, function: str) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{function} takes a text, not {kind_of(value)}")


def _sum(numbers: Iterable[Any]) -> Any:
    total: Any = 0
    for number in numbers:
        if not isinstance(number, int | float | timedelta):
            raise TypeError(f"sum takes numbers, not {kind_of(number)}")
        total = number if total == 0 else total + number
    return total


# -- mappings and lists ---------------------------------------------------------------------------


def _get(mapping: Any, key: Any, default: Any = None) -> Any:
    if mapping is None:
        return default
    if isinstance(mapping, Mapping):
        return mapping.get(key, default)
    raise TypeError(f"get takes a mapping, not {kind_of(mapping)}")


def _contains(container: Any, item: Any) -> bool:
    return container is not None and item in container


def _keys(mapping: Any) -> list[Any]:
    return list(_mapping(mapping, "keys"))


def _values(mapping: Any) -> list[Any]:
    return list(_mapping(mapping, "values").values())


def _mapping(value: Any, function: str) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise TypeError(f"{function} takes a mapping, not {kind_of(value)}")


# -- times ----------------------------------------------------------------------------------------


def to_date(value: Any) -> date:
    """Return the date that *value* names: ISO text or a time; an instant counts in the bureau's zone.

    Raises:
        ValueError: It names no date.
    """
    if isinstance(value, str):
        return to_date(datetime.fromisoformat(value)) if "T" in value or " " in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return (value.astimezone(SHANGHAI) if value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    raise TypeError(f"date takes an ISO text or a time, not {kind_of(value)}")


def to_instant(value: Any) -> datetime:
    """Return the aware instant (UTC) that *value* names; a date begins at midnight in the bureau's zone.

    Raises:
        ValueError: It names no instant, or has no time zone.
    """
    if isinstance(value, str):
        return to_instant(datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value))
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; write +08:00 behind it")
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI).astimezone(UTC)
    raise TypeError(f"instant takes an ISO text or a time, not {kind_of(value)}")


def to_duration(value: Any) -> timedelta:
    """Return the length of time that an ISO 8601 text names: ``P3D``, ``PT24H``, ``P1DT12H``, ``P2W``.

    Raises:
        ValueError: It is no such text, or counts months or years, which have no fixed length.
    """
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(_text(value, "duration"))
    if found is None or not any(found.group("weeks", "days", "hours", "minutes", "seconds")):
        raise ValueError(f"{value!r} is no duration in days, hours, minutes or seconds such as P3D or PT24H")
    parts = {name: float(found[name] or 0) for name in ("weeks", "days", "hours", "minutes", "seconds")}
    length = timedelta(**parts)
    return -length if found["sign"] else length


def duration_text(length: timedelta) -> str:
    """Return *length* as ISO 8601: ``P1DT2H``."""
    sign, rest = ("-", -length) if length < timedelta() else ("", length)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest.microseconds:06d}".rstrip("0") if rest.microseconds else ""
    day = f"{rest.days}D" if rest.days else ""
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    return f"{sign}P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"


def _days(count: Any) -> timedelta:
    return timedelta(days=_count(count, "days"))


def _hours(count: Any) -> timedelta:
    return timedelta(hours=_count(count, "hours"))


def _minutes(count: Any) -> timedelta:
    return timedelta(minutes=_count(count, "minutes"))


def _count(value: Any, function: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise TypeError(f"{function} takes a number, not {kind_of(value)}")


def _days_between(first: Any, last: Any) -> int:
    return (to_date(last) - to_date(first)).days


def kind_of(value: Any) -> str:
    """Return what *value* is, in a reader's words."""
    if value is None:
        return "None"
    names = {str: "a text", bool: "a truth value", list: "a list", dict: "a mapping", datetime: "an instant"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else f"a {type(value).__name__}")


def _function(shape: str, call: Callable[..., Any], least: int, most: int | None = None) -> tuple[str, Function]:
    return shape.partition("(")[0], Function(call=call, least=least, most=most or least, shape=shape)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    dict(
        (
            _function("len(x)", len, 1),
            _function("min(list) or min(a, b, …)", min, 1, 20),
            _function("max(list) or max(a, b, …)", max, 1, 20),
            _function("sum(list)", _sum, 1),
            _function("abs(number)", abs, 1),
            _function("round(number, places)", _round, 1, 2),
            _function("any(list)", any, 1),
            _function("all(list)", all, 1),
            _function("sorted(list)", sorted, 1),
            _function("int(x)", int, 1),
            _function("float(x)", _float, 1),
            _function("str(x)", _str, 1),
            _function("bool(x)", bool, 1),
            _function("get(map, key, default)", _get, 2, 3),
            _function("contains(container, item)", _contains, 2),
            _function("keys(map)", _keys, 1),
            _function("values(map)", _values, 1),
            _function("lower(text)", lambda text: _text(text, "lower").lower(), 1),
            _function("upper(text)", lambda text: _text(text, "upper").upper(), 1),
            _function("strip(text)", lambda text: _text(text, "strip").strip(), 1),
            _function("starts_with(text, start)", lambda t, s: _text(t, "starts_with").startswith(s), 2),
            _function("ends_with(text, end)", lambda t, e: _text(t, "ends_with").endswith(e), 2),
            _function("date(x)", to_date, 1),
            _function("instant(x)", to_instant, 1),
            _function("duration(text)", to_duration, 1),
            _function("days(n)", _days, 1),
            _function("hours(n)", _hours, 1),
            _function("minutes(n)", _minutes, 1),
            _function("days_between(first, last)", _days_between, 2),
            _function("year(x)", lambda x: to_date(x).year, 1),
            _function("month(x)", lambda x: to_date(x).month, 1),
            _function("day(x)", lambda x: to_date(x).day, 1),
            _function("weekday(x)", lambda x: to_date(x).isoweekday(), 1),
            _function("hour(x)", lambda x: to_instant(x).astimezone(SHANGHAI).hour, 1),
        )
    )
)
"""Name to function; nothing else can be called."""

ENGINE_FUNCTIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"deadline": (1, 1), "warning": (2, 2), "rhythm": (1, 1)}
)
"""Functions that the engine hands in while it arms a timer, with their fewest and most arguments."""

CONSUMERS = frozenset({"any", "all", "sum", "min", "max", "sorted"})
"""Functions whose only argument may be a generator expression: they use it up at once, so none ever escapes."""
