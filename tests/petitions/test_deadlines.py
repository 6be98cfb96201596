"""Named deadlines: every dated scenario of the process design, and the laws of counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.bureau.settings import CalendarYear, Length, Settings
from duban.errors import BureauError, Refused
from duban.model.clock import SHANGHAI
from duban.petitions.calendar import Calendar
from duban.petitions.counting import count, day_of, end_of
from duban.petitions.deadlines import NamedDeadlines

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
DIRECT = {"channel": "LX", "direct": True}
TRANSFERRED = {"channel": "XFJZ", "direct": False}


def received(on: str, **more: Any) -> dict[str, Any]:
    return {"received": {**DIRECT, "received_at": on, **more}}


def transferred(on: str, **more: Any) -> dict[str, Any]:
    return {"received": {**TRANSFERRED, "received_at": on, **more}}


def accepted(on: str, **more: Any) -> dict[str, Any]:
    return {"start_clocks": {"accepted_at": on}, "accept": {"item": "6", "simple": False}, **more}


SIMPLE = {"classify": {"track": "simple"}, "accept": {"simple": True}}
SCENARIOS = [
    # 4.1 petition
    pytest.param("X2.notice", received("2026-02-02T10:00:00+08:00"), "2026-02-24", id="1 over Spring Festival"),
    pytest.param("X2.notice", received("2026-01-30"), "2026-02-14", id="2 a make-up Saturday is a working day"),
    pytest.param("X4.objection", transferred("2026-02-11"), "2026-02-25", id="3 five working days"),
    pytest.param("X3.notice", transferred("2026-02-11"), "2026-02-26", id="3 the notice keeps running"),
    pytest.param("X5.finish", accepted("2026-03-02"), "2026-05-06", id="4 sixty days"),
    pytest.param("X5.finish", accepted("2026-03-02", extend={"days": 30}), "2026-06-01", id="4 extended from raw end"),
    pytest.param("X5.finish", accepted("2026-02-10"), "2026-04-13", id="5 a Saturday"),
    pytest.param("S.accept", {**received("2026-02-12"), **SIMPLE}, "2026-02-24", id="6 simple: accept"),
    pytest.param("S.answer", {**accepted("2026-02-13"), **SIMPLE}, "2026-03-05", id="6 simple: answer"),
    pytest.param("B.sign", {"triage": {"_at": "2026-09-18T09:00+08:00"}}, "2026-09-20", id="7 sign, make-up Sunday"),
    pytest.param("B.arbitrate", {"sign": {"_at": "2026-09-20T09:00+08:00"}}, "2026-09-22", id="7 arbitrate"),
    pytest.param("X2.notice", received("2026-04-30"), "2026-05-15", id="11 group visit"),
    pytest.param("X5.finish", accepted("2026-12-09"), "2027-02-11", id="14 into a year without notice"),
    pytest.param("P.zhian", {"watch": {"filed_on": "2026-01-19"}}, "2026-02-24", id="15 filed"),
    pytest.param("P.zhian", {"watch": {"filed_on": "2026-01-19", "extensions": [30]}}, "2026-03-20", id="15 once"),
    pytest.param("P.zhian", {"watch": {"filed_on": "2026-01-19", "extensions": [30, 30]}}, "2026-04-20", id="15 twice"),
    # 4.2 callback
    pytest.param("C.t1", {"cb_in": {"done_at": "2026-02-11"}}, "2026-02-14", id="cb 1 tier 1"),
    pytest.param("C.t2", {"call": {"_at": "2026-02-13T15:00+08:00"}}, "2026-02-24", id="cb 1 tier 2 over 除夕"),
    pytest.param("C.lost", {"lost_letter": {"at": "2026-03-04"}}, "2026-03-19", id="cb 3 lost"),
    pytest.param("C.t3", {"reask2": {"_at": "2026-02-24T17:00+08:00"}}, "2026-03-02", id="cb 4 tier 3"),
    # 4.4 whistle, 4.5 review, 4.6 … 4.13
    pytest.param("W.r.sign", {"blow": {"_at": "2026-09-18T09:00+08:00"}}, "2026-09-20", id="whistle 1 sign"),
    pytest.param("W.r.result", {"blow": {"_at": "2026-09-18T09:00+08:00"}}, "2026-09-24", id="whistle 1 result"),
    pytest.param(
        "W.r.result",
        {"limits": {"start": "2026-09-18T09:00+08:00", "complex": True}},
        "2026-10-09",
        id="whistle 6 complex",
    ),
    pytest.param("X7.window", {"reply": {"delivered_at": "2026-01-20"}}, "2026-02-24", id="review 1 window"),
    pytest.param("X8.review", {"receive_req": {"_at": "2026-02-24T10:00+08:00"}}, "2026-03-26", id="review 1"),
    pytest.param("X9.window", {"deliver_r": {"delivered_at": "2026-03-26"}}, "2026-04-27", id="review 2"),
    pytest.param("X10.reexam", {"receive_req": {"received_at": "2026-04-07"}}, "2026-05-07", id="review 3 no hearing"),
    pytest.param(
        "X10.reexam",
        {"receive_req": {"received_at": "2026-04-07"}, "hear_record": {"from": "2026-04-20", "to": "2026-04-29"}},
        "2026-05-18",
        id="review 3 hearing excluded",
    ),
    pytest.param(
        "X8.review",
        {"receive_req": {"_at": "2026-02-24"}, "hear_record": {"from": "2026-03-01", "to": "2026-03-05"}},
        "2026-03-26",
        id="review 4 hearing in 复查 counts",
    ),
    pytest.param("Q.contact", {"meeting": {"_at": "2026-02-12"}}, "2026-02-26", id="clearing 5"),
    pytest.param("K.first", {"approve_adopt": {"_at": "2026-02-12"}}, "2026-02-26", id="adopted 1 first meeting"),
    pytest.param("K.total", {"approve_adopt": {"_at": "2026-02-12"}}, "2026-05-12", id="adopted 1 three months"),
    pytest.param(
        "K.total", {"approve_adopt": {"_at": "2026-01-12"}}, "2026-04-13", id="adopted 5 months end on a Sunday"
    ),
    pytest.param("N.plan", {"order_r": {"at": "2026-09-15"}}, "2026-09-21", id="accountability 1"),
    pytest.param("N.result", {"plan_ok": {"_at": "2026-09-01"}}, "2026-10-08", id="accountability 2"),
    pytest.param("M.answer", received("2026-02-06"), "2026-03-09", id="suggestion 1"),
    pytest.param("T.item", {"hold": {"_at": "2026-04-29"}}, "2026-05-14", id="talk 1"),
    pytest.param("SV.serve", {"ask": {"kind": "上门办", "_at": "2026-04-30"}}, "2026-05-08", id="service 1"),
    pytest.param(
        "SV.serve", {"ask": {"kind": "邮寄办"}, "book": {"ready_on": "2026-09-30"}}, "2026-10-08", id="service 4"
    ),
    pytest.param("L.analyse", {"establish": {"_at": "2026-04-16"}}, "2026-04-30", id="rule 2"),
]


@pytest.mark.parametrize(("name", "data", "on"), SCENARIOS)
def test_a_scenario_ends_on_its_day(deadlines: NamedDeadlines, name: str, data: dict[str, Any], on: str) -> None:
    """The dates of processes.md §7, checked against the calendar when they were written."""
    resolved = deadlines.resolve(name, data, NOW)

    assert resolved.on == date.fromisoformat(on)
    assert resolved.at == end_of(date.fromisoformat(on))


@pytest.mark.parametrize(
    ("name", "data", "days", "on"),
    [
        # 1: 02-19 is a holiday: back to the make-up Saturday; -2 falls on the same day and is not sent again
        ("X2.notice", received("2026-02-02"), 5, "2026-02-14"),
        ("X2.notice", received("2026-02-02"), 2, None),
        # 5: 04-06 is 清明补假
        ("X5.finish", accepted("2026-02-10"), 7, "2026-04-03"),
        # working days are counted back in working days
        ("X4.objection", transferred("2026-02-11"), 2, "2026-02-14"),
        ("X4.objection", transferred("2026-02-11"), 1, "2026-02-24"),
        ("C.t2", {"call": {"_at": "2026-02-13T15:00+08:00"}}, 1, "2026-02-14"),
    ],
)
def test_a_warning_goes_out_on_its_working_day(
    deadlines: NamedDeadlines, name: str, data: dict[str, Any], days: int, on: str | None
) -> None:
    """A prompt that nobody reads on a holiday is no prompt."""
    warning = deadlines.warning(name, days, data, NOW)

    assert warning.on == (date.fromisoformat(on) if on else None)
    assert (warning.at is None) == (on is None)
    if warning.at and warning.on:
        assert warning.at == datetime.combine(warning.on, datetime.min.time(), SHANGHAI) + timedelta(hours=9)


def test_a_limit_in_hours_runs_round_the_clock(deadlines: NamedDeadlines) -> None:
    """An emergency whistle in the night of Spring Festival does not wait for the office (4.4, 2)."""
    blow = {"blow": {"_at": "2026-02-17T03:10:00+08:00", "kind": "应急"}}

    ends = {name: deadlines.resolve(name, blow, NOW) for name in ("W.e.sign", "W.e.arrive", "W.e.result")}

    assert [end.at and end.at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") for end in ends.values()] == [
        "02-17 03:40",
        "02-17 05:10",
        "02-18 03:10",
    ]
    assert {end.on for end in ends.values()} == {None}


def test_a_bad_text_message_is_called_back_within_a_day(deadlines: NamedDeadlines) -> None:
    """4.2, 5: 22:30 until 22:30 the next day, warned four hours before."""
    data = {"sms_reply": {"at": "2026-03-02T22:30:00+08:00", "answer": 3}}

    assert deadlines.resolve("C.smsbad", data, NOW).at == datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
    assert deadlines.warning("C.smsbad", 4, data, NOW).at == datetime(2026, 3, 3, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "retry"),
    [
        ("2026-03-02T09:30:00+08:00", "2026-03-03T15:00:00+08:00"),
        ("2026-03-03T15:30:00+08:00", "2026-03-04T09:00:00+08:00"),
        ("2026-02-13T16:00:00+08:00", "2026-02-14T09:00:00+08:00"),
    ],
)
def test_a_second_call_is_made_in_the_other_half_of_the_next_day(
    deadlines: NamedDeadlines, call: str, retry: str
) -> None:
    """4.2, 3: whoever works in the morning is at home in the afternoon."""
    resolved = deadlines.resolve("C.retry", {"call": {"_at": call}}, NOW)

    assert resolved.at == datetime.fromisoformat(retry)


def test_tier_two_in_working_days_is_a_setting(settings: Settings, calendar: Calendar) -> None:
    """4.2, 1: the source says three days and no more; whether they are working days is the bureau's to say."""
    limit = replace(settings.limits["C.t2"], length=Length(amount=3, unit="wd"))
    other = NamedDeadlines(replace(settings, limits={**settings.limits, "C.t2": limit}), calendar)

    resolved = other.resolve("C.t2", {"call": {"_at": "2026-02-13T15:00+08:00"}}, NOW)

    assert resolved.on == date(2026, 2, 25)


