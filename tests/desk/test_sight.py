"""Who may see what: shielded cases, hidden steps, people who are kept from work, rules that answers must meet."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from duban.bureau import Bureau
from duban.bureau.settings import Kind, Series
from duban.desk import cases, due, incidents, kinds, openings, people, sight, work
from duban.desk.cases import Wanted
from duban.errors import InvalidForm, KeptFromWork, NotFound
from duban.model.facts import Kind as FactKind
from duban.store.people import Absence
from duban.testing import House, a_bureau, a_case, a_petition, content
from tests.desk.kindred import MONDAY, a_duty, a_kindred_bureau, children
from tests.desk.small import clerk, task_at
from tests.engine.diagrams import drawn, node, nodes, properties, timer

_BODY = (
    nodes("start:begin end:end_done")
    + node("userTask", "handle", properties(role="unit_clerk", unit='"PCS01"'), name="办理")
    + node(
        "userTask",
        "inspect",
        properties(
            role="unit_clerk",
            unit='"PCS01"',
            not_by="handle._by",
            seen_by="inspector",
            **{
                "must.reason": 'inspect.ok or get(inspect, "reason")',
                "says.reason": "不通过须说明理由",
                "must.other": "inspect._by != handle._by",
            },
        ),
        name="查验",
    )
    + node("intermediateCatchEvent", "secret_day", timer("inspect.day", "timeDate"))
    + node("userTask", "close", properties(role="unit_clerk", unit='"PCS01"'), name="了结")
)
_FLOWS = "begin>handle handle>inspect inspect>secret_day secret_day>close close>end_done"
INSPECTOR = ("DC", "inspector")


@cache
def _checking() -> Bureau:
    usual = content()
    settings = replace(
        usual.settings,
        kinds={"probe": Kind(id="probe", name="查验", process="probe", series="probe", open_by=("unit_clerk",))},
        series={**usual.settings.series, "probe": Series(id="probe", pattern="probe-{n}")},
    )
    return replace(usual, settings=settings, files=drawn(_BODY, _FLOWS, process_id="probe"))


@contextmanager
def a_checking_bureau() -> Generator[House]:
    """A bureau in which one clerk of PCS01 handles and another one inspects."""
    with a_bureau(at=MONDAY, bureau=_checking()) as house:
        settings = house.desk.bureau.settings
        others = [m.person for m in settings.memberships if (m.unit, m.role) == ("PCS01", "unit_clerk")]
        if len(others) < 2:  # one handles, one inspects
            first = settings.memberships[0]
            people.appoint(
                house.desk,
                replace(first, person=clerk(house.desk, "PCS01", "officer"), unit="PCS01", role="unit_clerk"),
            )
        yield house


def handled(house: House) -> tuple[str, str, str]:
    """Open a probe that waits at the inspection; return its number, who handled it, and who may inspect."""
    desk = house.desk
    first = clerk(desk)
    number = openings.open_(desk, "probe", {}, first).number
    work.complete(desk, number, task_at(desk, number, "handle"), {}, first)
    item = next(item for item in work.list_(desk, element="inspect") if item.number == number)
    others = desk.store.read(lambda record: desk.roster.holders(record, item.role, item.unit, desk.now()))
    return number, first, next(person for person in others if person not in item.excluded)


def test_whoever_handled_it_does_not_check_it() -> None:
    """The worklist does not offer it, and the button refuses it; the substitute of the excluded is excluded too."""
    with a_checking_bureau() as house:
        number, first, second = handled(house)
        task = task_at(house.desk, number, "inspect")
        stand_in = clerk(house.desk, "PCS02")
        people.leave(
            house.desk, Absence(person=first, since=date(2026, 3, 1), until=date(2026, 3, 9), substitute=stand_in)
        )

        assert [work.list_(house.desk, person=each) != [] for each in (first, second, stand_in)] == [False, True, False]
        for person in (first, stand_in):
            with pytest.raises(KeptFromWork, match="is not for"):
                work.complete(house.desk, number, task, {"ok": True}, person)
        assert work.may_do(house.desk, number, second) == frozenset({task})


def test_an_answer_must_meet_the_rules_of_the_diagram() -> None:
    """The sentence of the designer comes back; nothing is saved; a rule about a field left out is not met."""
    with a_checking_bureau() as house:
        number, _, second = handled(house)
        task = task_at(house.desk, number, "inspect")
        with pytest.raises(InvalidForm) as caught:
            work.complete(house.desk, number, task, {"ok": False}, second)
        with pytest.raises(InvalidForm):
            work.complete(house.desk, number, task, {}, second)
        work.complete(
            house.desk, number, task, {"ok": False, "reason": "材料不齐", "day": "2026-03-20T09:00+08:00"}, second
        )

        assert caught.value.fields == {"reason": "不通过须说明理由"}


def test_what_a_step_wrote_for_few_eyes_is_hidden_from_the_rest() -> None:
    """Scenario 4.8-3: the unit learns the day of the check by no page, list, timer or fact."""
    with a_checking_bureau() as house:
        desk = house.desk
        number, first, second = handled(house)
        answer = {"ok": True, "day": "2026-03-20T09:00+08:00"}
        work.complete(desk, number, task_at(desk, number, "inspect"), answer, second)
        inspector = clerk(desk, *INSPECTOR)
        ours, theirs = cases.show(desk, number, first), cases.show(desk, number, inspector)

        assert (ours.data["inspect"], theirs.data["inspect"]["day"]) == (sight.HIDDEN, answer["day"])
        assert "2026-03-20" not in str(ours)
        assert "2026-03-20" in str(theirs)
        assert [[each.element for each in due.list_(desk, viewer=who)] for who in (first, inspector)] == [
            [],
            ["secret_day"],
        ]
        assert [due.list_(desk, number=number, viewer=who) != [] for who in (first, inspector)] == [False, True]
        assert FactKind.TIMER_ARMED not in {entry.kind for entry in ours.timeline}


@contextmanager
def a_shielded_bureau() -> Generator[House]:
    """A bureau in which only inspectors may know of watches."""
    with a_kindred_bureau(watch={"seen_by": ("inspector",), "open_by": ()}) as house:
        yield house


def test_a_shielded_case_is_nowhere_for_others() -> None:
    """条例 30: no list, count, page, timer or incident; the same words as for a case that does not exist."""
    with a_shielded_bureau() as house:
        desk = house.desk
        number = a_duty(house)
        house.clock.move(hours=2)
        (child,) = children(house, number)
        outsider, inspector = clerk(desk, "PCS02"), clerk(desk, *INSPECTOR)

        for viewer in (outsider, sight.NOBODY):
            with pytest.raises(NotFound, match=f"there is no case {child.number}"):
                cases.show(desk, child.number, viewer)
            assert cases.show(desk, number, viewer).children == []
            assert child.number not in {each.number for each in due.list_(desk, viewer=viewer)}
            assert "watch" not in {count.kind.id for count in kinds.counts(desk, viewer)}
            assert incidents.list_(desk, viewer=viewer) == []
            with pytest.raises(NotFound, match=r"^there is no kind 'watch'$"):
                kinds.list_(desk, "watch", viewer=viewer)
        assert cases.show(desk, child.number, inspector).case.number == child.number
        assert [line.number for line in kinds.list_(desk, "watch", viewer=inspector).lines] == [child.number]
        assert [each.number for each in cases.show(desk, number, inspector).children] == [child.number]


def test_whoever_has_work_in_a_shielded_case_sees_it() -> None:
    """Need to know: the diagram's lanes are held against the law by the gate."""
    with a_shielded_bureau() as house:
        desk = house.desk
        number = a_duty(house)
        house.clock.move(days=2)
        (child,) = children(house, number)
        insider, outsider = clerk(desk), clerk(desk, "PCS02")

        assert "act" in {item.element for item in work.list_(desk, person=insider, viewer=insider)}
        assert cases.show(desk, child.number, insider).work[0].element == "act"
        assert "act" not in {item.element for item in work.list_(desk, viewer=outsider)}
        assert "act" not in {item.element for item in work.list_(desk, unit="PCS01", viewer=outsider)}


