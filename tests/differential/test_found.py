"""What the random processes found, each as small as it can be told."""

from __future__ import annotations

from duban.engine import process
from tests.stock.ours import Ours
from tests.stock.paper import end, event, paper, start, sub, user

ROOTS = '<bpmn:message id="more" name="more"/><bpmn:signal id="stop" name="stop"/>'


def test_a_clash_of_ended_tokens_can_be_settled_when_no_token_is_left() -> None:
    """Two notes clash, a third is still open: what interrupts then asked for a choice that changed nothing."""
    case = Ours(
        paper(
            start(),
            user("main_work"),
            end(),
            sub(
                "note",
                start("noted", event("message", "more"), isInterrupting="false"),
                user("write"),
                end("written"),
                flows="noted>write>written",
                triggeredByEvent="true",
            ),
            sub(
                "stopped",
                start("stopping", event("signal", "stop"), isInterrupting="true"),
                user("say_why"),
                end("said"),
                flows="stopping>say_why>said",
                triggeredByEvent="true",
            ),
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
    incident = case.look().incidents[0]

    case.keep(
        process.settle(
            case.definition,
            case.state,
            incident.task,
            process.Choose(values={"text": 2}),
            now=case.now,
            deadlines=case.deadlines,
        )
    )

    assert (case.open, case.incidents) == (["say_why"], [])
    assert case.sees("say_why")["text"] == 2
