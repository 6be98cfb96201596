"""Events: boundary events of every kind, and what they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from duban.errors import NotWaiting
from duban.model.facts import Kind
from tests.engine.diagrams import NOON, Walk, arrows, boundary, drawn, extensions, node, nodes, service, timer

SIGNAL = '<bpmn:signal id="sg" name="sg"/>'
ON_SIGNAL = '<bpmn:signalEventDefinition signalRef="sg"/>'
MESSAGE = '<bpmn:message id="m" name="more"/>'
ON_MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
ERROR = '<bpmn:error id="er" name="er" errorCode="E1"/><bpmn:error id="er2" name="er2" errorCode="E2"/>'
SUB = nodes("start:si user:t end:ei")


def on_error(ref: str = "er") -> str:
    """Return an error event definition."""
    return f'<bpmn:errorEventDefinition errorRef="{ref}"/>' if ref else "<bpmn:errorEventDefinition/>"


def side(definition: str, *, interrupting: bool, beside: str = "") -> dict[str, bytes]:
    """An activity with one boundary event that leads to a step of its own."""
    edge = boundary("b", "a", definition, interrupting=interrupting)
    return drawn(nodes("start:s user:a user:h end:e end:e2") + edge, "s>a a>e b>h h>e2", beside=beside)


def test_an_interrupting_event_ends_its_activity() -> None:
    """The work is withdrawn, and the worklist hears it."""
    walk = Walk(side(ON_SIGNAL, interrupting=True, beside=SIGNAL))
    task = walk.task("a")

    walk.signal("sg")

    assert walk.open == ["h"]
    assert walk.outcome.closed == (task,)
    assert walk.facts(Kind.WORK_WITHDRAWN) == [{"task": task, "element": "a", "scope": ""}]


@pytest.mark.parametrize(("definition", "beside"), [(ON_SIGNAL, SIGNAL), (ON_MESSAGE, MESSAGE)])
def test_every_one_of_several_events_is_caught(definition: str, beside: str) -> None:
    """SpiffWorkflow swallows the second message on a non-interrupting boundary event, without an error."""
    walk = Walk(side(definition, interrupting=False, beside=beside))
    for _ in range(3):
        walk.signal("sg") if beside == SIGNAL else walk.message("more")

    assert sorted(walk.open) == ["a", "h", "h", "h"]

    walk.complete("a")
    assert walk.open == ["h", "h", "h"]
    with pytest.raises(NotWaiting):
        walk.signal("sg") if beside == SIGNAL else walk.message("more")


def test_a_timer_beside_an_activity_fires_once() -> None:
    """One limit is passed once."""
    walk = Walk(side(timer("PT1H"), interrupting=False))
    walk.later(hours=2)
    walk.later(hours=2)

    assert walk.open == ["a", "h"]
    assert walk.dues == {}


def test_a_cycle_fires_as_often_as_drawn_on_its_own_grid() -> None:
    """A server that slept catches up one by one; the next time counts from the last due, not from now."""
    walk = Walk(side(timer("R3/PT24H", "timeCycle"), interrupting=False))
    walk.later(hours=25)
    first = (walk.open, walk.dues)
    walk.later(hours=100)

    assert first == (["a", "h"], {"b": NOON + timedelta(hours=48)})
    assert walk.open == ["a", "h", "h", "h"]
    assert [fact["due"] for fact in walk.facts(Kind.TIMER_FIRED)] == [
        (NOON + timedelta(hours=hours)).isoformat() for hours in (48, 72)
    ]


def test_a_long_pause_is_caught_up_in_full() -> None:
    """Thousands of firings in one tick are no circle."""
    edge = boundary("b", "a", timer("R/PT1M", "timeCycle"), interrupting=False)
    walk = Walk(drawn(nodes("start:s user:a end:e end:e2") + edge, "s>a a>e b>e2"))

    walk.later(days=4)

    assert len(walk.facts(Kind.TIMER_FIRED)) == 4 * 24 * 60
    assert (walk.look().incidents, walk.dues) == ((), {"b": walk.now + timedelta(minutes=1)})


def test_handlers_of_a_cycle_go_on_when_the_activity_ends() -> None:
    """SpiffWorkflow drops them: what was started is not undone by somebody else's completion."""
    walk = Walk(side(timer("R/PT24H", "timeCycle"), interrupting=False))
    walk.later(hours=25)

    walk.complete("a")

    assert walk.open == ["h"]
    assert walk.dues == {}


def test_a_handler_sees_what_was_known_when_its_activity_began() -> None:
    """And the message that started it, under its event's id."""
    walk = Walk(side(ON_MESSAGE, interrupting=True, beside=MESSAGE), {"k": 1})

    walk.message("more", {"text": "hello"})

    assert walk.sees("h") == {"k": 1, "b": {"text": "hello"}}


