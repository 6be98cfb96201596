"""Days and times as people and programs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.model.clock import SHANGHAI
from duban.petitions.moments import day, moment

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2018/5/3 9:02",
        "2018-05-03 09:02",
        "2018-05-03T09:02",
        "2018-05-03T09:02:00+08:00",
        "2018-05-03T01:02:00Z",
        "2018年5月3日 9时2分",
        "2018年5月3日9点02分",
        "2018.5.3 9:02",
        "２０１８／５／３　９：０２",
        "2018/5/3 上午9:02",
        "2018/5/3 9:02 AM",
        "201805030902",
        "20180503090200",
        "2018-05-03 星期四 09:02",
        "2018/5/3  9:02:00",
        "2018-05-03 09:02:00.000",
        datetime(2018, 5, 3, 9, 2),  # noqa: DTZ001 - a spreadsheet's cell has no zone
        datetime(2018, 5, 3, 1, 2, tzinfo=UTC),
        43223 + (9 * 60 + 2) / 1440,
        "43223.37638888889",
    ],
)
def test_one_moment_is_written_in_many_ways(written: object) -> None:
    """Every export has its own format; a file often has several."""
    assert moment(written, now=NOW) == datetime(2018, 5, 3, 9, 2, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "written", ["20180503", "2018/5/3", "2018年5月3日", 20180503, 43223, "43223", date(2018, 5, 3)]
)
def test_a_day_begins_at_midnight_of_the_bureau(written: object) -> None:
    """Without a time the day counts, and days of law begin at midnight."""
    assert moment(written, now=NOW) == datetime(2018, 5, 3, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "hour"),
    [("2018/5/3 下午3:00", 15), ("2018/5/3 3:00 PM", 15), ("2018/5/3 12:00 AM", 0), ("2018/5/3 凌晨12:00", 0)],
)
def test_halves_of_the_day_are_understood(written: str, hour: int) -> None:
    """Twelve at night is no noon."""
    assert moment(written, now=NOW).hour == hour


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3/5/2018", "不是日期"),
        ("昨天", "不是日期"),
        ("2018/13/3", "没有这一天"),
        ("2018-02-30", "没有这一天"),
        ("20181332", "没有这一天"),
        ("2018-05-03 25:00", "没有这一天或这一时刻"),
        ("2027-05-03", "在将来"),
        ("1900-01-01", "早于1990年"),
        (12, "不是日期"),
        (float("nan"), "不是日期"),
        (True, "不是日期"),
    ],
)
def test_what_is_no_date_is_told(written: object, said: str) -> None:
    """An ambiguous date (3/5/2018) is refused, never guessed: it decides a statutory day."""
    with pytest.raises(ValueError, match=said):
        moment(written, now=NOW)


def test_a_limit_may_lie_in_the_future() -> None:
    """The date in an order is always ahead."""
    assert day("2027年3月1日") == date(2027, 3, 1)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 11, 20)))  # noqa: DTZ001 - the zone is what is tested
def test_what_is_written_is_read_back(at: datetime) -> None:
    """All our own formats name the same second."""
    second = at.replace(microsecond=0)
    expected = second.replace(tzinfo=SHANGHAI)
    written = [second.isoformat(), second.isoformat(" "), f"{second:%Y/%m/%d %H:%M:%S}", f"{second:%Y%m%d%H%M%S}"]

    assert [moment(text, now=NOW) for text in written] == [expected] * 4


@given(st.text(max_size=20))
def test_any_text_is_a_moment_or_a_sentence(text: str) -> None:
    """Nothing that stands in a cell may break an import."""
    said = ""
    try:
        moment(text, now=NOW)
    except ValueError as error:
        said = str(error)

    assert said == "" or "「" in said