ACCUSATION = "举报桥东派出所民警王某收受烟酒、通风报信，请纪检督察部门查处，本人愿意配合调查。"


def test_an_accusation_is_out_of_sight_from_the_first_minute() -> None:
    """Scenario 4.1-10: unit leader, clerk and deputy find nothing by list, search or count; inspectors do."""
    with a_bureau(at=MONDAY) as house:
        desk = house.desk
        ordinary = a_case(house)
        before = cases.counts(desk, viewer=clerk(desk, "PCS01", "unit_leader"))
        secret = a_case(house, petition=a_petition(channel="12389", text=ACCUSATION, title="举报民警"))
        inspector = clerk(desk, *INSPECTOR)
        for role, unit in (("unit_leader", "PCS01"), ("unit_clerk", "PCS01"), ("deputy_leader", "L3")):
            viewer = clerk(desk, unit, role)
            with pytest.raises(NotFound):
                cases.show(desk, secret, viewer)
            assert [row.number for row in cases.list_(desk, viewer=viewer).rows] == [ordinary]
            assert cases.list_(desk, Wanted(words="王某"), viewer=viewer).total == 0
            assert cases.counts(desk, viewer=viewer) == before

        assert {row.number for row in cases.list_(desk, viewer=inspector).rows} == {ordinary, secret}
