"""The published functions of FEEL cells: the whole list (docs/decisions-language.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, DecimalException
from types import MappingProxyType
from typing import Any

from duban.engine.feel.operators import both, divided, either, minus, negation, plus, times
from duban.engine.feel.values import (
    NUMBERS,
    Months,
    date_of,
    duration_of,
    equal,
    exact,
    instant_of,
    kind,
    number,
    order,
    text_of,
    time_of,
)
from duban.engine.functions import Function

# -- making values --------------------------------------------------------------------------------


def _date(*parts: Any) -> date | None:
    if len(parts) == 1:
        value = parts[0]
        if isinstance(value, str):
            return date_of(value)
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else None
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except (TypeError, ValueError, OverflowError):
        return None


def _time(*parts: Any) -> time | None:
    if len(parts) == 1:
        value = parts[0]
        if isinstance(value, str):
            return time_of(value)
        if isinstance(value, datetime):
            return value.timetz()
        return value if isinstance(value, time) else None
    try:
        hour, minute, second = (int(part) for part in parts)
        return time(hour, minute, second)
    except (TypeError, ValueError, OverflowError):
        return None


def _date_and_time(*parts: Any) -> datetime | None:
    if len(parts) == 1:
        return instant_of(parts[0]) if isinstance(parts[0], str) else _midnight(parts[0])
    on, at = _date(parts[0]), parts[1]
    return datetime.combine(on, at) if on and isinstance(at, time) else None


def _midnight(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else None


def _duration(text: Any) -> timedelta | Months | None:
    if isinstance(text, str):
        return duration_of(text)
    return text if isinstance(text, timedelta | Months) else None


def _months_between(first: Any, last: Any) -> Months | None:
    if not (isinstance(first, date) and isinstance(last, date)):
        return None
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return Months(months)


def _number(text: Any) -> int | Decimal | None:
    if isinstance(text, str):
        return number(text.strip())
    return exact(text) if kind(text) == "number" else None


# -- numbers --------------------------------------------------------------------------------------


def _rounded(rounding: str) -> Callable[..., Any]:
    def rounded(value: Any, places: Any = 0) -> Any:
        value = exact(value)
        if kind(value) != "number" or type(places) is not int or abs(places) > 33:  # noqa: PLR2004  Decimal128 has no more
            return None
        try:
            found = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=rounding, context=NUMBERS)
        except DecimalException:  # its 34 digits all stand before that place: there is nothing to round
            return value
        return int(found) if found == int(found) else found

    return rounded


def _abs(value: Any) -> Any:
    return abs(exact(value)) if kind(value) in ("number", "days and time duration") else None


def _modulo(left: Any, right: Any) -> Any:
    whole = divided(left, right)
    return None if whole is None else minus(left, times(right, _rounded(ROUND_FLOOR)(whole)))


def _parity(remainder: int) -> Callable[[Any], bool | None]:
    def check(value: Any) -> bool | None:
        value = exact(value)
        if kind(value) != "number" or value != (whole := int(value)):
            return None
        return whole % 2 == remainder  # as an integer: a Decimal of more than 28 digits refuses to be divided

    return check


# -- texts ----------------------------------------------------------------------------------------


def _on_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return *function* answering null to anything but texts."""

    def checked(*texts: Any) -> Any:
        return function(*texts) if all(isinstance(text, str) for text in texts) else None

    return checked


def _substring(text: Any, start: Any, length: Any = None) -> str | None:
    if not isinstance(text, str) or type(start) is not int or not start or abs(start) > len(text):
        return None
    begin = start - 1 if start > 0 else len(text) + start
    if length is None:
        return text[begin:]
    return text[begin : begin + length] if type(length) is int and length > 0 else None


def literal_pattern(pattern: str) -> str | None:
    """Return the text that *pattern* matches if it is one text only, else None.

    FEEL's patterns are regular expressions, which can take for ever on a citizen's words; those that stand
    for themselves are offered, all others are refused when a table is read.
    """
    plain = re.sub(r"\\([^\w\s])", "", pattern)
    if re.search(r"[\\^$.|?*+()\[\]{}]", plain):
        return None
    return re.sub(r"\\([^\w\s])", r"\1", pattern)


def _replace(text: str, pattern: str, new: str) -> str | None:
    old = literal_pattern(pattern)
    return text.replace(old, new) if old else None


def _split(text: str, pattern: str) -> list[str] | None:
    separator = literal_pattern(pattern)
    return text.split(separator) if separator else None


def _join(texts: Any, separator: Any = "") -> str | None:
    parts = [text for text in _listed(texts) if text is not None]
    if not isinstance(separator, str) or not all(isinstance(part, str) for part in parts):
        return None
    return separator.join(parts)


# -- lists ----------------------------------------------------------------------------------------


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _on_items(function: Callable[[Sequence[Any]], Any]) -> Callable[..., Any]:
    """Return *function* taking one list, or the items one by one."""

    def given(*values: Any) -> Any:
        return function(_listed(values[0]) if len(values) == 1 else values)

    return given


def _extreme(sign: int) -> Callable[[Sequence[Any]], Any]:
    def extreme(items: Sequence[Any]) -> Any:
        if not items:
            return None
        best = items[0]
        for item in items:
            compared = order(item, best)
            if compared is None:
                return None
            best = item if compared == sign else best
        return best

    return extreme


