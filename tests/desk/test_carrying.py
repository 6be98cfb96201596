"""Messages between cases: what opens, what is absorbed, whom they reach, and in which order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from duban.desk import cases, incidents, openings
from duban.desk.carrying import carry
from duban.model.facts import Kind
from duban.testing import House
from tests.desk.kindred import a_duty, a_kindred_bureau, children, done, facts
from tests.desk.small import clerk

AT_TEN = datetime.fromisoformat("2026-03-02T10:00+08:00")


def unheard(house: House, number: str) -> list[tuple[Any, ...]]:
    return [(fact.payload["name"], fact.payload["why"]) for fact in facts(house, number, Kind.MESSAGE_UNHEARD)]


def received(house: House, number: str) -> list[str]:
    return [fact.payload["name"] for fact in facts(house, number, Kind.MESSAGE_RECEIVED)]


def test_a_message_opens_a_child_that_knows_who_it_is(database_url: str) -> None:
    """The child's clock runs from the instant at which the limit was due, not from when the house noticed."""
    with a_kindred_bureau(database_url) as house:
        number = a_duty(house)
        house.clock.jump(hours=1.5)
        (child,) = children(house, number)
        data = cases.show(house.desk, child.number).data

        assert data["watch_in"] == {"ref_no": number, "limit": "sign", "unit": "PCS01"}
        assert data["case"] == {
            "no": child.number,
            "kind": "watch",
            "parent": number,
            "at": "2026-03-02T02:00:00+00:00",
        }
        assert child.opened_at == AT_TEN
        assert [fact.at for fact in facts(house, child.number, Kind.CASE_STARTED)] == [AT_TEN]


def test_a_second_start_with_the_same_key_reaches_the_first_child(database_url: str) -> None:
    """Warning and limit are one history: the child that waits takes it."""
    with a_kindred_bureau(database_url) as house:
        number = a_duty(house)
        house.clock.move(hours=4)
        (child,) = children(house, number)

        assert received(house, child.number) == ["watch.start"]
        assert unheard(house, child.number) == []


def test_a_second_start_is_absorbed_where_nothing_waits_for_it() -> None:
    """A fact says so; neither a second case nor an incident arises."""
    with a_kindred_bureau() as house:
        number = a_duty(house)
        house.clock.move(hours=2)
        (child,) = children(house, number)
        house.desk.store.write(lambda record: record.due.put_off(record.cases.load(number).id, AT_TEN.replace(day=4)))
        house.clock.move(days=1.5)  # the child acts meanwhile: it waits no more for a second start
        house.clock.move(days=2)

        assert [case.number for case in children(house, number)] == [child.number]
        assert unheard(house, child.number) == [("watch.start", "absorbed")]
        assert incidents.list_(house.desk) == []


def test_a_watch_is_told_when_what_it_watches_is_over(database_url: str) -> None:
    """Nobody draws the stop: the desk knows which activity the limit sat on."""
    with a_kindred_bureau(database_url) as house:
        number = a_duty(house)
        house.clock.move(hours=2)
        (child,) = children(house, number)
        done(house, number, "sign")
        (stopped,) = facts(house, child.number, Kind.MESSAGE_RECEIVED)

        assert cases.show(house.desk, child.number).case.end == "end_over"
        assert stopped.payload["payload"] == {
            "ref_no": number,
            "limit": "sign",
            "done_at": "2026-03-02T03:00:00+00:00",
            "completed": True,
            "case_no": child.number,
        }


def test_a_watch_begun_too_late_is_told_at_once() -> None:
    """The activity ended while the message that opens the watch was still on its way."""
    with a_kindred_bureau() as house:
        number = a_duty(house)
        house.clock.attend(lambda: None, lambda: None)
        house.clock.move(hours=1)
        from duban.desk import due, work
        from tests.desk.small import task_at

        due.fire(house.desk)
        work.complete(house.desk, number, task_at(house.desk, number, "sign"), {}, clerk(house.desk))
        house.settle()
        (child,) = children(house, number)

        assert cases.show(house.desk, child.number).case.end == "end_over"


def test_a_stop_waits_until_somebody_can_hear_it() -> None:
    """A leader is at work on the watch when the duty is done: the gateway behind learns of it all the same."""
    with a_kindred_bureau() as house:
        number = a_duty(house)
        house.clock.move(days=2)
        (child,) = children(house, number)
        done(house, number, "sign")

        assert cases.show(house.desk, child.number).case.is_open
        done(house, child.number, "act")
        assert cases.show(house.desk, child.number).case.end == "end_over"
        assert unheard(house, child.number)[-1] == ("watch.stop", "not_waiting")


def test_the_parent_hears_of_a_childs_end() -> None:
    """Whoever waits for ``<kind>.ended`` is told number, end and key."""
    with a_kindred_bureau() as house:
        number = a_duty(house)
        house.clock.move(hours=2)
        (child,) = children(house, number)
        done(house, number, "sign")
        done(house, number, "report")
        told = [fact.payload for fact in facts(house, number, Kind.MESSAGE_UNHEARD)]
        ended = [each for each in told if each["name"] == "watch.ended"]

        assert ended[0]["payload"] == {
            "ref_no": number,
            "limit": "sign",
            "kind": "watch",
            "number": child.number,
            "end": "end_over",
            "case_no": number,
        }
        assert ended[0]["why"] == "not_waiting"


