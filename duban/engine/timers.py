"""Timers: what the text of a timer means, computed once when it is armed, from the time that was handed in."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from duban.api import Deadlines, Resolved
from duban.engine.expressions import Expression, ExpressionError, compile_expression

_LITERAL = re.compile(r"P(?=[0-9T])[0-9YMWDTHS.]+|R[0-9]*/.+|\d{4}-\d\d-\d\dT.+")
"""What other modellers write without quotes: a duration, a cycle, an instant."""
_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """A timer that runs."""

    at: datetime | None
    """When it fires, in UTC; None: it does not apply here and is never armed."""
    name: str | None = None
    warning: bool = False
    why: Mapping[str, Any] = field(default_factory=dict)
    left: int | None = None
    """Of a cycle: how often it fires from now on; None for a cycle without end."""
    period: timedelta | None = None
    """Of a cycle: the time from one firing to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The value of ``deadline("…")`` in the text of a timer."""

    name: str
    warning: bool
    resolved: Resolved


def compile_timer(text: str) -> Expression:
    """Return the text of a timer compiled; a literal of ISO 8601 may stand without quotes.

    Raises:
        ExpressionError: It is neither a literal nor an expression.
    """
    text = text.strip()
    if not _LITERAL.fullmatch(text):
        return compile_expression(text)
    if text[0] == "P":
        _after(text, datetime(2000, 1, 1, tzinfo=UTC))
    return compile_expression(repr(text))


def arm(text: Expression, data: Mapping[str, Any], now: datetime, named: Deadlines) -> Timer:
    """Return the timer that *text* means for this *data*, *now*.

    Raises:
        ExpressionError: It cannot be evaluated, or its value is no time.
    """
    if not text.calls:
        return _read(text.evaluate(data), now)

    def deadline(name: str) -> Named:
        return Named(name=name, warning=False, resolved=named.resolve(name, data, now))

    def warning(name: str, days: int) -> Named:
        return Named(name=name, warning=True, resolved=named.warning(name, days, data, now))

    return _read(text.evaluate(data, {"deadline": deadline, "warning": warning}), now)


def _read(value: Any, now: datetime) -> Timer:
    if isinstance(value, Named):
        resolved = value.resolved
        at = resolved.at and resolved.at.astimezone(UTC)
        return Timer(at=at, name=value.name, warning=value.warning, why=resolved.why)
    if value is None:
        return Timer(at=None)
    if isinstance(value, timedelta):
        return Timer(at=_utc(now + value))
    if isinstance(value, datetime):
        return Timer(at=_aware(value))
    if isinstance(value, str):
        return _read_text(value.strip(), now)
    raise ExpressionError(f"{value!r} is no time: give a deadline, an instant, a duration (PT24H) or a cycle (R3/P1D)")


def _read_text(text: str, now: datetime) -> Timer:
    if text.startswith("P"):
        return Timer(at=_utc(_after(text, now)))
    if text.startswith("R"):
        return _cycle(text, now)
    try:
        return Timer(at=_aware(datetime.fromisoformat(text)))
    except ValueError as error:
        raise ExpressionError(f"{text!r} is no instant, duration or cycle of ISO 8601") from error


def _cycle(text: str, now: datetime) -> Timer:
    """Read ``R3/PT24H`` or ``R3/2026-01-05T09:00:00+08:00/P1D``: the first one after one period, or at the start."""
    count, *rest = text[1:].split("/")
    if not rest or len(rest) > 2 or (count and not count.isdigit()):  # noqa: PLR2004  start and period
        raise ExpressionError(f"{text!r} is no cycle: write R3/PT24H or R3/<start>/PT24H")
    period = _after(rest[-1], now) - now
    if period <= timedelta():
        raise ExpressionError(f"{text!r} would fire without end at once: give a period longer than zero")
    first = now + period if len(rest) == 1 else _aware(datetime.fromisoformat(rest[0]))
    return Timer(at=_utc(first), left=int(count) if count else None, period=period)


def _after(text: str, start: datetime) -> datetime:
    """Return *start* plus a duration; years and months by the calendar, the day clipped to the month's end."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ExpressionError(f"{text!r} is no duration of ISO 8601: write P3D or PT24H")
    parts = {name: float(value) if "." in value else int(value) for name, value in found.groupdict("0").items()}
    months = int(parts.pop("years") * 12 + parts.pop("months"))
    if months:
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        start = start.replace(year=year, month=month + 1, day=day)
    return start + timedelta(**parts)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ExpressionError(f"{at.isoformat()} has no time zone: write +08:00 behind it")
    return at.astimezone(UTC)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
