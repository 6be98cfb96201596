"""Multi-instances: entered twice, interrupted, and read in order."""

from __future__ import annotations

from typing import Any

import pytest
from SpiffWorkflow.exceptions import TaskNotFoundException

from tests.stock.ours import Ours
from tests.stock.paper import edge, end, gate, many, paper, script, start, sub, timer, user
from tests.stock.stock import Stock


def test_a_multi_instance_can_be_entered_twice() -> None:
    """On stock the second round fails, because the list of the first is still there."""
    files = paper(
        start(),
        gate("exclusive", "m"),
        user("A", many("xs", "x", out="ys", result="y")),
        user("more"),
        gate("exclusive", "g", default="e"),
        end(),
        flows="s>m>A>more>g; g>m[again]; g>e",
    )

    def round_of(case: Any, first: int, *, again: bool) -> None:
        case.complete("A", y=first)
        case.complete("A", y=first + 1)
        case.complete("more", again=again)

    stock, ours = Stock(files, xs=[1, 2]), Ours(files, xs=[1, 2])
    round_of(ours, 1, again=True)
    round_of(ours, 5, again=False)

    with pytest.raises(Exception, match="output must be empty"):
        round_of(stock, 1, again=True)
    assert (ours.ended, ours.data["ys"]) == (True, [5, 6])


def test_an_interrupted_multi_instance_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: stock drops its sub-processes without cancelling them; the next step fails and the case is stuck."""
    files = paper(
        start(),
        sub("A", start("is"), user("B"), end("ie"), flows="is>B>ie", body=many("xs", "x")),
        edge("t", "A", timer('"PT1H"')),
        user("Z"),
        gate("exclusive", "m"),
        end(),
        flows="s>A>m; t>Z>m; m>e",
    )
    stock, ours = Stock(files, monkeypatch, xs=[1, 2]), Ours(files, xs=[1, 2])
    ours.later(2)

    with pytest.raises(TaskNotFoundException):
        stock.later(2)
    assert ours.open == ["Z"]
    ours.complete("Z")
    assert ours.ended


def test_results_stand_in_the_order_of_the_items() -> None:
    """Stock appends in the order of completion: nobody can tell whose result it was."""
    files = paper(
        start(),
        user("A", many("xs", "x", out="ys", result="y")),
        user("U"),
        end(),
        flows="s>A>U>e",
    )

    def walk(case: Any) -> Any:
        case.complete("A", 1, y="second")
        case.complete("A", 0, y="first")
        return case.sees("U")["ys"]

    assert walk(Stock(files, xs=[1, 2])) == ["second", "first"]
    assert walk(Ours(files, xs=[1, 2])) == ["first", "second"]


def test_a_multi_instance_that_nothing_comes_out_of_keeps_its_writes_apart() -> None:
    """Stock merges what the instances wrote over each other; the last one wins."""
    files = paper(
        start(),
        script("i", "v = 0"),
        user("A", many("xs", "x")),
        user("U"),
        end(),
        flows="s>i>A>U>e",
    )

    def walk(case: Any) -> Any:
        case.complete("A", v=1)
        case.complete("A", v=2)
        return case.sees("U")["v"]

    assert walk(Stock(files, xs=[1, 2])) == 2
    assert walk(Ours(files, xs=[1, 2])) == 0