def test_an_escalation_climbs_at_midnight(settings: Settings, calendar: Calendar) -> None:
    """4.3, 1: a limit missed on 02-13 reaches level 2 on 02-25 and level 3 on 03-01, each at 00:00."""
    chain = settings.chains["chain.statutory"]
    at = end_of(date(2026, 2, 13))
    reached = [at]
    for level in chain.levels[1:3]:
        assert level.wait is not None
        at = count(at, level.wait, calendar, settings.counting).at
        reached.append(at)

    assert [at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") for at in reached] == [
        "02-14 00:00",
        "02-25 00:00",
        "03-01 00:00",
    ]


def test_a_new_notice_moves_what_was_provisional(settings: Settings, deadlines: NamedDeadlines) -> None:
    """4.1, 14: loading the 2027 file moves the end from 02-11 to 02-15."""
    data = accepted("2026-12-09")
    spring = frozenset(date(2027, 2, day) for day in range(5, 13))
    notice = CalendarYear(year=2027, off=spring, on=frozenset(), source="国办通知")

    before = deadlines.resolve("X5.finish", data, NOW)
    after = NamedDeadlines(settings, Calendar({2027: notice})).resolve("X5.finish", data, NOW)

    assert (before.on, before.why["provisional"]) == (date(2027, 2, 11), True)
    assert (after.on, after.why["provisional"]) == (date(2027, 2, 15), False)


