"""The working calendar: 2026 as the State Council ordered it, and what is not known yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.bureau.settings import CalendarYear
from duban.petitions.calendar import Calendar

CALENDAR = Calendar()
DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_2026_has_its_working_days() -> None:
    """Figures of processes.md §0: 248 working days, six of them make-up days."""
    working = [day for day in days_of(2026) if CALENDAR.is_working_day(day)]
    off = [day for day in days_of(2026) if day.isoweekday() <= 5 and not CALENDAR.is_working_day(day)]

    assert len(working) == 248
    assert [day.strftime("%m-%d") for day in working if day.isoweekday() > 5] == [
        "01-04",
        "02-14",
        "02-28",
        "05-09",
        "09-20",
        "10-10",
    ]
    assert " ".join(day.strftime("%m-%d") for day in off) == (
        "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 "
        "06-19 09-25 10-01 10-02 10-05 10-06 10-07"
    )


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2026, 2, 17), "春节"),
        (date(2026, 2, 20), "调休假日"),
        (date(2026, 2, 14), "调休上班日"),
        (date(2026, 3, 1), "星期日"),
        (date(2026, 4, 6), "清明节"),
    ],
)
def test_a_rest_day_says_why(on: date, name: str) -> None:
    """The sentence under a date tells people which holiday moved it."""
    assert CALENDAR.name_of(on) == name


def test_a_year_without_notice_is_provisional() -> None:
    """The package has 2027's holidays but no make-up days: dates that end there may move."""
    assert [year for year in range(2015, 2029) if CALENDAR.is_provisional(year)] == [2027, 2028]


def test_a_given_year_replaces_the_packaged_one() -> None:
    """The bureau loads the notice when it is published."""
    year = CalendarYear(
        year=2027,
        off=frozenset({date(2027, 2, 11), date(2027, 2, 12)}),
        on=frozenset({date(2027, 2, 20)}),
        source="notice",
    )

    calendar = Calendar({2027: year})

    assert not calendar.is_provisional(2027)
    assert calendar.roll_forward(date(2027, 2, 11)) == date(2027, 2, 15)
    assert calendar.is_working_day(date(2027, 2, 20))
    assert calendar.digest != CALENDAR.digest


@given(DAYS)
def test_rolling_ends_on_a_working_day_and_skips_none(on: date) -> None:
    """Between a day and where it rolls to there is no working day."""
    after, before = CALENDAR.roll_forward(on), CALENDAR.roll_back(on)

    assert CALENDAR.is_working_day(after)
    assert CALENDAR.is_working_day(before)
    assert not any(CALENDAR.is_working_day(on + timedelta(days=n)) for n in range((after - on).days))
    assert not any(CALENDAR.is_working_day(on - timedelta(days=n)) for n in range((on - before).days))


@given(DAYS, st.integers(1, 40))
def test_the_nth_working_day_has_n_working_days_up_to_it(on: date, days: int) -> None:
    """Counted by hand on the calendar, the figure is the same."""
    end = CALENDAR.add_working_days(on, days)

    counted = [n for n in range(1, (end - on).days + 1) if CALENDAR.is_working_day(on + timedelta(days=n))]
    assert len(counted) == days
    assert CALENDAR.is_working_day(end)


@given(DAYS, st.integers(1, 40))
def test_counting_back_undoes_counting_forth(on: date, days: int) -> None:
    """From a working day there and back is the same day."""
    start = CALENDAR.roll_forward(on)

    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, days), -days) == start
