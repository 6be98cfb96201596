"""The register and one case are shown as people speak of them."""

import pytest

from duban.desk import cases, work
from duban.desk.cases import Counts, Wanted
from duban.errors import NotFound
from duban.testing import a_bureau, a_case, a_petition, do
from tests.desk.small import a_small_bureau, an_errand, clerk, task_at


def test_a_timeline_reads_as_a_story(database_url: str) -> None:
    """A citizen's lawyer can follow it without knowing the diagram."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        who = clerk(house.desk)
        work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件", "note": "慢慢来"}, who)
        house.settle()
        house.clock.move(hours=24)
        look = cases.show(house.desk, number)
        told = [entry.title for entry in look.timeline]
        [done] = [entry for entry in look.timeline if entry.kind == "work_completed"]

        assert told[0] == "立案：按「差事」开始办理"
        assert "待办「交办」已派给城关派出所专管员" in told
        assert "计时「超时」到时（2026年3月3日09:00）" in told
        assert (done.actor, done.actor_name != who, done.payload["data"]["ask"]["note"]) == (who, True, "慢慢来")


def test_reminders_are_told_as_reminders() -> None:
    """A reminder that reads like a missed deadline would accuse somebody of nothing."""
    with a_bureau() as house:
        number = a_case(house)
        house.clock.move(days=11)
        told = [entry.title for entry in cases.show(house.desk, number).timeline if entry.kind == "timer_fired"]

        assert any(title.startswith("「受理告知(直接收到)」的提醒到时") for title in told)
        assert not any(title.startswith("「受理告知(直接收到)」到时") for title in told)


def test_a_deadline_that_passed_stays_in_sight_while_the_duty_goes_on() -> None:
    """The duty does not vanish when its limit passes."""
    with a_bureau() as house:
        number = a_case(house)
        house.clock.move(days=16)
        look = cases.show(house.desk, number)
        passed = [due.name for due in look.dues if due.fired_at is not None]

        assert ("X2.notice" in passed, look.case.is_open, [item.element for item in look.work]) == (
            True,
            True,
            ["sign"],
        )


def test_the_register_is_filtered_and_counted(database_url: str) -> None:
    """The head of the office asks: how many are open, how many are over?"""
    with a_bureau(database_url) as house:
        number = a_case(house)
        other = a_petition(title="", text="石桥镇十字路口红绿灯坏了三天，车辆乱行，请交警维修。", external_id="B")
        a_case(house, petition=other)
        page = cases.list_(house.desk, Wanted(matter="0801"))

        assert ([row.number for row in page.rows], page.total) == ([number], 1)
        assert cases.counts(house.desk) == Counts(open=2, overdue=0, ended=0, incidents=0)


def test_an_unknown_number_is_named() -> None:
    """Nothing is shown as if it were empty."""
    with a_bureau() as house, pytest.raises(NotFound, match="云信〔1999〕00001"):
        cases.show(house.desk, "云信〔1999〕00001")


def test_a_step_shows_the_register_where_the_case_is() -> None:
    """Unit, stage and weight in the register follow the case."""
    with a_bureau() as house:
        number = a_case(house)
        [sign] = cases.show(house.desk, number).work
        do(house, sign)
        row = cases.show(house.desk, number).row

        assert row is not None
        assert (row.unit, row.stage, row.weight, row.supervising, row.status) == (
            "PCS01",
            "受理",
            "ordinary",
            "XFK",
            "open",
        )