def test_receipt_decides_between_the_two_notices(deadlines: NamedDeadlines) -> None:
    """条例 23: X2 runs for what is put to us directly, X3 for what is transferred or assigned; never both."""
    direct, assigned = received("2026-03-02"), transferred("2026-03-02")

    ends = [deadlines.resolve(name, data, NOW).at for data in (direct, assigned) for name in ("X2.notice", "X3.notice")]

    assert [end is not None for end in ends] == [True, False, False, True]


@pytest.mark.parametrize("why", ["address_unclear", "anonymous"])
def test_nobody_can_be_told_where_the_address_is_unclear(deadlines: NamedDeadlines, why: str) -> None:
    """条例 23: lawful without notice where name or address is unclear."""
    data = {**received("2026-03-02"), "register": {"received_at": "2026-03-02", why: True}}

    resolved = deadlines.resolve("X2.notice", data, NOW)

    assert (resolved.at, resolved.on) == (None, None)
    assert resolved.why["off"] == f"register.{why} is True"


def test_what_the_clerk_registered_counts_before_what_the_channel_said(deadlines: NamedDeadlines) -> None:
    """Receipt is the day the item reached any unit: the clerk may know an earlier one."""
    data = {**received("2026-03-06"), "register": {"received_at": "2026-03-02T16:00+08:00"}}

    resolved = deadlines.resolve("X2.notice", data, NOW)

    assert resolved.on == date(2026, 3, 17)
    assert resolved.why["start_from"] == "register.received_at"


