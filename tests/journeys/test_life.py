"""A petition's whole life: from arrival to callback, on the bureau's own diagrams."""

import pytest

from duban.desk import cases, incidents, messages, work
from duban.errors import AlreadyDone
from duban.model.calls import Message
from duban.store import Unit
from duban.testing import House, a_bureau, a_case, a_petition, walk


def steps_of(house: House, number: str) -> list[str]:
    """Return the elements of the work that was completed, in order."""
    timeline = cases.show(house.desk, number).timeline
    return [entry.element or "" for entry in timeline if entry.kind == "work_completed"]


def verify(house: House, number: str) -> int:
    def read(record: Unit) -> int:
        return record.journal.verify(record.cases.load(number).id)

    return house.desk.store.read(read)


def test_from_arrival_to_callback(database_url: str) -> None:
    """The straight way: registered by the house, signed, investigated, answered, asked, closed."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        walk(house, number)
        look = cases.show(house.desk, number)

        assert steps_of(house, number) == [
            "register",
            "sign",
            "assign_officer",
            "accept",
            "delivered",
            "first_contact",
            "dispose",
            "feed_back",
            "draft",
            "gate_po",
            "reply",
            "call",
            "close_check",
        ]
        assert (look.case.end, look.row and look.row.status, look.dues, look.incidents) == (
            "end_closed",
            "end_closed",
            [],
            [],
        )
        assert {letter.letter for letter in look.letters} >= {"L01", "L09"}
        assert verify(house, number) == len(look.timeline)


def test_nobody_closes_a_case_before_the_petitioner_was_asked() -> None:
    """The callback is the point of the whole line: no way to an end of its main part goes around it."""
    with a_bureau() as house:
        number = a_case(house)
        walk(house, number)
        steps = steps_of(house, number)

        assert steps.index("call") < steps.index("close_check")


def test_a_dissatisfied_petitioner_is_visited_and_heard(database_url: str) -> None:
    """Dissatisfied goes up a tier: the unit's head visits, then the centre asks again."""
    unhappy = {
        "reached": "接通",
        "identity_ok": True,
        "satisfaction": "不满意",
        "resolved": "未解决",
        "words": "没有人上门",
        "was_contacted": True,
    }
    with a_bureau(database_url) as house:
        number = a_case(house)
        walk(house, number, to="visit", answers={"call": unhappy})
        [visit] = cases.show(house.desk, number).work
        walk(house, number)
        look = cases.show(house.desk, number)

        assert (visit.role, visit.unit) == ("unit_leader", "PCS01")
        assert steps_of(house, number)[-3:] == ["visit", "reask2", "close_check"]
        assert look.case.end == "end_closed"


def test_a_draft_that_is_sent_back_is_written_again(database_url: str) -> None:
    """Gatekeeping is a loop, and each round stands in the journal."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        walk(house, number, to="gate_po")
        [gate] = cases.show(house.desk, number).work
        house_walks_back(house, gate)
        walk(house, number)

        assert [step for step in steps_of(house, number) if step in {"draft", "gate_po"}] == [
            "draft",
            "gate_po",
            "draft",
            "gate_po",
        ]


def house_walks_back(house: House, gate: work.Item) -> None:
    from duban.testing import do

    do(house, gate, {"decision": "退回", "reasons": "事实部分未写明核查经过"})


def test_the_first_receiver_keeps_the_duty_until_another_has_signed(database_url: str) -> None:
    """E1: returning an item does not make it nobody's."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        walk(house, number, to="sign")
        before = cases.show(house.desk, number).data["duty_unit"]
        from duban.testing import do

        [sign] = cases.show(house.desk, number).work
        do(house, sign, {"decision": "退回", "reason": "不在本辖区", "suggested": "PCS02"})
        during = cases.show(house.desk, number).data["duty_unit"]
        [arbitrate] = cases.show(house.desk, number).work
        do(house, arbitrate, {"unit": "PCS02", "reason": "按属地"})
        walk(house, number, to="assign_officer")
        after = cases.show(house.desk, number).data["duty_unit"]

        assert (before, during, after) == ("XFK", "XFK", "PCS02")


def test_two_people_complete_one_item_of_a_real_case(database_url: str) -> None:
    """The second gets a clear answer, and the record has one step."""
    with a_bureau(database_url) as house:
        number = a_case(house)
        [sign] = cases.show(house.desk, number).work
        clerks = [
            m.person for m in house.desk.bureau.settings.memberships if (m.unit, m.role) == ("PCS01", "unit_clerk")
        ]
        work.complete(house.desk, number, sign.task, {"decision": "签收"}, clerks[0])

        with pytest.raises(AlreadyDone):
            work.complete(house.desk, number, sign.task, {"decision": "签收"}, clerks[0])
        assert steps_of(house, number).count("sign") == 1


def test_a_message_that_no_step_awaits_leaves_the_case_alone() -> None:
    """A stray text message is refused with a reason; the case goes on untouched."""
    from duban.errors import NotWaiting

    with a_bureau() as house:
        number = a_case(house)
        before = len(cases.show(house.desk, number).timeline)
        with pytest.raises(NotWaiting):
            messages.deliver(house.desk, number, Message(name="sms.reply", payload={"answer": "1"}), "system")

        assert len(cases.show(house.desk, number).timeline) == before
        assert incidents.list_(house.desk) == []


def test_matters_that_are_not_ours_leave_with_directions(database_url: str) -> None:
    """Wages are the labour office's: the petitioner learns where to go, in writing."""
    wages = a_petition(
        title="建筑公司拖欠农民工工资",
        text="我们在县城工地干活，建筑公司拖欠工资三个月不发，劳动合同也不签，请求劳动部门帮忙讨薪。",
    )
    with a_bureau(database_url) as house:
        number = a_case(house, petition=wages)
        walk(house, number)
        look = cases.show(house.desk, number)

        assert (look.case.end, [letter.letter for letter in look.letters]) == ("end_outside", ["L03"])
