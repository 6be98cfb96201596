"""The register: one row per petition, found by whatever people know of it."""

from __future__ import annotations

import pytest

from duban.errors import NotFound
from duban.store import Store, Unit
from duban.store.register import Wanted
from tests.store.builders import NOW, a_case, due, later, outcome


def three(unit: Unit) -> None:
    """Register three petitions."""
    a_case(
        unit,
        "云信〔2026〕00001",
        register={
            "channel": "web",
            "ask": "噪音扰民100%属实",
            "matter": "M0301",
            "unit": "U1",
            "stage": "办理",
            "weight": "plain",
        },
        step=outcome(armed=(due(1, later(days=1)),)),
    )
    a_case(
        unit,
        "云信〔2026〕00002",
        register={
            "channel": "hotline",
            "ask": "车辆被盗",
            "matter": "M0302",
            "unit": "U2",
            "supervising": "U9",
            "stage": "办理",
            "petitioner": "王某某",
            "received_at": later(days=-5),
        },
        step=outcome(armed=(due(1, later(days=9)),)),
    )
    ended = a_case(unit, "云信〔2026〕00003", register={"channel": "web", "ask": "感谢民警", "status": "closed"})
    unit.save(ended, outcome(ended=("closed",)), at=later(days=1), actor="zhang")


FILTERS = [
    (Wanted(), "312"),
    (Wanted(channel="web"), "31"),
    (Wanted(unit="U1"), "1"),
    (Wanted(supervising="U9"), "2"),
    # a class holds its leaves
    (Wanted(matter="M03"), "12"),
    (Wanted(matter="M0302"), "2"),
    # a sign of LIKE is a letter like any other
    (Wanted(matter="M%"), ""),
    (Wanted(stage="办理"), "12"),
    (Wanted(weight="plain"), "1"),
    (Wanted(status="closed"), "3"),
    (Wanted(is_open=True), "12"),
    (Wanted(is_open=False), "3"),
    (Wanted(overdue_at=later(days=2)), "1"),
    (Wanted(received_from=NOW), "31"),
    (Wanted(received_until=NOW), "2"),
    (Wanted(words="00002"), "2"),
    (Wanted(words="扰民"), "1"),
    (Wanted(words="100%属"), "1"),
    (Wanted(words="王某"), "2"),
    (Wanted(channel="web", is_open=True, words="噪音"), "1"),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
def test_petitions_are_found(store: Store, wanted: Wanted, found: str) -> None:
    """Newest received first; the count agrees."""
    store.write(three)

    entries = store.read(lambda unit: unit.register.list_(wanted))
    assert "".join(entry.number[-1] for entry in entries) == found
    assert store.read(lambda unit: unit.register.count(wanted)) == len(found)


def test_a_row_follows_its_case(store: Store) -> None:
    """What a step changes stands in the register with the same commit."""
    case = store.write(lambda unit: a_case(unit, register={"channel": "web", "received_at": later(days=-1)}))
    step = outcome(armed=(due(1, later(days=3)), due(2, later(days=1), warning=True), due(3, later(days=2), name=None)))

    store.write(
        lambda unit: unit.save(case, step, at=later(hours=1), actor="zhang", register={"stage": "办理", "unit": "U2"})
    )

    entry = store.read(lambda unit: unit.register.get(case.number))
    assert (entry.stage, entry.unit, entry.next_due, entry.moved_at, entry.received_at, entry.ended_at) == (
        "办理",
        "U2",
        later(days=3),
        later(hours=1),
        later(days=-1),
        None,
    )


def test_rows_are_counted_by_column(store: Store) -> None:
    """For figures on pages; free text is not a class."""
    store.write(three)

    assert store.read(lambda unit: unit.register.tally("channel")) == {"hotline": 1, "web": 2}
    assert store.read(lambda unit: unit.register.tally("unit", Wanted(is_open=True))) == {"U1": 1, "U2": 1}
    with pytest.raises(ValueError, match="does not count by 'ask'"):
        store.read(lambda unit: unit.register.tally("ask"))


def test_repeats_point_to_the_first_petition(store: Store) -> None:
    """Whoever complains a third time repeats the first petition, not the second; each repeat counts once."""

    def link(unit: Unit) -> list[tuple[int | None, int]]:
        cases = [a_case(unit, str(n), register={"channel": "web"}).id for n in range(3)]
        unit.register.link_repeat(cases[1], cases[0])
        unit.register.link_repeat(cases[2], cases[1])
        unit.register.link_repeat(cases[2], cases[0])
        return [(unit.register.get(case).repeat_of, unit.register.get(case).repeat_n) for case in cases]

    assert store.write(link) == [(None, 2), (1, 0), (1, 0)]


def test_a_petition_does_not_repeat_itself(memory: Store) -> None:
    """Nor does it by way of its own repeat."""
    one = memory.write(lambda unit: a_case(unit, "1", register={"channel": "web"})).id
    two = memory.write(lambda unit: a_case(unit, "2", register={"channel": "web"})).id
    memory.write(lambda unit: unit.register.link_repeat(two, one))

    with pytest.raises(ValueError, match="cannot repeat itself"):
        memory.write(lambda unit: unit.register.link_repeat(one, two))
    with pytest.raises(NotFound):
        memory.write(lambda unit: unit.register.link_repeat(one, 99))


def test_unknown_columns_and_rows_are_refused(memory: Store) -> None:
    """A misspelt column would otherwise be a lost figure."""
    case = memory.write(a_case)

    with pytest.raises(ValueError, match="no column colour to write; it has ask, channel"):
        memory.write(lambda unit: unit.register.update(case.id, {"colour": "red"}))
    with pytest.raises(ValueError, match="needs its channel"):
        memory.write(lambda unit: a_case(unit, "2", register={"ask": "x"}))
    with pytest.raises(NotFound):
        memory.write(lambda unit: unit.register.update(case.id, {"stage": "办理"}))
    with pytest.raises(NotFound):
        memory.read(lambda unit: unit.register.get(case.number))