def test_a_message_with_a_number_reaches_that_case(database_url: str) -> None:
    """The answer to the parent, a redo, a result of a meeting."""
    with a_kindred_bureau(database_url) as house:
        waits, says = a_duty(house, told={"to": "duty-2"}), a_duty(house, told={"to": "duty-1"})
        for number in (waits, says):
            done(house, number, "sign")
            done(house, number, "report")

        assert received(house, waits) == ["duty.told"]
        assert unheard(house, says)[0] == ("duty.told", "not_waiting")


def test_a_message_to_a_case_that_is_over_is_a_fact() -> None:
    """No incident: who is too late has done nothing wrong."""
    with a_kindred_bureau() as house:
        over, says = a_duty(house), a_duty(house, told={"to": "duty-1"})
        for element in ("sign", "report", "rest"):
            done(house, over, element)
        done(house, says, "sign")
        done(house, says, "report")

        assert unheard(house, over)[-1] == ("duty.told", "ended")
        assert incidents.list_(house.desk) == []


def test_a_message_to_nobody_known_asks_a_person() -> None:
    """A wrong number must not vanish; once it is mended the message is carried again."""
    with a_kindred_bureau() as house:
        number = a_duty(house, told={"to": "duty-9"})
        done(house, number, "sign")
        done(house, number, "report")
        (trouble,) = incidents.list_(house.desk)

        assert (trouble.number, trouble.reason, trouble.element) == (number, "message", "tell")
        incidents.retry(house.desk, number, trouble.task, clerk(house.desk))
        house.settle()
        assert [each.reason for each in incidents.list_(house.desk)] == ["message"]


def test_everybody_who_waits_hears_a_message_without_address(database_url: str) -> None:
    """All open cases that wait for it, unless their key speaks of somebody else; nobody is a fact on the thrower."""
    with a_kindred_bureau(database_url) as house:
        desk = house.desk
        number = a_duty(house)
        mine, other = (
            openings.open_(desk, "ear", {"ref_no": ref_no}, clerk(desk)).number for ref_no in (number, "duty-8")
        )
        done(house, number, "sign")
        done(house, number, "report")

        assert [cases.show(desk, each).case.is_open for each in (mine, other)] == [False, True]
        assert ("nobody.hears", "nobody") in unheard(house, number)
        assert ("bell.rung", "nobody") not in unheard(house, number)


def test_what_a_case_says_is_carried_in_its_order(database_url: str) -> None:
    """A case that rings, tells and calls in one step does so in this order, in as many sweeps as it takes."""
    with a_kindred_bureau(database_url) as house:
        number = a_duty(house, told={"to": "duty-1"})
        done(house, number, "sign")
        desk = house.desk
        from duban.desk import work
        from tests.desk.small import task_at

        work.complete(desk, number, task_at(desk, number, "report"), {}, clerk(desk))
        left = [[m.name for m in desk.store.read(lambda record: record.messages.list_())]]
        while carry(desk, 1):
            left.append([m.name for m in desk.store.read(lambda record: record.messages.list_())])

        assert [set(names) for names in left] == [
            {"bell.rung", "duty.told", "nobody.hears"},
            {"duty.told", "nobody.hears"},
            {"nobody.hears"},
            set(),
        ]


@pytest.mark.parametrize(
    ("point", "says"),
    [
        ({"text": "路灯坏了"}, "channel is missing"),
        ({"channel": "KT", "text": "路灯坏了", "whom": "x"}, "whom is no field"),
    ],
)
def test_what_is_no_envelope_is_told(point: dict[str, Any], says: str) -> None:
    """A diagram that raises nonsense is the designer's move, not the petitioner's loss."""
    with a_kindred_bureau() as house:
        openings.open_(house.desk, "talk", {"point": point}, clerk(house.desk))
        house.settle()

        assert says in incidents.list_(house.desk)[0].message


def test_a_point_raised_at_a_talk_becomes_a_petition_once(database_url: str) -> None:
    """It goes through intake like any other: number, register, duplicates; its own family, but the talk's child."""
    with a_kindred_bureau(database_url) as house:
        desk = house.desk
        point = {
            "channel": "KT",
            "external_id": "talk-1/1",
            "text": "城关镇桥东社区门口的路灯坏了三个月，晚上老人出门看不见路，请协调修好。",
            "people": [{"name": "陈桂兰", "phone": "13800000009"}],
        }
        talks = [openings.open_(desk, "talk", {"point": point}, clerk(desk)).number for _ in range(2)]
        house.settle()
        (petition,) = children(house, talks[0])
        row = cases.show(desk, petition.number).row

        assert children(house, talks[1]) == []
        assert row is not None
        assert (petition.kind, row.channel, petition.family) == ("petition", "KT", petition.id)
        assert desk.store.read(lambda record: dict(record.keys.of(petition.id).key)) == {}  # type: ignore[union-attr]  # it has one
