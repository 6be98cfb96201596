"""Three-way merges, by property; and what becomes of them in a case."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.kernel.handed import same
from duban.engine.kernel.merge import merge3
from duban.errors import Refused
from tests.engine.diagrams import Walk, boundary, drawn, node, nodes

KEYS = st.sampled_from(["a", "b", "c"])
LEAVES = st.one_of(st.integers(0, 2), st.booleans(), st.just(1.0), st.text("xy", max_size=1), st.just([1]), st.just([]))
DATA = st.dictionaries(KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6))


@given(DATA, DATA)
def test_one_changed_branch_wins_whole(base: dict[str, Any], branch: dict[str, Any]) -> None:
    """What only one branch touched is never lost: additions, changes and deletions."""
    merged, conflicts = merge3(base, [branch, base])

    assert conflicts == []
    assert same(merged, branch)


@given(DATA, DATA)
def test_branches_that_agree_do_not_conflict(base: dict[str, Any], branch: dict[str, Any]) -> None:
    """The same change made twice is one change."""
    merged, conflicts = merge3(base, [branch, branch])

    assert conflicts == []
    assert same(merged, branch)


@given(DATA, DATA, DATA)
def test_the_order_of_branches_decides_nothing(base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]) -> None:
    """Who comes first to a join must not matter."""
    merged, conflicts = merge3(base, [one, two])
    turned, other = merge3(base, [two, one])

    assert {c.path for c in conflicts} == {c.path for c in other}
    if not conflicts:
        assert same(merged, turned)


@given(DATA, DATA, DATA)
def test_a_conflict_names_path_base_and_every_value(
    base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]
) -> None:
    """A person can only choose between what he is shown."""
    _, conflicts = merge3(base, [one, two])

    for conflict in conflicts:
        assert len(conflict.values) == 2
        assert not same(conflict.values[0], conflict.values[1])
        assert not any(same(value, conflict.base) for value in conflict.values)


@pytest.mark.parametrize(
    ("base", "one", "two"),
    [
        ({"v": 1}, {"v": True}, {"v": 1}),  # True is not 1: the change of type is a change
        ({"v": 1}, {"v": 1.0}, {"v": 1}),
    ],
)
def test_values_of_another_type_are_other_values(base: Any, one: Any, two: Any) -> None:
    """Python says 1 == True; the record does not."""
    merged, _ = merge3(base, [one, two])

    assert same(merged, one)


FORK = drawn(nodes("start:s and:g user:a user:b and:j user:z end:e"), "s>g g>a g>b a>j b>j j>z z>e")


@pytest.mark.parametrize(
    ("before", "a", "b", "after"),
    [
        ({"v": 0}, {"v": 1}, {}, {"v": 1}),  # SpiffWorkflow: v=0, A's change is lost
        ({"v": 0}, {}, {"v": 1}, {"v": 1}),
        ({"v": 0}, {"v": 5}, {"v": 5}, {"v": 5}),
        ({"d": {"x": 0, "y": 0}}, {"d": {"x": 1, "y": 0}}, {"d": {"x": 0, "y": 2}}, {"d": {"x": 1, "y": 2}}),
    ],
)
def test_parallel_branches_lose_no_update(before: Any, a: Any, b: Any, after: Any) -> None:
    """The commonest complaint about SpiffWorkflow's parallel join."""
    walk = Walk(FORK, before)
    walk.complete("a", a)
    walk.complete("b", b)

    assert walk.sees("z") == after


def test_a_real_conflict_becomes_an_incident_with_every_value() -> None:
    """Nobody's write is thrown away silently; a person chooses, and the case goes on."""
    walk = Walk(FORK, {"v": 0, "k": {"n": 1}})
    walk.complete("a", {"v": 1, "k": {"n": 2}})
    walk.complete("b", {"v": 2, "k": {"n": 3}})

    incident = walk.look().incidents[0]
    assert (incident.element, incident.reason) == ("j", "merge_conflict")
    assert incident.detail == {
        "paths": [
            {"path": ["v"], "base": 0, "values": [{"flow": "f_a_j", "value": 1}, {"flow": "f_b_j", "value": 2}]},
            {"path": ["k", "n"], "base": 1, "values": [{"flow": "f_a_j", "value": 2}, {"flow": "f_b_j", "value": 3}]},
        ]
    }
    with pytest.raises(Refused, match=r"k\.n"):
        walk.choose({"v": 1})

    walk.choose({"v": 1, "k.n": 9})

    assert walk.outcome.settled == (incident.task,)
    assert walk.sees("z") == {"v": 1, "k": {"n": 9}}


