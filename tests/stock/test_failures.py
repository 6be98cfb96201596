"""Failures: they surface as themselves, stop one token only, and wait for a person."""

from __future__ import annotations

import pytest

from duban.errors import DiagramError
from duban.model.calls import BusinessError
from tests.stock.ours import Ours
from tests.stock.paper import edge, end, event, formal, gate, node, paper, script, service, start, user
from tests.stock.stock import Stock


def beside(failing: str) -> dict[str, bytes]:
    """Return a user task beside something that fails."""
    return paper(
        start(),
        user("go"),
        gate("parallel", "f"),
        failing,
        user("B"),
        gate("parallel", "j"),
        end(),
        flows="s>go>f; f>X>j; f>B>j; j>e",
    )


def test_a_failing_script_stops_its_own_token_only() -> None:
    """On stock the exception leaves the engine step and the caller must know what to save."""
    files = beside(script("X", "v = 1 / n"))
    stock, ours = Stock(files), Ours(files)
    ours.complete("go", n=0)

    with pytest.raises(Exception, match="zero"):
        stock.complete("go", n=0)
    assert (ours.open, ours.incidents) == (["B"], ["script"])


def test_a_gateway_without_a_way_out_is_an_incident() -> None:
    """On stock the exception leaves the engine step."""
    files = paper(
        start(),
        user("go"),
        gate("exclusive", "g"),
        user("A"),
        user("B"),
        end(),
        node("endEvent", "e2"),
        flows="s>go>g; g>A[n == 1]; g>B[n == 2]; A>e; B>e2",
    )
    stock, ours = Stock(files), Ours(files)
    ours.complete("go", n=7)

    with pytest.raises(Exception, match="No conditions"):
        stock.complete("go", n=7)
    assert (ours.open, ours.incidents) == ([], ["no_flow"])


def test_a_condition_that_cannot_be_evaluated_is_an_incident() -> None:
    """On stock the exception leaves the engine step."""
    files = paper(
        start(),
        user("go"),
        gate("exclusive", "g", default="B"),
        user("A"),
        user("B"),
        end(),
        node("endEvent", "e2"),
        flows="s>go>g; g>A[missing > 1]; g>B; A>e; B>e2",
    )
    stock, ours = Stock(files), Ours(files)
    ours.complete("go")

    with pytest.raises(Exception, match="missing"):
        stock.complete("go")
    assert (ours.open, ours.incidents) == ([], ["expression"])


def test_an_error_that_a_script_raises_reaches_the_boundary() -> None:
    """On stock nothing that happens in a script ever reaches the error boundary event of its task."""

    def raising(text: str) -> dict[str, bytes]:
        return paper(
            start(),
            user("go"),
            script("X", text),
            edge("b", "X", event("error", "er")),
            user("H"),
            gate("exclusive", "m"),
            end(),
            flows="s>go>X>m; b>H>m; m>e",
            roots='<bpmn:error id="er" name="er" errorCode="er"/>',
        )

    stock, ours = Stock(raising('raise ValueError("er")')), Ours(raising('bpmn_error("er", "no paper")'))
    ours.complete("go")

    with pytest.raises(Exception, match="er"):
        stock.complete("go")
    assert ours.open == ["H"]


def called() -> dict[str, bytes]:
    """Return a service task with an error boundary event."""
    return paper(
        start(),
        user("go"),
        service("X"),
        edge("b", "X", event("error", "er")),
        user("H"),
        gate("exclusive", "m"),
        end(),
        flows="s>go>X>m; b>H>m; m>e",
        roots='<bpmn:error id="er" name="er" errorCode="er"/>',
    )


def test_a_service_is_called_after_the_step_and_its_error_reaches_the_boundary() -> None:
    """On stock a failing service hides behind a NameError, and the boundary event never hears of it."""
    stock, ours = Stock(called()), Ours(called())
    ours.complete("go")
    wanted = ours.outcome.calls

    with pytest.raises(NameError, match="script"):
        stock.complete("go")
    assert [(call.element, call.operator) for call in wanted] == [("X", "ops/do")]
    ours.deliver(BusinessError(task=wanted[0].task, code="er"))
    assert ours.open == ["H"]


def test_an_error_that_nobody_catches_is_an_incident() -> None:
    """The real failure is what a person reads; on stock it is a NameError."""
    stock, ours = Stock(called()), Ours(called())
    ours.complete("go")
    task = ours.outcome.calls[0].task
    ours.deliver(BusinessError(task=task, code="other", message="the printer is on fire"))

    with pytest.raises(NameError, match="script"):
        stock.complete("go")
    assert ours.incidents == ["error"]
    assert "the printer is on fire" in ours.look().incidents[0].message


def test_an_ad_hoc_sub_process_is_refused_by_name() -> None:
    """On stock it parses and then fails with a KeyError in the first steps."""
    inside = '<bpmn:userTask id="a1"/><bpmn:userTask id="a2"/>' + formal("completionCondition", "False")
    files = paper(
        start(),
        node("adHocSubProcess", "ah", inside),
        end(),
        flows="s>ah>e",
    )

    with pytest.raises(Exception, match="data_objects"):
        Stock(files)
    with pytest.raises(DiagramError, match="ah"):
        Ours(files)
