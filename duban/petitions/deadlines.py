"""Named deadlines: what ``deadline("X2.notice")`` in a diagram means for this case, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from duban.api import Resolved
from duban.bureau.limits import length_of
from duban.bureau.settings import Condition, Length, Limit, Settings
from duban.bureau.table import nearest
from duban.errors import BureauError, Problem, Refused
from duban.model.clock import SHANGHAI
from duban.petitions import reasons
from duban.petitions.calendar import Calendar
from duban.petitions.counting import Exclusion, Extension, count, day_of, hour_of
from duban.petitions.statutes import STATUTES

_MISSING: Any = object()
_REMEMBERED = 4096
ANY = "*"
"""In a condition: any value, as long as the path is there."""


@dataclass(frozen=True)
class NamedDeadlines:
    """The bureau's limits on the bureau's calendar: implements duban.api.Deadlines.

    Pure: the same data and the same tables give the same answer. ``now`` is read only where a limit starts when its
    timer is armed, and to leave out warnings of what has already passed.
    """

    settings: Settings
    calendar: Calendar
    _counted: dict[tuple[Any, ...], Resolved] = field(default_factory=dict, repr=False, compare=False)
    """What was counted already: a phase arms a deadline and its warnings from one start."""
    _read: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    """What each limit reads, once it was asked."""

    @cached_property
    def digest(self) -> str:
        """Return what every answer depends on."""
        return hashlib.sha256(f"{self.settings.digest} {self.calendar.digest}".encode()).hexdigest()

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when the deadline *name* ends.

        Raises:
            BureauError: There is no such limit.
            Refused: Its start is not in the data yet, or is no time.
        """
        limit = self._limit(name)
        off = _why_off(limit, data)
        if off:
            return Resolved(at=None, on=None, why=reasons.off(limit, off))
        found = self._start(limit, data, now)
        if found is None:
            if limit.length.unit == "order":
                return Resolved(at=None, on=None, why=reasons.off(limit, "no date was ordered"))
            raise Refused(_not_started(limit))
        path, start = found
        length = _length(limit, data)
        more = tuple(_extensions(limit, data))
        excluded = tuple(_exclusions(limit, data))
        key = (name, start, path, str(length), more, excluded)
        known = self._counted.get(key)
        return known or self._count(limit, length, start, path, more, excluded, key)

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when to warn, *days* (in the limit's own unit) before the deadline *name* ends.

        Not armed (``at`` is None) where the deadline does not apply or has passed already, where the limit is so short
        that the warning would not come after its start (a day that was ordered, or counted back from, is no start), and
        where a warning further off falls on the same working day: that one is sent, once.
        """
        limit = self._limit(name)
        end = self.resolve(name, data, now)
        if end.at is None:
            return end
        at, off = self._warning(limit, end, days), ""
        start = datetime.fromisoformat(end.why["start"])
        if now >= end.at:
            off = "the deadline has passed already"
        elif at <= start and _counts_on(_length(limit, data)):
            off = "the limit is so short that its start is the warning"
        elif any(self._warning(limit, end, other) == at for other in limit.warn if other > days):
            off = "an earlier warning falls on the same day"
        if off:
            return Resolved(at=None, on=None, why=reasons.off(limit, off, warns=days))
        on = None if end.on is None else day_of(at)
        return Resolved(at=at, on=on, why=reasons.warned(limit, end.why, days, at))

    def reads(self, name: str) -> frozenset[str]:
        """Return the top-level keys of the data that the deadline *name* depends on; none, if there is none."""
        known = self._read.get(name)
        if known is None:
            known = self._read[name] = frozenset(self._keys(name))
        return known

    def _keys(self, name: str) -> Iterator[str]:
        limit = self.settings.limits.get(name)
        if limit is None:
            return
        conditions = (*limit.only, *limit.unless, *(variant.when for variant in limit.variants))
        paths = (*limit.starts, *limit.length_from, *limit.extended_by, *limit.excluded_by)
        yield from {path[0] for path in (*paths, *(condition.path for condition in conditions)) if path != ("now",)}
        for cap in limit.not_after:
            yield from self.reads(cap)

    def _start(self, limit: Limit, data: Mapping[str, Any], now: datetime) -> tuple[str, datetime] | None:
        """Return path and instant from which the limit runs: not later than the days that cap it."""
        found = _start(limit, data, now)
        if found is None:
            return None
        caps = [self.resolve(name, data, now).on for name in limit.not_after if _has_start(self._limit(name), data)]
        last = min((on for on in caps if on is not None), default=None)
        if last is None or day_of(found[1]) <= last:
            return found
        return f"{found[0]}, at the latest {limit.not_after[0]}", hour_of(last, 0)

    def _count(
        self,
        limit: Limit,
        length: Length,
        start: datetime,
        path: str,
        more: tuple[Extension, ...],
        excluded: tuple[Exclusion, ...],
        key: tuple[Any, ...],
    ) -> Resolved:
        days = sum(extension.days for extension in more)
        span = count(start, length, self.calendar, self.settings.counting, more=days, excluded=excluded)
        why = reasons.counted(limit, length, span, path, self.calendar, more=more, excluded=excluded)
        if len(self._counted) >= _REMEMBERED:
            self._counted.clear()
        resolved = self._counted[key] = Resolved(at=span.at, on=span.on, why=why)
        return resolved

    def _limit(self, name: str) -> Limit:
        limit = self.settings.limits.get(name)
        if limit is None:
            close = nearest(name, self.settings.limits)
            raise BureauError([Problem(file="bureau.toml", element=f"limits.{name}", message=f"is not there{close}")])
        return limit

    def _warning(self, limit: Limit, end: Resolved, before: int) -> datetime:
        """Return the instant *before* the end; a warning day that is a rest day moves back."""
        if end.on is None and end.at is not None:
            unit = timedelta(minutes=1) if limit.length.unit == "min" else timedelta(hours=1)
            return end.at - before * unit
        on = end.on or date.min
        if limit.length.unit == "wd":
            on = self.calendar.add_working_days(on, -before)
        else:
            on = self.calendar.roll_back(on - timedelta(days=before))
        return hour_of(on, self.settings.counting.warn_hour)


# -- reading a case's data ------------------------------------------------------------------------


def value_at(data: Mapping[str, Any], path: Sequence[str]) -> Any:
    """Return what stands at *path*, or a marker that nothing does."""
    value: Any = data
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return _MISSING
        value = value[part]
    return value


def _holds(condition: Condition, data: Mapping[str, Any]) -> bool:
    value = value_at(data, condition.path)
    if value is _MISSING or value is None:
        return False
    # 1 == True in Python: a number must not satisfy a yes
    return any(item == ANY or (item == value and type(item) is type(value)) for item in condition.values)


def _why_off(limit: Limit, data: Mapping[str, Any]) -> str:
    """Say why the limit does not apply, or nothing."""
    for condition in limit.only:
        if not _holds(condition, data):
            return f"{'.'.join(condition.path)} is not {reasons.either(condition.values)}"
    for condition in limit.unless:
        if _holds(condition, data):
            return f"{'.'.join(condition.path)} is {value_at(data, condition.path)!r}"
    return ""


def _start(limit: Limit, data: Mapping[str, Any], now: datetime) -> tuple[str, datetime] | None:
    """Return the path and instant from which the limit runs; None: not known yet."""
    found = [
        (".".join(path), instant(value, ".".join(path)))
        for path in limit.starts
        if (value := value_at(data, path)) not in (_MISSING, None, "")
    ]
    if found:
        return max(found, key=lambda item: item[1]) if limit.latest else found[0]
    return ("now", now) if ("now",) in limit.starts else None


def _has_start(limit: Limit, data: Mapping[str, Any]) -> bool:
    return any(value_at(data, path) not in (_MISSING, None, "") for path in limit.starts)


def _not_started(limit: Limit) -> str:
    paths = " or ".join(".".join(path) for path in limit.starts)
    return f"deadline {limit.id} starts at {paths}; the case has none of them yet: arm it after that step"


def _counts_on(length: Length) -> bool:
    """Tell whether a limit of *length* ends after the day it starts from; an ordered day is its start and its end."""
    return length.unit != "order" and length.amount > 0


def _length(limit: Limit, data: Mapping[str, Any]) -> Length:
    """Return the length that the case's own data say, else that of the variant that fits, else the row's."""
    for path in limit.length_from:
        text = value_at(data, path)
        if text in (_MISSING, None, ""):
            continue
        found = length_of(text) if isinstance(text, str) else None
        if found is None:
            raise Refused(f"{'.'.join(path)} must be a length such as 1wd, 15d, 24h or 30min, not {text!r}")
        return found
    return next((variant.length for variant in limit.variants if _holds(variant.when, data)), limit.length)


def _extensions(limit: Limit, data: Mapping[str, Any]) -> Iterator[Extension]:
    """Yield the approved extensions, none more and none longer than the law allows."""
    statute = STATUTES.get(limit.id)
    for path in limit.extended_by:
        where = ".".join(path)
        for n, value in enumerate(_each(value_at(data, path))):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise Refused(f"{where} must be days in whole numbers, not {value!r}")
            if statute is not None and n >= len(statute.extensions):
                raise Refused(f"{where}: {statute.article} allows no extension number {n + 1}")
            if statute is not None and value > statute.extensions[n]:
                raise Refused(f"{where}: {statute.article} allows {statute.extensions[n]} days at most, not {value}")
            by, at = (value_at(data, (*path[:-1], stamp)) for stamp in ("_by", "_at"))
            yield Extension(days=value, by=by if isinstance(by, str) else None, at=at if isinstance(at, str) else None)


def _exclusions(limit: Limit, data: Mapping[str, Any]) -> Iterator[Exclusion]:
    for path in limit.excluded_by:
        for value in _each(value_at(data, path)):
            where = ".".join(path)
            if not isinstance(value, Mapping) or "from" not in value or "to" not in value:
                raise Refused(f"{where} must say from and to, not {value!r}")
            first = day_of(instant(value["from"], f"{where}.from"))
            last = day_of(instant(value["to"], f"{where}.to"))
            if last < first:
                raise Refused(f"{where} ends ({last}) before it begins ({first})")
            yield Exclusion(first=first, last=last)


def _each(value: Any) -> list[Any]:
    if value is _MISSING or value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def instant(value: Any, path: str) -> datetime:
    """Return *value* (a date or a time, as text or as such) as an aware instant; without zone it is the bureau's.

    Raises:
        Refused: It is neither.
    """
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        at = None
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    if isinstance(at, date):
        return datetime(at.year, at.month, at.day, tzinfo=SHANGHAI)
    raise Refused(f"{path} must be a date or a time (2026-03-02 or 2026-03-02T09:30+08:00), not {value!r}")
