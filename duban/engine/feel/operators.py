"""Operators of FEEL: three-valued logic and arithmetic in which null makes null."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from duban.engine.feel.values import NUMBERS, Interval, Months, equal, exact, kind, order
from duban.engine.functions import JOINED

_LARGEST = 10**34


def item(container: Any, name: str) -> Any:
    """Return *name* of a context or of a time; of a list, the list of its items' (DMN 10.3.2.5)."""
    if container is None:
        return None
    if type(container) is dict or isinstance(container, Mapping):  # the first is the usual case, and quick
        return container.get(name)
    if isinstance(container, list | tuple):
        return [item(part, name) for part in container]
    return part_of_time(container, name)


def part_of_time(value: Any, name: str) -> Any:
    """Return the property *name* of a date, a time or a length of time."""
    if isinstance(value, timedelta):
        return _part_of_length(value, name)
    if isinstance(value, Months):
        return {"years": int(value.count / 12), "months": value.count - 12 * int(value.count / 12)}.get(name)
    if isinstance(value, date) and name in ("year", "month", "day"):
        return getattr(value, name)
    if isinstance(value, date) and name == "weekday":
        return value.isoweekday()
    if isinstance(value, datetime | time) and name in ("hour", "minute", "second"):
        return getattr(value, name)
    if isinstance(value, datetime | time) and name == "time offset":
        return value.utcoffset()
    return None


def _part_of_length(value: timedelta, name: str) -> int | None:
    sign, length = (-1, -value) if value < timedelta() else (1, value)
    parts = {
        "days": length.days,
        "hours": length.seconds // 3600,
        "minutes": length.seconds // 60 % 60,
        "seconds": length.seconds % 60,
    }
    return sign * parts[name] if name in parts else None


def element(items: Any, index: Any) -> Any:
    """Return the item at *index*, from 1; negative ones count from the end."""
    whole = exact(index)
    if kind(whole) != "number" or whole != int(whole):
        return None
    held = items if isinstance(items, list | tuple) else [items]
    at = int(whole)
    return held[at - 1 if at > 0 else at] if at and abs(at) <= len(held) else None


# -- logic ----------------------------------------------------------------------------------------


def both(*parts: Any) -> bool | None:
    """Return whether all *parts* are true; false wins over null."""
    if any(part is False for part in parts):
        return False
    return True if all(part is True for part in parts) else None


def either(*parts: Any) -> bool | None:
    """Return whether one of *parts* is true; true wins over null."""
    if any(part is True for part in parts):
        return True
    return False if all(part is False for part in parts) else None


def negation(part: Any) -> bool | None:
    """Return the contrary of a truth value; null stays null."""
    return not part if isinstance(part, bool) else None


# -- comparison -----------------------------------------------------------------------------------


def unequal(left: Any, right: Any) -> bool | None:
    """Return whether two values differ."""
    return negation(equal(left, right))


def less(left: Any, right: Any) -> bool | None:
    """Return whether *left* comes before *right*."""
    found = order(left, right)
    return None if found is None else found < 0


def less_or_equal(left: Any, right: Any) -> bool | None:
    """Return whether *left* comes before *right* or with it."""
    found = order(left, right)
    return None if found is None else found <= 0


def greater(left: Any, right: Any) -> bool | None:
    """Return whether *left* comes after *right*."""
    return less(right, left)


def greater_or_equal(left: Any, right: Any) -> bool | None:
    """Return whether *left* comes after *right* or with it."""
    return less_or_equal(right, left)


def between(value: Any, low: Any, high: Any) -> bool | None:
    """Return whether *value* lies from *low* to *high*, both included."""
    return both(less_or_equal(low, value), less_or_equal(value, high))


def interval(low: Any, high: Any, with_low: bool, with_high: bool) -> Interval | None:
    """Return all values from *low* to *high*; null if they do not go together."""
    if low is not None and high is not None and kind(low) != kind(high):
        return None
    return Interval(low, high, with_low, with_high)


def matches(value: Any, expected: Any) -> bool | None:
    """Return whether the input *value* passes the cell *expected*: is equal, is one of a list, lies in a range."""
    if isinstance(expected, Interval):
        return expected.contains(value)
    if isinstance(expected, list | tuple):
        if isinstance(value, list | tuple) and equal(value, expected):
            return True
        return either(*(matches(value, part) for part in expected)) if expected else False
    return equal(value, expected)


