"""Joins: stock reads history that no longer counts, and merges data by overwriting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stock.ours import Ours
from tests.stock.paper import edge, end, gate, paper, script, start, timer, user
from tests.stock.stock import Stock


def looped(kind: str) -> dict[str, bytes]:
    """Return a loop around a split and its join."""
    always = "[1 == 1]" if kind == "inclusive" else ""
    return paper(
        start(),
        script("i", "n = 0"),
        gate("exclusive", "m"),
        gate(kind, "f"),
        user("A"),
        user("B"),
        gate(kind, "j"),
        user("c"),
        gate("exclusive", "x", default="e"),
        end(),
        flows=f"s>i>m>f; f>A{always}; f>B{always}; A>j; B>j; j>c>x; x>m[n < 3]; x>e",
    )


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_a_join_in_a_loop_waits_for_every_branch_in_every_round(kind: str) -> None:
    """S1, S2: from the second round on, stock takes arrivals of the first round for new ones."""

    def walk(case: Any) -> list[str]:
        for name in ("A", "B", "c", "B"):
            case.complete(name)
        return list(case.open)

    assert walk(Stock(looped(kind))) == ["A", "c"]
    assert walk(Ours(looped(kind))) == ["A"]


def test_an_inclusive_join_waits_for_a_nested_branch() -> None:
    """S3: stock follows one way back only and does not see the token that will still come."""
    files = paper(
        start(),
        gate("inclusive", "f"),
        user("P"),
        gate("inclusive", "g"),
        user("C"),
        user("D"),
        gate("inclusive", "k"),
        user("E"),
        user("B"),
        gate("inclusive", "j"),
        user("Z"),
        end(),
        flows="s>f; f>P[1 == 1]; f>B[1 == 1]; P>g; g>C[n == 1]; g>D[n == 2]; C>k; D>k; k>E>j; B>j; j>Z>e",
    )

    def walk(case: Any) -> list[str]:
        case.complete("B")
        case.complete("P", n=2)
        return list(case.open)

    assert walk(Stock(files)) == ["D", "Z"]
    assert walk(Ours(files)) == ["D"]


def split(first: str, left: str, right: str) -> dict[str, bytes]:
    """Return two scripts side by side."""
    return paper(
        start(),
        script("i", first),
        gate("parallel", "f"),
        script("A", left),
        script("B", right),
        gate("parallel", "j"),
        user("u"),
        end(),
        flows="s>i>f; f>A>j; f>B>j; j>u>e",
    )


@pytest.mark.parametrize(
    ("first", "left", "right", "expected"),
    [
        # one branch changes what the other only carries along
        ("v = 0", "v = 1", "pass", {"v": 1}),
        # each branch changes its own
        ("v = 0\nw = 0", "v = 1", "w = 1", {"v": 1, "w": 1}),
        # a deletion is a change
        ("v = 0\nw = 1", "del v", "pass", {"w": 1}),
    ],
)
def test_a_change_in_one_branch_survives_the_join(first: str, left: str, right: str, expected: dict[str, Any]) -> None:
    """S12: at a stock join the stale copy of the branch merged last wins."""
    files = split(first, left, right)

    assert Stock(files).sees("u") != expected
    assert Ours(files).sees("u") == expected


@pytest.mark.parametrize(
    ("first", "left", "right"),
    [
        # two values for one key
        ("v = 0", "v = 1", "v = 2"),
        # two appended lists
        ("v = [1]", "v = v + [2]", "v = v + [3]"),
    ],
)
def test_two_changes_of_one_value_are_a_conflict_for_a_person(first: str, left: str, right: str) -> None:
    """Stock keeps one of them, silently."""
    files = split(first, left, right)
    stock, ours = Stock(files), Ours(files)

    assert stock.open == ["u"]
    assert (ours.open, ours.incidents) == ([], ["merge_conflict"])


def test_a_counter_in_a_reminder_branch_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """S12: one petition in five lost its reminder count on stock."""
    files = paper(
        start(),
        script("i", "reminders = 0"),
        user("A"),
        edge("t", "A", timer('"PT1H"'), interrupting=False),
        script("r", "reminders = reminders + 1"),
        end("e1"),
        end(),
        flows="s>i>A>e; t>r>e1",
    )

    def walk(case: Any) -> Any:
        case.later(2)
        case.complete("A", seen=True)
        return case.data["reminders"]

    assert walk(Stock(files, monkeypatch)) == 0
    assert walk(Ours(files)) == 1
