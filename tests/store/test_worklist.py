"""The worklist: who sees what, and two people at one item."""

from __future__ import annotations

import pytest

from duban.errors import AlreadyDone, Conflict, NotYourWork
from duban.model.facts import Kind
from duban.store import Store, Unit
from duban.store.worklist import Item, WantedWork
from tests.store.builders import NOW, a_case, due, happening, later, outcome, work


def test_an_item_carries_what_a_list_shows(store: Store) -> None:
    """Nobody opens a case to learn what it is about."""
    step = outcome(opened=(work(1),), armed=(due(2, later(days=3)), due(3, later(days=1), warning=True)))
    register = {"channel": "web", "ask": "请求查处", "stage": "签收", "weight": "heavy", "received_at": later(days=-1)}
    case = store.write(lambda unit: a_case(unit, step=step, register=register))

    assert store.read(lambda unit: unit.worklist.list_()) == [
        Item(
            task=1,
            element="sign",
            name="签收",
            scope="",
            role="unit_clerk",
            unit="U1",
            person=None,
            form="sign",
            case=case.id,
            number=case.number,
            kind="petition",
            opened_at=NOW,
            claimed_by=None,
            claimed_at=None,
            due_at=later(days=3),
            petition=case.number,
            ask="请求查处",
            stage="签收",
            weight="heavy",
            received_at=later(days=-1),
        )
    ]


def test_a_child_shows_the_petition_of_its_family(store: Store) -> None:
    """A callback is about somebody's petition."""
    root = store.write(lambda unit: a_case(unit, "1", register={"channel": "web", "ask": "请求查处"}))
    child = store.write(
        lambda unit: a_case(unit, "1-1", parent=root.id, kind="callback", step=outcome(opened=(work(1),)))
    )

    item = store.read(lambda unit: unit.worklist.get(child.id, 1))
    assert (item.number, item.petition, item.ask) == ("1-1", "1", "请求查处")


# a filter and the tasks of `a_desk` that it selects
FILTERS = [
    (WantedWork(), {1, 2, 3, 4, 5}),
    # wang holds clerk in U1: the unit's free items, the one of the whole bureau, and their own
    (WantedWork(person="wang", holds=[("U1", "unit_clerk")]), {1, 3, 5}),
    # li holds clerk in U1 and leader in U2; item 5 is in wang's hands
    (WantedWork(person="li", holds=[("U1", "unit_clerk"), ("U2", "leader")]), {1, 2}),
    # without a role only what is addressed to the person
    (WantedWork(person="wang"), {3}),
    (WantedWork(claimed_by="wang"), {5}),
    (WantedWork(unit="U2"), {2, 4}),
    (WantedWork(role="leader"), {2}),
    (WantedWork(element="review"), {4}),
    # item 4 has no deadline of its own: the next one of its case counts
    (WantedWork(due_before=later(days=2)), {2, 4}),
]


def a_desk(unit: Unit) -> None:
    """Fill a worklist: five items in one case."""
    items = (
        work(1),
        work(2, unit="U2", role="leader", element="lead"),
        work(3, person="wang", unit="U9", role="other"),
        work(4, unit="U2", element="review"),
        work(5, unit=None),
    )
    dues = (due(7, later(days=1), attached="lead"), due(8, later(days=3), attached="sign"))
    case = a_case(unit, step=outcome(opened=items, armed=dues))
    unit.worklist.claim(case.id, 5, "wang", at=NOW)


@pytest.mark.parametrize(("wanted", "tasks"), FILTERS)
def test_people_see_what_they_may_do(store: Store, wanted: WantedWork, tasks: set[int]) -> None:
    """Mine, my unit's, of a role, near due: the same question on both databases."""
    store.write(a_desk)

    assert {item.task for item in store.read(lambda unit: unit.worklist.list_(wanted))} == tasks
    assert store.read(lambda unit: unit.worklist.count(wanted)) == len(tasks)


def test_the_most_urgent_stands_first(store: Store) -> None:
    """Then the oldest; what has no deadline comes last."""
    store.write(lambda unit: a_case(unit, "1", step=outcome(opened=(work(1),)), at=later(hours=-1)))
    store.write(lambda unit: a_case(unit, "2", step=outcome(opened=(work(1),), armed=(due(2, later(days=4)),))))
    store.write(lambda unit: a_case(unit, "3", step=outcome(opened=(work(1),), armed=(due(2, later(days=1)),))))

    def numbers(unit: Unit) -> tuple[list[str], list[str]]:
        return (
            [item.number for item in unit.worklist.list_()],
            [item.number for item in unit.worklist.list_(limit=1, offset=1)],
        )

    assert store.read(numbers) == (["3", "2", "1"], ["2"])


def test_overdue_work_stays_in_sight(store: Store) -> None:
    """After the reminder has fired, too."""
    case = store.write(lambda unit: a_case(unit, step=outcome(opened=(work(1),), armed=(due(2, later(days=1)),))))
    fired = happening(Kind.TIMER_FIRED, task=2, element="sign_late", scope="", name="X4.sign")
    tick = outcome(happenings=(fired,), disarmed=(2,))
    store.write(lambda unit: unit.save(case, tick, at=later(days=1), actor="system"))

    overdue = store.read(lambda unit: unit.worklist.list_(WantedWork(due_before=later(days=2))))
    assert [(item.task, item.due_at) for item in overdue] == [(1, later(days=1))]


def test_an_item_is_claimed_by_one_person(store: Store) -> None:
    """The second learns who was first."""
    case = store.write(lambda unit: a_case(unit, step=outcome(opened=(work(1),))))
    store.write(lambda unit: unit.worklist.claim(case.id, 1, "wang", at=later(hours=1)))
    store.write(lambda unit: unit.worklist.claim(case.id, 1, "wang", at=later(hours=2)))

    with pytest.raises(Conflict, match="“签收” was claimed by wang"):
        store.write(lambda unit: unit.worklist.claim(case.id, 1, "li", at=later(hours=3)))
    with pytest.raises(NotYourWork, match="in the hands of wang, not of li"):
        store.write(lambda unit: unit.worklist.give_back(case.id, 1, "li"))

    item = store.read(lambda unit: unit.worklist.get(case.id, 1))
    assert (item.claimed_by, item.claimed_at) == ("wang", later(hours=1))
    store.write(lambda unit: unit.worklist.give_back(case.id, 1, "wang"))
    store.write(lambda unit: unit.worklist.claim(case.id, 1, "li", at=later(hours=4)))


def test_what_is_done_cannot_be_claimed(memory: Store) -> None:
    """Also when it never was."""
    case = memory.write(a_case)

    for step in (
        lambda unit: unit.worklist.claim(case.id, 9, "wang", at=NOW),
        lambda unit: unit.worklist.give_back(case.id, 9, "wang"),
        lambda unit: unit.worklist.get(case.id, 9),
    ):
        with pytest.raises(AlreadyDone):
            memory.write(step)