def holds(value: Any, condition: Any) -> bool | None:
    """Return whether a cell with a condition passes that does not look at the input: ``starts with(name, "a")``.

    Under a column of truth values it is compared like any value.
    """
    return condition if isinstance(condition, bool) and not isinstance(value, bool) else matches(value, condition)


# -- arithmetic -----------------------------------------------------------------------------------


def plus(left: Any, right: Any) -> Any:
    """Add numbers, join texts, move times."""
    left, right = exact(left), exact(right)
    kinds = kind(left), kind(right)
    if kinds == ("number", "number"):
        return _number(left, right, "add")
    if kinds == ("string", "string"):
        return left + right if len(left) + len(right) <= JOINED else None
    if isinstance(right, timedelta | Months):
        return _moved(left, right)
    return _moved(right, left) if isinstance(left, timedelta | Months) else None


def minus(left: Any, right: Any) -> Any:
    """Subtract numbers, move times back, or measure the time between two."""
    left, right = exact(left), exact(right)
    if kind(left) == kind(right) == "number":
        return _number(left, right, "subtract")
    if isinstance(right, timedelta | Months):
        return _moved(left, negative(right))
    if isinstance(left, date) and isinstance(right, date):
        return _between(left, right)
    return None


def times(left: Any, right: Any) -> Any:
    """Multiply numbers, or a length of time by a number."""
    left, right = exact(left), exact(right)
    if kind(left) == kind(right) == "number":
        return _number(left, right, "multiply")
    if isinstance(right, timedelta | Months):
        left, right = right, left
    return _stretched(left, right) if kind(right) == "number" else None


def divided(left: Any, right: Any) -> Any:
    """Divide numbers or lengths of time; by zero is null."""
    left, right = exact(left), exact(right)
    if kind(left) == kind(right) == "number":
        return _number(left, right, "divide")
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _number(_micros(left), _micros(right), "divide")
    if isinstance(left, Months) and isinstance(right, Months):
        return _number(left.count, right.count, "divide")
    return _stretched(left, _number(1, right, "divide")) if kind(right) == "number" else None


def power(base: Any, exponent: Any) -> Any:
    """Return *base* to the *exponent*."""
    base, exponent = exact(base), exact(exponent)
    return _number(base, exponent, "power") if kind(base) == kind(exponent) == "number" else None


def negative(value: Any) -> Any:
    """Return a number or length of time with the other sign."""
    if isinstance(value, Months):
        return Months(-value.count)
    return -exact(value) if isinstance(value, timedelta) or kind(value) == "number" else None


def _number(left: Any, right: Any, operation: str) -> int | Decimal | None:
    try:
        result: Decimal = getattr(NUMBERS, operation)(left, right)
    except (DecimalException, TypeError):
        return None
    return result if abs(result) >= _LARGEST or result != int(result) else int(result)


def _moved(value: Any, length: timedelta | Months) -> Any:
    """Return a time or length of time moved by *length*; null if it does not go together or leaves the calendar."""
    try:
        if isinstance(length, Months):
            return _months_later(value, length.count)
        if isinstance(value, time):
            return (datetime.combine(date(2000, 1, 1), value) + length).timetz()
        if isinstance(value, date) and not isinstance(value, datetime):
            return value + timedelta(days=length // timedelta(days=1))
        return value + length if isinstance(value, datetime | timedelta) else None
    except OverflowError:
        return None


def _months_later(value: Any, count: int) -> Any:
    if isinstance(value, Months):
        return Months(value.count + count)
    if not isinstance(value, date):
        return None
    year, month = divmod(value.year * 12 + value.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return value.replace(year=year, month=month + 1, day=min(value.day, calendar.monthrange(year, month + 1)[1]))


def _between(left: date, right: date) -> timedelta | None:
    if isinstance(left, datetime) != isinstance(right, datetime) or kind(left) != kind(right):
        return None
    return left - right


def _stretched(length: Any, factor: Any) -> Any:
    if factor is None or not isinstance(length, timedelta | Months):
        return None
    if isinstance(length, Months):
        return Months(int(length.count * factor))
    try:
        return timedelta(microseconds=int(_micros(length) * factor))
    except OverflowError:
        return None


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