def test_acceptance_counts_from_the_day_by_which_it_was_due(deadlines: NamedDeadlines) -> None:
    """A late notice must not lengthen the sixty days: the longest first instance is 15 + 60 + 30."""
    late = {**received("2026-03-02"), **accepted("2026-04-20")}
    in_time = {**received("2026-03-02"), **accepted("2026-03-10")}

    assert deadlines.resolve("X5.finish", late, NOW).on == date(2026, 5, 18)
    assert deadlines.resolve("X5.finish", late, NOW).why["start_from"].endswith("at the latest X2.notice")
    assert deadlines.resolve("X5.finish", in_time, NOW).on == date(2026, 5, 9)


def test_a_repeated_step_counts_from_its_last_round(deadlines: NamedDeadlines) -> None:
    """After an arbitration the new unit has its own day to sign."""
    data = {"triage": {"_at": "2026-03-02T09:00+08:00"}, "arbitrate": {"_at": "2026-03-05T09:00+08:00"}}

    assert deadlines.resolve("B.sign", data, NOW).on == date(2026, 3, 6)


def test_an_urgent_case_has_shorter_limits(deadlines: NamedDeadlines) -> None:
    """Two hours instead of a working day."""
    data = {"classify": {"weight": "urgent"}, "triage": {"_at": "2026-03-06T17:00:00+08:00"}}

    assert deadlines.resolve("B.sign", data, NOW).at == datetime(2026, 3, 6, 11, tzinfo=UTC)


def test_an_order_sets_its_own_date(deadlines: NamedDeadlines) -> None:
    """X14: the date in the order stands, rest day or not; without one there is no such clock."""
    dated = {**transferred("2026-03-02"), "register": {"sender_limit": "2026-03-29"}}

    assert deadlines.resolve("X14.assigned", dated, NOW).on == date(2026, 3, 29)
    assert deadlines.resolve("X14.assigned", transferred("2026-03-02"), NOW).at is None


