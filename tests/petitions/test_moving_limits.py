"""Limits that move while a case runs, on the sample bureau's table and calendar: the dated scenarios."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from duban.bureau.settings import CalendarYear, Settings
from duban.engine import process
from duban.model.clock import SHANGHAI
from duban.model.facts import Kind
from duban.petitions.calendar import Calendar
from duban.petitions.counting import day_of, end_of
from duban.petitions.deadlines import NamedDeadlines
from tests.engine.diagrams import Walk, boundary, drawn, nodes, timer


class Phase(Walk):
    """A phase under a limit and its warning, and steps beside it that write; on the bureau's own calendar."""

    def __init__(self, limit: str, warns: int, data: dict[str, Any], deadlines: NamedDeadlines, at: str) -> None:
        text = f'warning("{limit}", {warns})'
        body = nodes("start:s and:g user:handle user:x user:y user:z and:j end:e end:late end:near")
        body += boundary("due", "handle", timer(f'deadline("{limit}")'), interrupting=False)
        body += boundary("warn", "handle", timer(text), interrupting=False)
        flows = "s>g g>handle g>x x>y y>z z>j handle>j j>e due>late warn>near"
        super().__init__(drawn(body, flows), data, deadlines=deadlines, now=local(at))

    def last_days(self) -> dict[str, date]:
        """Return the last day of the limit, and the day of its warning."""
        return {element: day_of(at - timedelta(seconds=1)) for element, at in self.dues.items()}


def local(text: str) -> datetime:
    """Return an instant of the bureau."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_an_extension_moves_the_sixty_days(deadlines: NamedDeadlines) -> None:
    """4.1, 4: accepted 03-02, due 05-06; thirty days more, approved on 04-27, end on 06-01."""
    data = {"start_clocks": {"accepted_at": "2026-03-02T10:00:00+08:00"}, "accept": {"item": "6", "simple": False}}
    case = Phase("X5.finish", 7, data, deadlines, "2026-03-02T10:00")
    assert case.last_days() == {"due": date(2026, 5, 6), "warn": date(2026, 4, 29)}
    task = case.task("handle")
    case.now = local("2026-04-27T15:00")

    case.complete("x", {"extend": {"days": 30, "_by": "p7"}})

    assert case.last_days() == {"due": date(2026, 6, 1), "warn": date(2026, 5, 25)}
    assert case.task("handle") == task
    moved = {fact["element"]: fact for fact in case.facts(Kind.TIMER_MOVED)}
    assert [moved["due"][when] for when in ("before", "after")] == [
        end_of(date(2026, 5, 6)).isoformat(),
        end_of(date(2026, 6, 1)).isoformat(),
    ]
    assert "延长30日" in moved["due"]["why"]["zh"]
    assert [happening.kind for happening in case.outcome.happenings if happening.kind is Kind.TIMER_ARMED] == []


def test_a_second_extension_moves_nothing_and_is_an_incident(deadlines: NamedDeadlines) -> None:
    """4.1, 4: table T8 refuses it; if a diagram let it through, the date would stand all the same."""
    data = {"start_clocks": {"accepted_at": "2026-03-02T10:00:00+08:00"}, "accept": {"item": "6", "simple": False}}
    case = Phase("X5.finish", 7, data, deadlines, "2026-03-02T10:00")
    case.complete("x", {"extend": {"days": 30}})

    case.complete("y", {"extend": {"days": [30, 15]}})

    assert case.last_days()["due"] == date(2026, 6, 1)
    assert {found.element for found in case.outcome.incidents} == {"due", "warn"}


def test_a_new_years_holidays_move_what_was_provisional(settings: Settings, deadlines: NamedDeadlines) -> None:
    """4.1, 14: accepted 12-09, provisionally due 02-11; the file of 2027 moves it to 02-15, with a fact."""
    data = {"start_clocks": {"accepted_at": "2026-12-09T10:00:00+08:00"}, "accept": {"item": "6", "simple": False}}
    case = Phase("X5.finish", 7, data, deadlines, "2026-12-09T10:00")
    assert case.last_days()["due"] == date(2027, 2, 11)
    spring = frozenset(date(2027, 2, day) for day in range(5, 13))
    year = CalendarYear(year=2027, off=spring, on=frozenset(), source="国办通知")
    loaded = NamedDeadlines(settings, Calendar({2027: year}))

    case.keep(process.recount(case.definition, case.state, now=local("2026-12-20T09:00"), deadlines=loaded))

    assert case.last_days()["due"] == date(2027, 2, 15)
    moved = case.facts(Kind.TIMER_MOVED)[0]
    assert (moved["element"], moved["before"], moved["after"]) == (
        "due",
        end_of(date(2027, 2, 11)).isoformat(),
        end_of(date(2027, 2, 15)).isoformat(),
    )


def test_a_hearing_does_not_count_in_a_re_examination(deadlines: NamedDeadlines) -> None:
    """4.5, 3: asked for on 04-07, due 05-07; a hearing from 04-20 to 04-29 moves the end to 05-18."""
    data = {"receive_req": {"received_at": "2026-04-07"}}
    case = Phase("X10.reexam", 3, data, deadlines, "2026-04-07T09:00")
    assert case.last_days()["due"] == date(2026, 5, 7)
    case.now = local("2026-04-29T17:00")

    case.complete("x", {"hear_record": {"from": "2026-04-20", "to": "2026-04-29"}})

    assert case.last_days()["due"] == date(2026, 5, 18)


def test_a_hearing_counts_in_a_review(deadlines: NamedDeadlines) -> None:
    """4.5, 4: 条例 36 leaves days out of the re-examination only."""
    data = {"receive_req": {"received_at": "2026-02-24"}}
    case = Phase("X8.review", 3, data, deadlines, "2026-02-24T09:00")

    case.complete("x", {"hear_record": {"from": "2026-03-02", "to": "2026-03-09"}})

    assert (case.last_days()["due"], case.facts(Kind.TIMER_MOVED)) == (date(2026, 3, 26), [])


def test_an_arbitration_gives_the_new_unit_its_own_day(deadlines: NamedDeadlines) -> None:
    """A limit that counts from a repeated step moves when the step is repeated."""
    data = {"decide_route": {"_at": "2026-09-18T10:00:00+08:00"}}
    case = Phase("B.sign", 1, data, deadlines, "2026-09-18T10:00")
    assert case.last_days()["due"] == date(2026, 9, 20)
    case.now = local("2026-09-22T16:00")

    case.complete("x", {"arbitrate": {"_at": "2026-09-22T16:00:00+08:00"}})

    assert case.last_days()["due"] == date(2026, 9, 23)
