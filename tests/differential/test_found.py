"""What the random processes found, each as small as it can be told."""

from __future__ import annotations

import pytest

from duban.engine import process
from duban.model.calls import BusinessError
from tests.differential.harness import play
from tests.stock.ours import Ours
from tests.stock.paper import end, event, gate, paper, script, service, start, sub, user

ROOTS = (
    '<bpmn:message id="more" name="more"/><bpmn:signal id="stop" name="stop"/>'
    '<bpmn:error id="bad" name="bad" errorCode="BAD"/>'
)
NOTE = sub(
    "note",
    start("noted", event("message", "more"), isInterrupting="false"),
    user("write"),
    end("written"),
    flows="noted>write>written",
    triggeredByEvent="true",
)


def stopped(kind: str, ref: str) -> str:
    """Draw an event sub-process that replaces everything."""
    return sub(
        "stopped",
        start("stopping", event(kind, ref), isInterrupting="true"),
        user("say_why"),
        end("said"),
        flows="stopping>say_why>said",
        triggeredByEvent="true",
    )


def with_two_notes(*nodes: str, flows: str) -> Ours:
    """Return a case beside which two notes were written that clash."""
    case = Ours(paper(*nodes, NOTE, stopped("error", "bad"), flows=flows, roots=ROOTS))
    for _ in range(2):
        case.message("more")
    case.complete("write", text=1)
    case.complete("write", text=2)
    return case


def choose(case: Ours, **values: object) -> None:
    """Choose values in the only incident."""
    (incident,) = case.look().incidents
    decision = process.Choose(values=values)
    now, deadlines = case.now, case.deadlines
    case.keep(process.settle(case.definition, case.state, incident.task, decision, now=now, deadlines=deadlines))


def test_a_clash_of_ended_tokens_can_be_settled_when_no_token_is_left() -> None:
    """Two notes clash, a third is still open: what interrupts then asked for a choice that changed nothing."""
    case = Ours(
        paper(
            start(),
            user("main_work"),
            end(),
            NOTE,
            stopped("signal", "stop"),
            flows="s>main_work>e",
            roots=ROOTS,
        )
    )
    for _ in range(3):
        case.message("more")
    case.complete("write", text=1)
    case.complete("write", text=2)
    case.complete("main_work")
    case.signal("stop")

    choose(case, text=2)

    assert (case.open, case.incidents) == (["say_why"], [])
    assert case.sees("say_why")["text"] == 2


THROWERS = {"error end": end("e", event("error", "bad")), "script": script("e", "bpmn_error('BAD', 'no')")}


@pytest.mark.parametrize("thrower", THROWERS)
def test_who_throws_an_error_waits_while_its_catcher_waits_for_a_choice(thrower: str) -> None:
    """The token went on to the end of the process: a second incident, whose choice ended the case as if well."""
    case = with_two_notes(start(), user("work"), THROWERS[thrower], flows="s>work>e")
    case.complete("work", work=5)

    assert case.incidents == ["merge_conflict"]

    choose(case, text=2)
    seen = case.sees("say_why")

    assert (case.open, case.incidents, case.ends) == (["say_why"], [], None)
    assert {key: seen[key] for key in ("work", "text")} == {"work": 5, "text": 2}


def test_a_second_error_does_not_come_again_while_its_catcher_waits_for_a_choice() -> None:
    """The incident was opened a second time, and the second error took the place of the first."""
    case = with_two_notes(
        start(),
        gate("parallel", "p"),
        service("one"),
        service("two"),
        gate("parallel", "j"),
        end(),
        flows="s>p>one>j>e; p>two>j",
    )
    for message in ("first", "second"):
        (call, *_) = case.look().calls
        case.deliver(BusinessError(task=call.task, code="BAD", message=message))

    assert (case.incidents, case.calls, case.outcome.incidents) == (["merge_conflict"], [], ())

    choose(case, text=2)

    assert case.sees("say_why") == {"text": 2, "stopped": {"code": "BAD", "message": "first"}}


@pytest.mark.parametrize("seed", [90254, 312859, 611024])
def test_a_seed_that_diverged_agrees(seed: int) -> None:
    """The interpreter erred in the first two.

    90254: it forgot who threw the error when a person chose; the handler knows what the thrower knew too.
    312859: what clashed at the end of a scope stayed to be settled when an event had replaced all tokens there.
    611024: of two tokens that one signal moved, the one whose join had waited longer ended first.
    """
    assert play(seed).ended
