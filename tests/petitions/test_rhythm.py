"""Rhythms: meetings return on their days, a rest day moves one of them and never the rest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.bureau import Settings
from duban.bureau.settings import Every, Rhythm
from duban.model.clock import SHANGHAI
from duban.petitions.calendar import Calendar
from duban.petitions.rhythm import next_time, times

YEAR = (datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI))


def days(rhythm: Rhythm, calendar: Calendar, after: datetime, until: datetime) -> list[str]:
    return [f"{at:%m-%d}" for at in times(rhythm, calendar, after=after, until=until)]


def test_a_holiday_moves_one_meeting_and_not_the_rhythm(settings: Settings, calendar: Calendar) -> None:
    """Scenario 4.6-1: held on Tuesday 24 February, then on 4 March as always."""
    found = times(settings.rhythms["clearing"], calendar, after=YEAR[0], until=YEAR[0] + timedelta(days=64))

    assert [f"{at:%m-%d %H:%M}" for at in found] == [
        "01-07 15:00",
        "01-21 15:00",
        "02-04 15:00",
        "02-24 15:00",
        "03-04 15:00",
    ]


def test_a_talk_on_a_holiday_is_held_before_it(settings: Settings, calendar: Calendar) -> None:
    """Scenario 4.11-1: Thursday 19 February is a holiday, Saturday the 14th is worked."""
    february = (datetime(2026, 2, 1, tzinfo=SHANGHAI), datetime(2026, 3, 1, tzinfo=SHANGHAI))

    assert days(settings.rhythms["talk"], calendar, *february) == ["02-05", "02-12", "02-14", "02-26"]


def test_the_quarter_warns_ten_working_days_ahead(settings: Settings, calendar: Calendar) -> None:
    """Scenario 4.11-4: without a review by 17 March the office is warned."""
    assert days(settings.rhythms["quarter"], calendar, *YEAR)[:2] == ["03-17", "06-15"]


def test_a_month_without_the_day_takes_its_last(calendar: Calendar) -> None:
    """民法典 202: a month ends on the same day number, or on its last day."""
    monthly = Rhythm(
        id="m", amount=1, every=Every.MONTH, weekday=None, at=datetime.min.time(), forward=True, before=0,
        first=date(2026, 8, 31),
    )  # fmt: skip

    assert days(monthly, calendar, datetime(2026, 8, 1, tzinfo=SHANGHAI), YEAR[1]) == [
        "08-31",
        "09-30",
        "11-02",
        "11-30",
        "12-31",
    ]


rhythms = st.builds(
    Rhythm,
    id=st.just("r"),
    amount=st.integers(1, 3),
    every=st.sampled_from(Every),
    weekday=st.integers(1, 7),
    at=st.times(),
    forward=st.booleans(),
    before=st.integers(0, 12),
    first=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
)


@given(rhythms, st.integers(-365 * 24, 365 * 24))
def test_walking_from_time_to_time_meets_every_one(rhythm: Rhythm, hours: int) -> None:
    """Whether the house looks once a second or once a year, it opens the same meetings, on working days only."""
    calendar = Calendar()
    after = YEAR[0] + timedelta(hours=hours)
    until = after + timedelta(days=200)
    at, walked = after, list[datetime]()
    while (at := next_time(rhythm, calendar, at)) <= until:
        walked.append(at)

    assert walked == times(rhythm, calendar, after=after, until=until)
    assert all(calendar.is_working_day(at.date()) for at in walked)
    assert all(one < other for one, other in pairwise(walked))


@pytest.mark.parametrize("zone", ["2026-01-07T06:59+00:00", "2026-01-07T14:59+08:00"])
def test_the_hour_is_the_bureaus(settings: Settings, calendar: Calendar, zone: str) -> None:
    """15:00 means 15:00 in Yunxi, whatever the machine's clock says."""
    found = next_time(settings.rhythms["clearing"], calendar, datetime.fromisoformat(zone))

    assert found.isoformat() == "2026-01-07T15:00:00+08:00"