def test_a_person_may_choose_that_a_key_is_deleted() -> None:
    """One branch withdrew what the other changed: both answers must be possible."""
    script = node("scriptTask", "a", "<bpmn:script>del v</bpmn:script>")
    files = drawn(f"{nodes('start:s and:g user:b and:j user:z end:e')}{script}", "s>g g>a g>b a>j b>j j>z z>e")
    walk = Walk(files, {"v": 0})
    walk.complete("b", {"v": 2})
    told = walk.look().incidents[0].detail["paths"][0]["values"]

    walk.choose({}, gone=frozenset({"v"}))

    assert told == [{"flow": "f_a_j"}, {"flow": "f_b_j", "value": 2}]
    assert walk.sees("z") == {}


ROUNDS = drawn(
    nodes("start:s xor:m user:a user:told end:e end:e2")
    + node("exclusiveGateway", "x", default="f_x_e")
    + boundary("warn", "a", '<bpmn:signalEventDefinition signalRef="sg"/>', interrupting=False),
    "s>m; m>a; a>x; x>m[a.again]; x>e; warn>told; told>e2",
    beside='<bpmn:signal id="sg" name="warn"/>',
)


def test_a_reminder_of_the_next_round_replaces_that_of_the_last() -> None:
    """Two side tokens one after the other are no conflict: the later result stands when the case ends."""
    walk = Walk(ROUNDS)
    for n in range(3):
        walk.signal("warn")
        walk.complete("told", {"told": n})
        walk.complete("a", {"a": {"again": n < 2}})

    assert (walk.ended, walk.data) == (("e",), {"a": {"again": False}, "told": 2})


def test_a_later_reminder_replaces_an_earlier_one_of_the_same_activity() -> None:
    """Two firings beside one activity, one after the other, and forms with other fields: no half of each stays."""
    walk = Walk(ROUNDS)
    walk.signal("warn")
    walk.complete("told", {"told": {"by": "sms", "at": 1}})
    walk.signal("warn")
    walk.complete("told", {"told": {"by": "phone"}})
    walk.complete("a", {"a": {"again": False}})

    assert (walk.ended, walk.data) == (("e",), {"a": {"again": False}, "told": {"by": "phone"}})


def test_side_tokens_at_the_same_time_can_conflict() -> None:
    """Both ran at once and neither knew of the other: a person decides at the end."""
    walk = Walk(ROUNDS)
    walk.signal("warn")
    walk.signal("warn")
    walk.complete("told", {"told": 1})
    walk.complete("told", {"told": 2})
    walk.complete("a", {"a": {"again": False}})

    assert walk.look().incidents[0].detail["paths"][0]["path"] == ["told"]
    walk.choose({"told": 2})
    assert (walk.ended, walk.data) == (("e",), {"a": {"again": False}, "told": 2})


def test_every_value_is_shown_when_branches_came_by_one_flow() -> None:
    """Three firings of one event end by the same flow: a person must see all three values, not the last two."""
    walk = Walk(ROUNDS)
    for _ in range(3):
        walk.signal("warn")
    walk.complete("a", {"a": {"again": False}})
    for n in (1, 2, 3):
        walk.complete("told", {"told": n})
    values = walk.look().incidents[0].detail["paths"][0]["values"]

    assert sorted(value["value"] for value in values) == [1, 2, 3]


def test_ended_side_tokens_do_not_make_a_case_grow() -> None:
    """A case may live for years: the state after forty rounds is as small as after four."""
    walk = Walk(ROUNDS)
    sizes = []
    for n in range(40):
        walk.signal("warn")
        walk.complete("told", {"told": n + 100})
        walk.complete("a", {"a": {"again": True}})
        sizes.append(len(walk.state))

    assert sizes[39] <= sizes[3] + 20