def test_a_limit_without_start_is_never_silently_unarmed(deadlines: NamedDeadlines) -> None:
    """A clock that does not run because a name was misspelt would be found in court."""
    with pytest.raises(Refused, match=r"X5\.finish starts at start_clocks\.accepted_at"):
        deadlines.resolve("X5.finish", {}, NOW)
    with pytest.raises(BureauError, match=r"did you mean X5\.finish"):
        deadlines.resolve("X5.finsh", {}, NOW)
    with pytest.raises(Refused, match="must be a date or a time"):
        deadlines.resolve("X2.notice", received("gestern"), NOW)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (accepted("2026-03-02", extend={"days": "30"}), "extend.days must be days in whole numbers"),
        (accepted("2026-03-02", extend={"days": True}), "extend.days must be days in whole numbers"),
    ],
)
def test_bad_figures_are_refused(deadlines: NamedDeadlines, data: dict[str, Any], said: str) -> None:
    """A text that looks like a number would move a statutory date by accident."""
    with pytest.raises(Refused, match=said):
        deadlines.resolve("X5.finish", data, NOW)


@pytest.mark.parametrize("hearing", ["2026-04-20", {"from": "2026-04-20"}, {"from": "2026-04-20", "to": "2026-04-01"}])
def test_a_hearing_has_a_beginning_and_an_end(deadlines: NamedDeadlines, hearing: Any) -> None:
    """Days that do not count must be known to the day."""
    with pytest.raises(Refused, match="hear_record"):
        deadlines.resolve("X10.reexam", {"receive_req": {"_at": "2026-04-07"}, "hear_record": hearing}, NOW)


@pytest.mark.parametrize(
    ("name", "data", "days", "on"),
    [
        # a Saturday moves back; the order names the day, and nothing runs up to it
        ("X14.assigned", {"received": {"direct": False, "sender_limit": "2026-04-23"}}, 5, "2026-04-17"),
        ("M.measure", {"measure": {"date": "2026-03-10"}}, 3, "2026-03-06"),
    ],
)
def test_an_ordered_day_is_warned_of(
    deadlines: NamedDeadlines, name: str, data: dict[str, Any], days: int, on: str
) -> None:
    """The day that was ordered is where its limit starts and ends: it is not too short to be warned of."""
    assert deadlines.warning(name, days, data, NOW).on == date.fromisoformat(on)


def test_what_has_passed_is_not_warned_of(deadlines: NamedDeadlines) -> None:
    """An old file that is imported late is overdue; a prompt in arrears helps nobody."""
    late = datetime(2026, 12, 1, tzinfo=UTC)

    assert deadlines.warning("X2.notice", 5, received("2026-02-02"), late).at is None
    assert deadlines.resolve("X2.notice", received("2026-02-02"), late).on == date(2026, 2, 24)


def test_the_reason_says_everything(deadlines: NamedDeadlines) -> None:
    """The sentence is printed beside the date, in the case and in letters."""
    why = deadlines.resolve("X2.notice", received("2026-02-02T10:00:00+08:00"), NOW).why

    assert why["zh"] == (
        "受理告知(直接收到)：收到之日2026年2月2日，次日起算15日，末日2月17日为春节，"
        "顺延至2026年2月24日24时届满（信访工作条例第23条第2款）"
    )
    assert why["en"] == (
        "X2.notice: from 2026-02-02T10:00+08:00 (received.received_at), 15 days, first day not counted, "
        "the last day 2026-02-17 is a rest day (春节) and moves: ends with 2026-02-24"
    )
    assert (why["raw"], why["on"], len(why["skipped"])) == ("2026-02-17", "2026-02-24", 7)


