"""Dates are read at a glance: weekday always, year only when it is another one, the state never by colour alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.model.clock import SHANGHAI
from duban.web.dates import Chip, chip, day, due_words, last_day, moment
from duban.web.language import Language

ZH, EN = Language("zh"), Language("en")
NOW = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)  # Thursday 14:00 in Shanghai


def test_a_day_carries_its_weekday_and_another_year() -> None:
    """An officer plans by weekdays; a year that is not this one must not be missed."""
    assert [day(date(2026, 3, 5), date(2026, 3, 1), each) for each in (ZH, EN)] == ["3月5日 周四", "Thu 5 Mar"]
    assert [day(date(2025, 3, 5), date(2026, 3, 1), each) for each in (ZH, EN)] == [
        "2025年3月5日 周三",
        "Wed 5 Mar 2025",
    ]


def test_an_instant_is_said_in_the_bureaus_time() -> None:
    """22:30 UTC is the next morning at the counter."""
    assert moment(datetime(2026, 3, 4, 22, 30, tzinfo=UTC), NOW, ZH) == "3月5日 周四 06:30"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # a limit in days ends at 24:00 of its last day
        (datetime(2026, 3, 6, tzinfo=SHANGHAI), Chip(state="near", text="今天到期", title="3月5日 周四")),
        (datetime(2026, 3, 8, tzinfo=SHANGHAI), Chip(state="near", text="还剩 2 天", title="3月7日 周六")),
        (datetime(2026, 3, 20, tzinfo=SHANGHAI), Chip(state="running", text="还剩 14 天", title="3月19日 周四")),
        (datetime(2026, 3, 5, tzinfo=SHANGHAI), Chip(state="over", text="超期 1 天", title="3月4日 周三")),
        # a limit in hours is said in hours while it is close
        (NOW + timedelta(hours=5), Chip(state="near", text="还剩 5 小时", title="3月5日 周四 19:00")),
        (NOW + timedelta(minutes=5), Chip(state="near", text="还剩不到 1 小时", title="3月5日 周四 14:05")),
        (NOW - timedelta(minutes=5), Chip(state="over", text="刚刚超期", title="3月5日 周四 13:55")),
        (NOW - timedelta(hours=3), Chip(state="over", text="超期 3 小时", title="3月5日 周四 11:00")),
    ],
)
def test_a_chip_says_how_long_and_when(at: datetime, expected: Chip) -> None:
    """「还剩 3 天」 is what people ask; the date stands beside it."""
    assert chip(at, NOW, ZH) == expected


def test_english_knows_one_and_many() -> None:
    """English is a full second language, not a leftover."""
    one, two = datetime(2026, 3, 7, tzinfo=SHANGHAI), datetime(2026, 3, 8, tzinfo=SHANGHAI)

    assert [chip(at, NOW, EN).text for at in (one, two)] == ["1 day left", "2 days left"]


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_the_last_day_is_the_day_before_midnight(on: date) -> None:
    """The instant at which a timer fires is the first that is too late."""
    fires = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI) + timedelta(days=1)

    assert last_day(fires) == on
    assert due_words(fires, NOW, ZH) == day(on, date(2026, 3, 5), ZH)
    assert chip(fires, fires - timedelta(seconds=1), ZH).text == "今天到期"
    assert chip(fires, fires, ZH).state == "over"