def test_timers_fire_one_by_one_in_the_order_in_which_they_were_due() -> None:
    """After a pause history is caught up as it would have happened."""
    edges = boundary("late", "a", timer("PT3H")) + boundary("warn", "a", timer("PT1H"), interrupting=False)
    files = drawn(nodes("start:s user:a user:h user:w end:e end:e2 end:e3") + edges, "s>a a>e late>h h>e2 warn>w w>e3")
    walk = Walk(files)

    walk.later(hours=10)

    assert walk.open == ["w", "h"]
    assert [fact["element"] for fact in walk.facts(Kind.TIMER_FIRED)] == ["warn", "late"]


def test_of_two_interrupting_timers_due_together_the_first_drawn_wins() -> None:
    """A tie is broken by the task's number, the same way every time."""
    edges = boundary("one", "a", timer("PT1H")) + boundary("two", "a", timer("PT1H"))
    files = drawn(nodes("start:s user:a user:h user:g end:e end:e2 end:e3") + edges, "s>a a>e one>h h>e2 two>g g>e3")
    walk = Walk(files)

    walk.later(hours=1)

    assert walk.open == ["h"]


def test_a_signal_ends_every_wait_for_it() -> None:
    """In every branch and every instance; a token that comes later waits for the next one."""
    catch = node("intermediateCatchEvent", "c1", ON_SIGNAL) + node("intermediateCatchEvent", "c2", ON_SIGNAL)
    files = drawn(
        nodes("start:s and:g user:u1 user:u2 end:e1 end:e2") + catch,
        "s>g g>c1 g>c2 c1>u1 c2>u2 u1>e1 u2>e2",
        beside=SIGNAL,
    )
    walk = Walk(files)

    walk.signal("sg", why="now")

    assert walk.open == ["u1", "u2"]
    assert walk.sees("u1") == {"c1": {"why": "now"}}
    assert [fact["tasks"] for fact in walk.facts(Kind.MESSAGE_RECEIVED)] == [[4, 5]]


def test_a_signal_thrown_inside_is_heard_inside() -> None:
    """A case can call off its own waiting."""
    throw = node("intermediateThrowEvent", "t", ON_SIGNAL) + node("intermediateCatchEvent", "c", ON_SIGNAL)
    files = drawn(
        nodes("start:s and:g user:a user:u end:e1 end:e2") + throw, "s>g g>c g>a a>t t>e1 c>u u>e2", beside=SIGNAL
    )
    walk = Walk(files)

    walk.complete("a")

    assert walk.open == ["u"]


# -- errors -------------------------------------------------------------------------------------------

FAILING = drawn(
    nodes("start:s user:z user:h user:g end:e end:e2 end:e3")
    + service("ask")
    + boundary("known", "ask", on_error("er"))
    + boundary("any", "ask", on_error("")),
    "s>ask ask>z z>e known>h h>e2 any>g g>e3",
    beside=ERROR,
)


@pytest.mark.parametrize(("code", "way"), [("E1", "h"), ("other", "g")])
def test_a_failed_call_goes_to_the_boundary_event_of_its_code(code: str, way: str) -> None:
    """An exact code comes before an event that catches everything."""
    walk = Walk(FAILING)

    walk.fail("ask", code)

    assert walk.open == [way]
    assert walk.sees(way) == {{"h": "known", "g": "any"}[way]: {"code": code, "message": "it went wrong"}}
    assert walk.outcome.uncalled == (4,)


def test_an_error_that_nobody_catches_is_an_incident_and_can_be_retried() -> None:
    """SpiffWorkflow shows a NameError instead of the service's own error."""
    walk = Walk(drawn(nodes("start:s user:z end:e") + service("ask"), "s>ask ask>z z>e"))

    walk.fail("ask", "E9")
    incident = walk.look().incidents[0]
    waiting = walk.look().calls
    walk.retry()

    assert (incident.element, incident.reason, incident.detail["code"]) == ("ask", "error", "E9")
    assert waiting == ()
    assert [call.element for call in walk.outcome.calls] == ["ask"]
    walk.answer("ask", {})
    assert walk.open == ["z"]


def test_a_failed_call_can_be_answered_by_hand() -> None:
    """A person who knows the answer need not wait for the machine."""
    walk = Walk(drawn(nodes("start:s user:z end:e") + service("ask"), "s>ask ask>z z>e"))
    task = walk.call("ask")
    walk.fail("ask", "E9")

    walk.answer_task(task, {"by": "hand"})

    assert walk.sees("z") == {"ask": {"by": "hand"}}
    assert walk.outcome.settled == (task,)


def test_an_error_ends_only_its_own_instance() -> None:
    """SpiffWorkflow's error of instance 0 also interrupts instance 1."""
    inner = (
        nodes("start:si user:t")
        + node("exclusiveGateway", "x", default="f_x_ok")
        + node("endEvent", "ok")
        + node("endEvent", "bad", on_error())
        + arrows("si>t; t>x; x>bad[t == 'bad']; x>ok")
    )
    outer = nodes("start:so user:h end:eo end:eh") + node("subProcess", "sp", inner) + boundary("b", "sp", on_error())
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    each = node("subProcess", "each", outer + many + arrows("so>sp sp>eo b>h h>eh"))
    walk = Walk(drawn(nodes("start:s end:e") + each, "s>each each>e", beside=ERROR), {"xs": [1, 2]})

    walk.complete("t", {"t": "bad"})

    assert [(work.scope, work.element) for work in walk.look().work] == [("each#1/sp", "t"), ("each#0", "h")]