def test_extension_and_exclusion_are_in_the_reason(deadlines: NamedDeadlines) -> None:
    """Whoever doubts a date must find each day that was added."""
    data = {"receive_req": {"received_at": "2026-04-07"}, "hear_record": {"from": "2026-04-20", "to": "2026-04-29"}}

    assert "扣除2026年4月20日至2026年4月29日听证期间10日" in deadlines.resolve("X10.reexam", data, NOW).why["zh"]
    extended = deadlines.resolve("X5.finish", accepted("2026-03-02", extend={"days": 30}), NOW)
    assert "次日起算60日，延长30日，末日5月31日为星期日，顺延至2026年6月1日24时届满" in extended.why["zh"]


STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 30), timezones=st.just(SHANGHAI))  # noqa: DTZ001
LENGTHS = st.builds(Length, amount=st.integers(1, 90), unit=st.sampled_from(["d", "wd"]))
MONTHS = st.builds(Length, amount=st.integers(1, 6), unit=st.just("mo"))


@given(start=STARTS, length=st.one_of(LENGTHS, MONTHS))
def test_a_limit_ends_on_a_working_day_and_never_early(settings: Settings, start: datetime, length: Length) -> None:
    """Rolling lengthens, never shortens; the instant is the midnight that ends the day."""
    calendar = Calendar()

    span = count(start, length, calendar, settings.counting)

    assert span.on is not None
    assert span.raw is not None
    assert calendar.is_working_day(span.on)
    assert span.raw <= span.on
    assert span.at == end_of(span.on)
    assert day_of(span.at - timedelta(seconds=1)) == span.on
    assert len(span.skipped) == (span.on - span.raw).days
    assert not any(calendar.is_working_day(day) for day in span.skipped)


@given(start=STARTS, days=st.integers(1, 90), more=st.integers(0, 30))
def test_an_extension_is_added_before_rolling(settings: Settings, start: datetime, days: int, more: int) -> None:
    """Sixty days and thirty more are ninety days: no rest day is gained in between."""
    calendar = Calendar()

    extended = count(start, Length(amount=days, unit="d"), calendar, settings.counting, more=more)

    assert extended == count(start, Length(amount=days + more, unit="d"), calendar, settings.counting)


@given(start=STARTS, hours=st.integers(0, 15), days=st.integers(1, 60))
def test_the_hour_of_receipt_does_not_matter(settings: Settings, start: datetime, hours: int, days: int) -> None:
    """The first day does not count, so nobody gains or loses by the hour (民法典 201)."""
    calendar = Calendar()
    length = Length(amount=days, unit="d")
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)

    ends = [count(at, length, calendar, settings.counting).on for at in (midnight, midnight + timedelta(hours=hours))]

    assert ends[0] == ends[1]


@given(start=STARTS, days=st.integers(1, 60))
def test_a_later_start_never_ends_earlier(settings: Settings, start: datetime, days: int) -> None:
    """Counting keeps the order of receipt."""
    calendar = Calendar()
    length = Length(amount=days, unit="d")

    first, second = (count(at, length, calendar, settings.counting).at for at in (start, start + timedelta(days=1)))

    assert first <= second


def test_a_length_may_stand_in_the_data_of_the_case(settings: Settings, calendar: Calendar) -> None:
    """A chain says how long each level waits: the diagram draws one timer for all of them."""
    wait = replace(settings.limits["B.sign"], id="E.wait", starts=(("level_at",),), length_from=(("next", "wait"),))
    deadlines = NamedDeadlines(replace(settings, limits={"E.wait": wait}), calendar)
    started = {"level_at": "2026-02-14T00:00+08:00"}

    def ends(length: str) -> str:
        at = deadlines.resolve("E.wait", {**started, "next": {"wait": length}}, NOW).at
        return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}" if at else ""

    assert [ends("1wd"), ends("15min"), ends("7d"), ends("")] == [
        "02-25 00:00",
        "02-14 00:15",
        "02-25 00:00",
        "02-25 00:00",
    ]
    with pytest.raises(Refused, match=r"next\.wait must be a length such as 1wd, .* not 'soon'"):
        ends("soon")
