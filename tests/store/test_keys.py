"""Case keys and shields: how a case is found again, what it watches, and who may know of it."""

from __future__ import annotations

import pytest

from duban.errors import Conflict
from duban.store import Store, Unit
from duban.store.due import Running
from duban.store.register import Wanted
from duban.store.worklist import WantedWork
from tests.store.builders import NOW, a_case, due, later, outcome, thrown, work

KEY = {"ref_no": "云信〔2026〕00001", "clock_id": "B.sign", "unit": "JT"}


def test_an_open_case_is_found_by_its_key_until_it_ends(store: Store) -> None:
    """A second start with the same key is the same matter; once it is over, the next start is a new one."""

    def begin(unit: Unit) -> None:
        case = a_case(unit, "1", kind="escalation")
        unit.keys.add(case.id, "escalation", KEY)
        reordered = dict(reversed(KEY.items()))
        found = unit.keys.find("escalation", reordered)

        assert found is not None
        assert (found.number, dict(found.key)) == ("1", KEY)
        with pytest.raises(Conflict, match="look again"):
            unit.keys.add(a_case(unit, "2", kind="escalation").id, "escalation", KEY)
        unit.save(case, outcome(ended=("end_done",)), at=NOW, actor="system")

        assert unit.keys.find("escalation", KEY) is None

    store.write(begin)


def test_an_empty_key_finds_nothing(store: Store) -> None:
    """Two campaigns without a key are two campaigns."""

    def begin(unit: Unit) -> None:
        for number in ("1", "2"):
            unit.keys.add(a_case(unit, number, kind="campaign").id, "campaign", {})

        assert unit.keys.find("campaign", {}) is None
        assert unit.keys.open_ones(["campaign"]) == [("1", "campaign", {}), ("2", "campaign", {})]

    store.write(begin)


def test_a_watcher_is_found_by_what_it_watches(store: Store) -> None:
    """The activity in one unit's part is not the activity in another's."""

    def begin(unit: Unit) -> None:
        parent = a_case(unit, "1")
        child = a_case(unit, "2", kind="escalation", parent=parent.id)
        unit.keys.add(child.id, "escalation", KEY, host=("report_in", "units#1"))

        assert [k.number for k in unit.keys.watching(parent.id, [("report_in", "units#1")])] == ["2"]
        assert unit.keys.watching(parent.id, [("report_in", "units#0"), ("do_part", "units#1")]) == []
        unit.keys.over(child.id, at=later(hours=1), completed=False)
        known = unit.keys.of(child.id)

        assert unit.keys.watching(parent.id, [("report_in", "units#1")]) == []
        assert known is not None
        assert (known.over_at, known.completed) == (later(hours=1), False)

    store.write(begin)


def test_a_message_on_its_way_learns_that_its_activity_is_over(store: Store) -> None:
    """Else a case begun a second too late would watch for ever."""
    hosts = {"ask": "sign"}
    case = store.write(a_case)
    store.write(
        lambda unit: unit.save(
            unit.cases.load(case.id), outcome(thrown=(thrown(3),)), at=NOW, actor="system", hosts=hosts
        )
    )
    store.write(lambda unit: unit.messages.over(case.id, "sign", "", at=later(minutes=1), completed=True))
    message = store.read(lambda unit: unit.messages.list_(case=case.id))[0]

    assert (message.host, message.over_at, message.completed) == ("sign", later(minutes=1), True)


def test_a_shielded_case_is_in_no_list_of_others(store: Store) -> None:
    """条例 30: neither the accused nor his unit may learn of it, not even by a number that grows."""

    def begin(unit: Unit) -> None:
        step = outcome(opened=(work(1),), armed=(due(2, later(days=1)),))
        case = a_case(unit, register={"channel": "12389", "ask": "举报"}, step=step)
        unit.shields.raise_(case.id, "accusation")

    store.write(begin)

    def seen(unit: Unit, sees: frozenset[str] | None) -> tuple[int, int, list[Running]]:
        return (
            unit.register.count(Wanted(sees=sees)),
            unit.worklist.count(WantedWork(sees=sees)),
            unit.due.list_(sees=sees),
        )

    assert store.read(lambda unit: seen(unit, frozenset())) == (0, 0, [])
    assert store.read(lambda unit: seen(unit, frozenset({"accusation"})))[:2] == (1, 1)
    assert store.read(lambda unit: seen(unit, None))[:2] == (1, 1)


def test_people_who_are_kept_from_work_do_not_find_it(store: Store) -> None:
    """Separation of duties; whoever stands in for them is kept from it too."""
    store.write(lambda unit: a_case(unit, step=outcome(opened=(work(1, excluded=("p1", "p%")),))))

    def count(person: str, *stands_for: str) -> int:
        wanted = WantedWork(person=person, holds=[("U1", "unit_clerk")], stands_for=stands_for)
        return store.read(lambda unit: unit.worklist.count(wanted))

    assert [count("p1"), count("p2"), count("p2", "p1"), count("p11")] == [0, 1, 0, 1]
