"""Scopes: sub-processes, called processes, event sub-processes and data objects."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.diagrams import NOON, Walk, arrows, boundary, drawn, node, nodes, timer

SIGNAL = '<bpmn:signal id="sg" name="sg"/>'
ON_SIGNAL = '<bpmn:signalEventDefinition signalRef="sg"/>'


def event_scope(definition: str, *, interrupting: bool, inside: str = "user:z end:ez", ways: str = "st>z z>ez") -> str:
    """Return an event sub-process."""
    start = node("startEvent", "st", definition, isInterrupting=str(interrupting).lower())
    return node("subProcess", "ev", start + nodes(inside) + arrows(ways), triggeredByEvent="true")


def test_a_sub_process_works_on_the_data_and_gives_it_back() -> None:
    """What is written inside is known outside afterwards."""
    inner = nodes("start:si user:t end:ei") + arrows("si>t t>ei")
    walk = Walk(drawn(nodes("start:s user:z end:e") + node("subProcess", "sp", inner), "s>sp sp>z z>e"), {"k": 1})
    scope = walk.look().work[0].scope

    walk.complete("t", {"t": 2})

    assert scope == "sp"
    assert walk.sees("z") == {"k": 1, "t": 2}
    assert walk.outcome.written == {"t": 2}


CALLED = drawn(nodes("start:cs user:t end:ce"), "cs>t t>ce", process_id="called")


def test_a_call_activity_runs_another_process() -> None:
    """It may stand in another file; its scope is named by the activity that calls."""
    calling = drawn(nodes("start:s user:z end:e") + node("callActivity", "ca", calledElement="called"), "s>ca ca>z z>e")
    walk = Walk({**calling, **CALLED}, {"k": 1})
    scope = walk.look().work[0].scope

    walk.complete("t", {"t": 2})

    assert scope == "ca"
    assert walk.sees("z") == {"k": 1, "t": 2}


def test_a_called_process_gets_only_the_inputs_that_it_declares() -> None:
    """And gives back only the outputs that it declares, beside what the caller knew."""
    io = (
        '<bpmn:ioSpecification><bpmn:dataInput id="in" name="k"/><bpmn:dataOutput id="out" name="t"/>'
        "<bpmn:inputSet><bpmn:dataInputRefs>in</bpmn:dataInputRefs></bpmn:inputSet>"
        "<bpmn:outputSet><bpmn:dataOutputRefs>out</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
    )
    called = drawn(io + nodes("start:cs user:t end:ce"), "cs>t t>ce", process_id="called")
    calling = drawn(nodes("start:s user:z end:e") + node("callActivity", "ca", calledElement="called"), "s>ca ca>z z>e")
    walk = Walk({**calling, **called}, {"k": 1, "secret": 2})
    inside = walk.sees("t")

    walk.complete("t", {"t": 3, "rest": 4})

    assert inside == {"k": 1}
    assert walk.sees("z") == {"k": 1, "secret": 2, "t": 3}


def test_an_interrupting_event_sub_process_replaces_everything() -> None:
    """SpiffWorkflow starts it and lets the main flow go on; what had been written is known to it."""
    files = drawn(
        nodes("start:s and:g user:a user:b and:j user:c end:e") + event_scope(ON_SIGNAL, interrupting=True),
        "s>g g>a g>b a>j b>j j>c c>e",
        beside=SIGNAL,
    )
    walk = Walk(files, {"k": 1})
    walk.complete("a", {"a": 2})

    walk.signal("sg")

    assert walk.open == ["z"]
    assert walk.sees("z") == {"k": 1, "a": 2}
    walk.complete("z", {"z": 3})
    assert (walk.ended, walk.data) == ((), {"k": 1, "a": 2, "z": 3})


def test_an_event_sub_process_beside_the_flow_can_start_again() -> None:
    """Each start is a token of its own; the case ends when the last one has."""
    files = drawn(nodes("start:s user:a end:e") + event_scope(ON_SIGNAL, interrupting=False), "s>a a>e", beside=SIGNAL)
    walk = Walk(files)
    walk.signal("sg")
    walk.signal("sg")
    both = walk.open

    walk.complete("a")
    walk.complete("z")

    assert sorted(both) == ["a", "z", "z"]
    assert walk.ended is None
    walk.complete("z")
    assert walk.ended == ("e",)


def test_an_event_sub_process_keeps_no_case_open_and_starts_no_other_case() -> None:
    """SpiffWorkflow connects it on the shared spec: every later case would start it at once."""
    files = drawn(nodes("start:s user:a end:e") + event_scope(ON_SIGNAL, interrupting=False), "s>a a>e", beside=SIGNAL)
    first = Walk(files)
    first.signal("sg")

    second = Walk(files)

    assert second.open == ["a"]
    second.complete("a")
    assert second.ended == ("e",)


def test_an_event_sub_process_may_wait_for_a_time() -> None:
    """SpiffWorkflow keeps the case open until it fires; here it is called off with the process."""
    files = drawn(nodes("start:s user:a end:e") + event_scope(timer("PT8H"), interrupting=False), "s>a a>e")
    walk = Walk(files)
    running = walk.dues
    walk.later(hours=9)
    started = sorted(walk.open)

    early = Walk(files)
    early.complete("a")

    assert running == {"st": NOON + timedelta(hours=8)}
    assert started == ["a", "z"]
    assert (early.ended, early.outcome.disarmed) == (("e",), (2,))


def test_an_event_sub_process_catches_errors_of_its_own_level() -> None:
    """SpiffWorkflow parses its start as a plain one and runs it with the process."""
    error = '<bpmn:error id="er" name="er" errorCode="E"/>'
    on_error = '<bpmn:errorEventDefinition errorRef="er"/>'
    files = drawn(
        nodes("start:s and:g user:a user:b end:e")
        + node("endEvent", "bad", on_error)
        + event_scope(on_error, interrupting=True),
        "s>g g>a g>b a>bad b>e",
        beside=error,
    )
    walk = Walk(files)
    before = walk.open

    walk.complete("a")

    assert (before, walk.open) == (["a", "b"], ["z"])


def test_event_sub_processes_work_inside_sub_processes() -> None:
    """SpiffWorkflow looks at the top process only."""
    inner = nodes("start:si user:t end:ei") + event_scope(ON_SIGNAL, interrupting=True) + arrows("si>t t>ei")
    walk = Walk(drawn(nodes("start:s user:y end:e") + node("subProcess", "sp", inner), "s>sp sp>y y>e", beside=SIGNAL))

    walk.signal("sg")

    assert [(work.scope, work.element) for work in walk.look().work] == [("sp/ev", "z")]
    walk.complete("z")
    assert walk.open == ["y"]


def test_a_data_object_is_known_to_all_tokens_of_its_level() -> None:
    """SpiffWorkflow takes it out of the task data unless every step is associated with it."""
    objects = '<bpmn:dataObject id="sum"/><bpmn:dataObjectReference id="sum_ref" dataObjectRef="sum"/>'
    output = '<bpmn:dataOutputAssociation id="da"><bpmn:targetRef>sum_ref</bpmn:targetRef></bpmn:dataOutputAssociation>'
    files = drawn(
        objects
        + nodes("start:s and:g user:b end:e end:e2 end:e3")
        + node("userTask", "a", output)
        + node("exclusiveGateway", "x", default="f_x_e2"),
        "s>g; g>a; g>b; a>e; b>x; x>e3[sum == 5]; x>e2",
    )
    walk = Walk(files)
    walk.complete("a", {"sum": 5})
    seen = walk.sees("b")

    walk.complete("b")

    assert seen == {"sum": 5}
    assert (walk.ended, walk.data) == (("e", "e3"), {"sum": 5})


def test_an_interrupted_phase_takes_its_own_timers_along() -> None:
    """Nothing inside an ended scope may fire later."""
    inner = (
        nodes("start:si user:t end:ei end:ex") + boundary("inner", "t", timer("PT5H")) + arrows("si>t t>ei inner>ex")
    )
    files = drawn(
        nodes("start:s user:z end:e end:e2") + node("subProcess", "sp", inner) + boundary("late", "sp", timer("PT1H")),
        "s>sp sp>e late>z z>e2",
    )
    walk = Walk(files)
    running = set(walk.dues)

    walk.later(hours=2)

    assert running == {"inner", "late"}
    assert (walk.open, walk.dues) == (["z"], {})
    assert len(walk.outcome.disarmed) == 2


def test_a_process_that_calls_itself_without_end_is_stopped() -> None:
    """One wrong calledElement must not take the machine down, nor hide the case from those who look."""
    files = drawn(nodes("start:s end:e") + node("callActivity", "c", calledElement="main"), "s>c c>e")

    walk = Walk(files)

    (incident,) = walk.look().incidents
    assert (incident.reason, incident.scope.count("/")) == ("endless", 49)


def test_a_process_that_calls_itself_many_times_at_once_is_stopped() -> None:
    """Ten calls each, inside each other, would be more than any memory holds."""
    calls = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>10</bpmn:loopCardinality>"
    inside = f"{calls}</bpmn:multiInstanceLoopCharacteristics>"
    files = drawn(nodes("start:s end:e") + node("callActivity", "c", inside, calledElement="main"), "s>c c>e")

    walk = Walk(files)

    assert {incident.reason for incident in walk.look().incidents} == {"endless"}


def test_a_terminate_end_beside_the_main_line_is_how_the_case_ended() -> None:
    """Whoever withdraws while others work on ends the case: its end is told, though the main line never gets there."""
    walk = Walk(
        drawn(
            nodes("start:s user:a end:e")
            + boundary("b", "a", '<bpmn:messageEventDefinition messageRef="out"/>', interrupting=False)
            + node("endEvent", "gone", "<bpmn:terminateEventDefinition/>"),
            "s>a a>e b>gone",
            beside='<bpmn:message id="out" name="out"/>',
        )
    )

    walk.message("out")

    assert walk.outcome.ended == ("gone",)