def total(items: Sequence[Any]) -> Any:
    """Return the sum of *items*; of none, null."""
    result: Any = (
        0 if not items or kind(items[0]) == "number" else items[0] - items[0] if _is_length(items[0]) else None
    )
    for item in items:
        result = plus(result, item) if kind(item) in ("number", "days and time duration") else None
    return result if items else None


def _is_length(value: Any) -> bool:
    return isinstance(value, timedelta)


def _mean(items: Sequence[Any]) -> Any:
    return divided(total(items), len(items))


def _list_contains(items: Any, item: Any) -> bool | None:
    if items is None:
        return None
    return any(equal(each, item) is True for each in _listed(items))


def _distinct(items: Any) -> list[Any]:
    kept: list[Any] = []
    for item in _listed(items):
        if not _list_contains(kept, item):
            kept.append(item)
    return kept


def _concatenate(*lists: Any) -> list[Any]:
    return [item for each in lists for item in _listed(each)]


def _flatten(items: Any) -> list[Any]:
    return [leaf for item in _listed(items) for leaf in (_flatten(item) if isinstance(item, list | tuple) else [item])]


def _index_of(items: Any, item: Any) -> list[int]:
    return [at for at, each in enumerate(_listed(items), 1) if equal(each, item) is True]


def _sublist(items: Any, start: Any, length: Any = None) -> list[Any] | None:
    held = list(_listed(items))
    if type(start) is not int or not start or abs(start) > len(held):
        return None
    begin = start - 1 if start > 0 else len(held) + start
    if length is None:
        return held[begin:]
    return held[begin : begin + length] if type(length) is int and 0 <= length <= len(held) - begin else None


def _context_value(context: Any, key: Any) -> Any:
    return context.get(key) if isinstance(context, Mapping) and isinstance(key, str) else None


def _function(shape: str, call: Callable[..., Any], least: int, most: int | None = None) -> tuple[str, Function]:
    return shape.partition("(")[0], Function(call=call, least=least, most=most or least, shape=shape)


_MANY = 50

FEEL_FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    dict(
        (
            _function("date(text) or date(year, month, day)", _date, 1, 3),
            _function("time(text) or time(hour, minute, second)", _time, 1, 3),
            _function("date and time(text) or date and time(date, time)", _date_and_time, 1, 2),
            _function("duration(text)", _duration, 1),
            _function("years and months duration(from, to)", _months_between, 2),
            _function("number(text)", _number, 1),
            _function("string(x)", text_of, 1),
            _function("not(x)", negation, 1),
            _function("decimal(number, places)", _rounded(ROUND_HALF_EVEN), 2),
            _function("floor(number, places)", _rounded(ROUND_FLOOR), 1, 2),
            _function("ceiling(number, places)", _rounded(ROUND_CEILING), 1, 2),
            _function("abs(number)", _abs, 1),
            _function("modulo(number, divisor)", _modulo, 2),
            _function("even(number)", _parity(0), 1),
            _function("odd(number)", _parity(1), 1),
            _function("substring(text, start, length)", _substring, 2, 3),
            _function("string length(text)", _on_texts(len), 1),
            _function("upper case(text)", _on_texts(str.upper), 1),
            _function("lower case(text)", _on_texts(str.lower), 1),
            _function(
                "substring before(text, part)", _on_texts(lambda t, p: t.partition(p)[0] if p and p in t else ""), 2
            ),
            _function("substring after(text, part)", _on_texts(lambda t, p: t.partition(p)[2] if p else t), 2),
            _function("contains(text, part)", _on_texts(lambda text, part: part in text), 2),
            _function("starts with(text, start)", _on_texts(str.startswith), 2),
            _function("ends with(text, end)", _on_texts(str.endswith), 2),
            _function("replace(text, old, new)", _on_texts(_replace), 3),
            _function("split(text, separator)", _on_texts(_split), 2),
            _function("string join(list, separator)", _join, 1, 2),
            _function("list contains(list, item)", _list_contains, 2),
            _function("count(list)", _on_items(len), 1, _MANY),
            _function("min(list) or min(a, b, …)", _on_items(_extreme(-1)), 1, _MANY),
            _function("max(list) or max(a, b, …)", _on_items(_extreme(1)), 1, _MANY),
            _function("sum(list) or sum(a, b, …)", _on_items(total), 1, _MANY),
            _function("mean(list) or mean(a, b, …)", _on_items(_mean), 1, _MANY),
            _function("all(list) or all(a, b, …)", _on_items(lambda items: both(*items)), 1, _MANY),
            _function("any(list) or any(a, b, …)", _on_items(lambda items: either(*items)), 1, _MANY),
            _function("append(list, item, …)", lambda items, *more: [*_listed(items), *more], 2, _MANY),
            _function("concatenate(list, list, …)", _concatenate, 1, _MANY),
            _function("union(list, list, …)", lambda *lists: _distinct(_concatenate(*lists)), 1, _MANY),
            _function("distinct values(list)", _distinct, 1),
            _function("flatten(list)", _flatten, 1),
            _function("reverse(list)", lambda items: list(reversed(_listed(items))), 1),
            _function("index of(list, item)", _index_of, 2),
            _function("sublist(list, start, length)", _sublist, 2, 3),
            _function("get value(context, key)", _context_value, 2),
        )
    )
)
"""Name to function; nothing else can be called, but for the business knowledge of the same file."""

MAKERS = frozenset({"date", "time", "date and time", "duration", "number"})
"""Functions that make a value of a text: with a literal text they are tried when a cell is read."""
PATTERNS: Mapping[str, int] = MappingProxyType({"replace": 1, "split": 1})
"""Functions that take a pattern, and at which argument."""
