"""The working calendar: which days are worked in China, make-up Saturdays and Sundays included."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version

from duban.bureau.settings import CalendarYear

_DAY = timedelta(days=1)
_FRIDAY = 5
_WEEKDAYS = ("", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Year:
    off: Mapping[date, str]
    """Holidays and their names."""
    on: frozenset[date]
    """Make-up days: weekend days that are worked."""
    provisional: bool
    """The State Council's notice for the year is not known yet: no make-up days."""


class Calendar:
    """Working days, from the bureau's own calendar files, else from PyPI's ``holidays``."""

    def __init__(self, years: Mapping[int, CalendarYear] | None = None) -> None:
        self._given = dict(years or {})
        self._years: dict[int, _Year] = {}

    @property
    def digest(self) -> str:
        """Return what the answers depend on: the package's release and the given years."""
        total = hashlib.sha256(version("holidays").encode())
        for number, year in sorted(self._given.items()):
            total.update(f"{number} {sorted(year.off)} {sorted(year.on)}".encode())
        return total.hexdigest()

    def is_working_day(self, on: date) -> bool:
        """Tell whether *on* is worked: Monday to Friday and no holiday, or a make-up day."""
        year = self._year(on.year)
        if on in year.on:
            return True
        return on.isoweekday() <= _FRIDAY and on not in year.off

    def is_provisional(self, year: int) -> bool:
        """Tell whether the make-up days of *year* are not known yet."""
        return self._year(year).provisional

    def name_of(self, on: date) -> str:
        """Return why *on* is a rest day (or that it is a make-up day), in the words of the notice."""
        year = self._year(on.year)
        if on in year.on:
            return "调休上班日"
        return year.off.get(on, _WEEKDAYS[on.isoweekday()])

    def roll_forward(self, on: date) -> date:
        """Return *on*, or the next working day after it."""
        while not self.is_working_day(on):
            on += _DAY
        return on

    def roll_back(self, on: date) -> date:
        """Return *on*, or the last working day before it."""
        while not self.is_working_day(on):
            on -= _DAY
        return on

    def add_working_days(self, on: date, days: int) -> date:
        """Return the *days*-th working day after *on* (before it, when negative); *on* itself does not count."""
        step = _DAY if days > 0 else -_DAY
        for _ in range(abs(days)):
            on += step
            while not self.is_working_day(on):
                on += step
        return on

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            # two threads may both compute it: the same value, so no lock
            year = self._years[number] = self._given_year(number) or _packaged_year(number)
        return year

    def _given_year(self, number: int) -> _Year | None:
        given = self._given.get(number)
        if given is None:
            return None
        return _Year(off=dict.fromkeys(given.off, "节假日"), on=given.on, provisional=False)


def _packaged_year(number: int) -> _Year:
    """Read the year from ``holidays``; a make-up day may be ordered by the next year's notice."""
    import holidays  # a tenth of a second that only those pay who count days

    found = holidays.country_holidays("CN", years=(number, number + 1), language="zh_CN")
    off = {on: _plain(name) for on, name in found.items() if on.year == number}
    on = frozenset(day for day in found.weekend_workdays if day.year == number)
    return _Year(off=off, on=on, provisional=not on)


def _plain(name: str) -> str:
    """Shorten ``休息日（由 2026-02-14 调休）`` to what a reader needs."""
    return "调休假日" if name.startswith("休息日") else name.partition("（")[0].partition("(")[0]