def test_a_script_can_end_in_a_bpmn_error() -> None:
    """And a script that fails otherwise is an incident, not a dead case."""
    script = "if v == 0:\n    bpmn_error('E1', 'nothing there')\nw = 1 / v"
    files = drawn(
        nodes("start:s user:z user:h end:e end:e2")
        + node("scriptTask", "sc", f"<bpmn:script>{script}</bpmn:script>")
        + boundary("b", "sc", on_error()),
        "s>sc sc>z z>e b>h h>e2",
        beside=ERROR,
    )
    caught = Walk(files, {"v": 0})
    failed = Walk(files, {"v": "x"})

    assert caught.sees("h") == {"v": 0, "b": {"code": "E1", "message": "nothing there"}}
    assert [(i.reason, i.detail) for i in failed.look().incidents] == [("script", {"line": 3})]


# -- escalations, transactions, conditions ------------------------------------------------------------


@pytest.mark.parametrize(("interrupting", "open_work"), [(True, ["h"]), (False, ["t2", "h"])])
def test_an_escalation_is_heard_outside(interrupting: bool, open_work: list[str]) -> None:
    """It may call for help beside the work, or take the work away."""
    raised = '<bpmn:escalationEventDefinition escalationRef="es"/>'
    inner = (
        nodes("start:si user:t user:t2 end:ei")
        + node("intermediateThrowEvent", "up", raised)
        + arrows("si>t t>up up>t2 t2>ei")
    )
    files = drawn(
        nodes("start:s user:h end:e end:e2")
        + node("subProcess", "sp", inner)
        + boundary("b", "sp", raised, interrupting=interrupting),
        "s>sp sp>e b>h h>e2",
        beside='<bpmn:escalation id="es" name="es" escalationCode="X"/>',
    )
    walk = Walk(files)

    walk.complete("t")

    assert walk.open == open_work


def test_a_cancelled_transaction_leaves_by_its_cancel_event() -> None:
    """Everything else in the transaction is taken away."""
    inner = (
        nodes("start:si and:g user:t user:t2 end:ei")
        + node("endEvent", "off", "<bpmn:cancelEventDefinition/>")
        + arrows("si>g g>t g>t2 t>off t2>ei")
    )
    files = drawn(
        nodes("start:s user:h end:e end:e2")
        + node("transaction", "tx", inner)
        + boundary("b", "tx", "<bpmn:cancelEventDefinition/>"),
        "s>tx tx>e b>h h>e2",
    )
    walk = Walk(files)

    walk.complete("t")

    assert walk.open == ["h"]


def test_terminate_ends_its_own_scope_only() -> None:
    """The sub-process is over with what the terminating token knew; the case goes on."""
    inner = (
        nodes("start:si and:g user:t user:t2 end:ei")
        + node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
        + arrows("si>g g>t g>t2 t>stop t2>ei")
    )
    walk = Walk(drawn(nodes("start:s user:z end:e") + node("subProcess", "sp", inner), "s>sp sp>z z>e"))

    walk.complete("t", {"t": 1})

    assert (walk.open, walk.sees("z")) == (["z"], {"t": 1})


def test_a_condition_is_met_by_a_data_object() -> None:
    """A waiting token's own data never changes; what all tokens share does."""
    objects = '<bpmn:dataObject id="paid"/><bpmn:dataObjectReference id="paid_ref" dataObjectRef="paid"/>'
    output = (
        '<bpmn:dataOutputAssociation id="da"><bpmn:targetRef>paid_ref</bpmn:targetRef></bpmn:dataOutputAssociation>'
    )
    condition = "<bpmn:condition>paid == 'yes'</bpmn:condition>"
    writes = node("userTask", "u", output)
    waits = node(
        "intermediateCatchEvent", "c", f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
    )
    files = drawn(objects + nodes("start:s and:g user:z end:e end:e2") + writes + waits, "s>g g>c g>u c>z z>e u>e2")
    walk = Walk(files)
    before = walk.open

    walk.complete("u", {"paid": "yes"})

    assert (before, walk.open) == (["u"], ["z"])
    assert walk.sees("z") == {"paid": "yes"}


def test_messages_of_older_editors_carry_their_payload_on_the_message() -> None:
    """The payload stood on bpmn:message once; such files are read as they mean."""
    text = extensions("<spiffworkflow:messageVariable>told</spiffworkflow:messageVariable>")
    beside = f'<bpmn:message id="m" name="more">{text}</bpmn:message>'
    walk = Walk(side(ON_MESSAGE, interrupting=True, beside=beside))

    walk.message("more", {"x": 1})

    assert walk.sees("h") == {"told": {"x": 1}}
