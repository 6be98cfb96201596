"""What is redrawn passes the gate before cases run on it, and keeps the ids of what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duban.desk import deployed
from duban.desk.desk import Desk
from duban.desk.shelf import Shelf
from duban.errors import BureauError
from tests.desk.small import BPMN, a_small_bureau, an_errand


def redrawn(desk: Desk, *changes: tuple[str, str]) -> Desk:
    text = BPMN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    bureau = replace(desk.bureau, files={"errand.bpmn": text.encode()})
    return replace(desk, bureau=bureau, shelf=Shelf(bureau))


def test_what_is_in_the_record_is_not_looked_at_again() -> None:
    """A start with nothing redrawn costs nothing, and strands nobody when rules are added."""
    with a_small_bureau("sqlite://") as house:
        assert deployed.admit(house.desk) == ()


def test_a_redrawn_diagram_passes_the_gate_or_is_refused() -> None:
    """Nothing is deployed that breaks a rule."""
    with a_small_bureau("sqlite://") as house:
        desk = redrawn(house.desk, ("交办", "重画的交办"))
        with pytest.raises(BureauError) as caught:
            deployed.admit(desk)

    assert "shape" in {problem.rule for problem in caught.value.problems}


def test_an_element_keeps_its_id() -> None:
    """Open cases, figures and migrations find it by its id."""
    with a_small_bureau("sqlite://") as house:
        desk = redrawn(house.desk, ('"check"', '"checked"'), (">check<", ">checked<"))
        with pytest.raises(BureauError) as caught:
            deployed.admit(desk)

    moved = [problem for problem in caught.value.problems if problem.rule == "stable-id"]
    assert [(problem.element, problem.message[:17]) for problem in moved] == [("checked", "查收 had the id che")]


def test_an_id_is_not_given_to_something_else() -> None:
    """A work item that becomes a call under the same id would be taken for the old one."""
    with a_small_bureau("sqlite://") as house:
        old = BPMN[BPMN.index('<bpmn:userTask id="check"') :]
        old = old[: old.index("</bpmn:userTask>") + len("</bpmn:userTask>")]
        new = old.replace("bpmn:userTask", "bpmn:manualTask")
        with pytest.raises(BureauError) as caught:
            deployed.admit(redrawn(house.desk, (old, new)))

    moved = [problem for problem in caught.value.problems if problem.rule == "stable-id"]
    assert [problem.element for problem in moved] == ["check"]


def test_who_stands_at_what_is_gone_is_told() -> None:
    """They end on the diagram they began on; whoever redraws should know how many."""
    with a_small_bureau("sqlite://") as house:
        an_errand(house)
        desk = redrawn(
            house.desk, ('"ask"', '"asking"'), (">ask<", ">asking<"), ("交办", "交代"), ("ask.what", "asking.what")
        )
        with pytest.raises(BureauError) as caught:
            deployed.admit(desk)
        told = [problem for problem in deployed.told(desk) if problem.rule == "vanished-id"]

    assert "stable-id" not in {problem.rule for problem in caught.value.problems}
    assert [(problem.element, problem.warning) for problem in told] == [("ask", True)]
    assert "1 open cases stand there" in told[0].message
