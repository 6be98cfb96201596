"""Data: what a task saw stays what it saw, and old cases stay alive."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stock.ours import Ours
from tests.stock.paper import end, gate, node, paper, script, start, user
from tests.stock.stock import Stock


def test_nested_data_is_not_shared_between_branches() -> None:
    """On stock a value inside a value is the same object in both branches and in the history."""
    files = paper(
        start(),
        script("i", 'd = {"k": {"z": 0}}'),
        gate("parallel", "f"),
        user("A"),
        script("B", 'd["k"]["z"] = 99'),
        user("C"),
        gate("parallel", "j"),
        end(),
        flows="s>i>f; f>A>j; f>B>C>j; j>e",
    )

    assert Stock(files).sees("A") != {"d": {"k": {"z": 0}}}
    assert Ours(files).sees("A") == {"d": {"k": {"z": 0}}}


def test_a_data_object_stays_visible() -> None:
    """On stock its value leaves the data of every task that is not associated with it."""
    files = paper(
        '<bpmn:dataObject id="obj"/><bpmn:dataObjectReference id="ref" name="obj" dataObjectRef="obj"/>',
        start(),
        user(
            "A",
            '<bpmn:dataOutputAssociation id="do"><bpmn:targetRef>ref</bpmn:targetRef></bpmn:dataOutputAssociation>',
        ),
        user("U"),
        end(),
        flows="s>A>U>e",
    )

    def walk(case: Any) -> Any:
        case.complete("A", obj={"a": 1})
        return case.sees("U").get("obj")

    assert walk(Stock(files)) is None
    assert walk(Ours(files)) == {"a": 1}


def test_a_case_that_went_round_often_is_still_open() -> None:
    """Stock grows with every round: it fails in the recursion, or reports the case as completed."""
    steps = [f"p{n}" for n in range(30)]
    files = paper(
        start(),
        gate("exclusive", "m"),
        *(node("intermediateThrowEvent", name) for name in steps),
        user("A"),
        gate("exclusive", "g", default="e"),
        end(),
        flows=f"s>m>{'>'.join(steps)}>A>g; g>m[again]; g>e",
    )
    stock, ours = Stock(files), Ours(files)

    def rounds(case: Any) -> list[int]:
        sizes = []
        for _ in range(50):
            case.complete("A", again=True)
            sizes.append(len(getattr(case, "state", ())))
        return sizes

    sizes = rounds(ours)

    with pytest.raises((RecursionError, IndexError)):
        rounds(stock)
    assert ours.open == ["A"]
    assert max(sizes) - min(sizes) <= 16


def test_the_first_flow_drawn_wins_wherever_its_shape_stands() -> None:
    """On stock the higher shape wins: moving a box changes what happens."""
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" y="{y}" width="100" height="80"/>'
        "</bpmndi:BPMNShape>"
        for name, x, y in (
            ("s", 0, 0),
            ("g", 100, 0),
            ("A", 300, 400),
            ("B", 300, 100),
            ("eA", 500, 400),
            ("eB", 500, 100),
        )
    )
    plane = f'<bpmndi:BPMNPlane id="p" bpmnElement="main">{shapes}</bpmndi:BPMNPlane>'
    files = paper(
        start(),
        gate("exclusive", "g"),
        user("A"),
        user("B"),
        node("endEvent", "eA"),
        node("endEvent", "eB"),
        flows="s>g; g>A[1 == 1]; g>B[1 == 1]; A>eA; B>eB",
        shapes=f'<bpmndi:BPMNDiagram id="d">{plane}</bpmndi:BPMNDiagram>',
    )

    assert Stock(files).open == ["B"]
    assert Ours(files).open == ["A"]
