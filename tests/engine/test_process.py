"""The face of the engine: what a step takes, what it tells, what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from duban.engine import process
from duban.errors import AlreadyDone, NotWaiting, Refused
from duban.model.calls import Answer, CallWanted, Message, Thrown
from duban.model.facts import Kind
from duban.model.work import Due, Work
from tests.engine.diagrams import (
    NOON,
    Days,
    Walk,
    boundary,
    drawn,
    extensions,
    node,
    nodes,
    properties,
    service,
    timer,
)

LANE = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="officer.handling" name="承办民警">'
    "<bpmn:flowNodeRef>sign</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)
SIGN = node(
    "userTask",
    "sign",
    properties(formJsonSchemaFilename="sign.json", unit="route.unit", person="None"),
    name="签收",
)


def test_a_step_tells_the_work_that_it_opens() -> None:
    """The worklist is filled from the outcome alone: lane, unit, person and form are settled when work opens."""
    walk = Walk(drawn(f"{LANE}{nodes('start:s end:e')}{SIGN}", "s>sign sign>e"), {"route": {"unit": "PCS01"}})

    assert walk.outcome.opened == (
        Work(task=3, element="sign", name="签收", scope="", role="officer", unit="PCS01", person=None, form="sign"),
    )
    assert walk.look().work == walk.outcome.opened


def test_completed_work_is_told_with_its_data_and_the_case_ends() -> None:
    """The journal is the truth: everything a view needs stands in the facts of the step."""
    walk = Walk(drawn(nodes("start:s user:a end:e"), "s>a a>e"), {"k": 1})
    task = walk.task("a")

    walk.complete("a", {"a": {"v": 2}})

    assert [(h.kind, h.payload) for h in walk.outcome.happenings] == [
        (Kind.WORK_COMPLETED, {"task": task, "element": "a", "scope": "", "data": {"a": {"v": 2}}}),
        (
            Kind.TOKENS_MOVED,
            {"entered": [["e", "", 4, "f_a_e"]], "left": [["a", "", 3, "completed"], ["e", "", 4, "completed"]]},
        ),
        (Kind.CASE_ENDED, {"ends": ["e"]}),
    ]
    assert (walk.outcome.closed, walk.outcome.written, walk.outcome.ended) == ((task,), {"a": {"v": 2}}, ("e",))
    assert walk.data == {"k": 1, "a": {"v": 2}}


def test_work_cannot_be_completed_twice() -> None:
    """Two people press the button: the second is told, and the state that the first made stands."""
    walk = Walk(drawn(nodes("start:s user:a user:b end:e"), "s>a a>b b>e"))
    task = walk.task("a")
    walk.complete("a", {"a": 1})

    with pytest.raises(AlreadyDone):
        process.complete(walk.definition, walk.state, task, {"a": 2}, now=NOON, deadlines=Days())

    assert walk.data == {"a": 1}


def test_a_service_task_waits_for_its_answer() -> None:
    """The engine never calls the world: it says what it wants, and goes on when the answer is delivered."""
    call = service("ask", "letters/issue", "letter", kind="k", to='"petitioner"')
    walk = Walk(drawn(f"{nodes('start:s user:u end:e')}{call}", "s>ask ask>u u>e"), {"k": "L01"})
    wanted = CallWanted(
        task=3, element="ask", scope="", operator="letters/issue", parameters={"kind": "L01", "to": "petitioner"}
    )

    assert walk.outcome.calls == walk.look().calls == (wanted,)

    walk.answer("ask", {"number": "L01-1"})

    assert walk.sees("u") == {"k": "L01", "letter": {"number": "L01-1"}}
    assert walk.outcome.uncalled == (3,)
    assert walk.outcome.written == {"letter": {"number": "L01-1"}}


def test_an_answer_that_nobody_waits_for_is_refused() -> None:
    """At least once means that an answer may come twice; the second changes nothing."""
    walk = Walk(drawn(f"{nodes('start:s user:u end:e')}{service('ask')}", "s>ask ask>u u>e"))
    walk.answer("ask", {})

    with pytest.raises(AlreadyDone):
        process.deliver(walk.definition, walk.state, Answer(task=3, result={}), now=NOON, deadlines=Days())


def test_a_named_deadline_is_told_with_its_reasons() -> None:
    """The due table and the fact say which deadline it is, when, and why; the state keeps only the time."""
    edge = boundary("late", "a", timer('deadline("X5")'), interrupting=False)
    walk = Walk(drawn(f"{nodes('start:s user:a end:e end:e2')}{edge}", "s>a a>e late>e2"))
    due = Due(
        task=5,
        element="late",
        scope="",
        attached="a",
        at=NOON + timedelta(days=5),
        name="X5",
        warning=False,
        why={"article": "X5"},
        interrupting=False,
    )

    assert walk.outcome.armed == (due,)
    assert walk.facts(Kind.TIMER_ARMED) == [
        {
            "task": 5,
            "element": "late",
            "scope": "",
            "due": due.at.isoformat(),
            "name": "X5",
            "why": {"article": "X5"},
        }
    ]


def test_only_tick_fires_timers_that_are_overdue() -> None:
    """Completing work late must not be overtaken by a timer nobody has fired yet."""
    edge = boundary("late", "a", timer("PT1H"))
    walk = Walk(drawn(f"{nodes('start:s user:a user:z end:e end:e2')}{edge}", "s>a a>e late>z z>e2"))
    walk.now += timedelta(hours=2)

    walk.complete("a")

    assert walk.ended == ("e",)


def test_a_thrown_message_leaves_the_case_with_its_correlation() -> None:
    """Somebody else carries it; the engine only says what was sent, and by which keys an answer will come."""
    beside = (
        '<bpmn:message id="m" name="ask"/><bpmn:correlationProperty id="no" name="no">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="m"><bpmn:messagePath>no</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    payload = extensions('<spiffworkflow:messagePayload>{"no": k, "text": "hello"}</spiffworkflow:messagePayload>')
    throw = node(
        "intermediateThrowEvent",
        "t",
        f'<bpmn:messageEventDefinition messageRef="m">{payload}</bpmn:messageEventDefinition>',
    )
    walk = Walk(drawn(f"{nodes('start:s end:e')}{throw}", "s>t t>e", beside=beside), {"k": "N7"})

    assert walk.outcome.thrown == (
        Thrown(
            task=3,
            element="t",
            scope="",
            name="ask",
            payload={"no": "N7", "text": "hello"},
            correlation={"no": "N7"},
        ),
    )


def test_what_is_given_is_never_shared() -> None:
    """A caller that goes on changing its own data must not change the case."""
    mine = {"a": {"list": [1]}}
    walk = Walk(drawn(nodes("start:s user:a user:b end:e"), "s>a a>b b>e"))
    walk.complete("a", mine)

    mine["a"]["list"].append(2)

    assert walk.data == {"a": {"list": [1]}}


def test_an_ended_case_takes_nothing_more() -> None:
    """After the end every command is refused and a tick does nothing."""
    walk = Walk(drawn(nodes("start:s user:a end:e"), "s>a a>e"))
    walk.complete("a", {"a": 1})
    state = walk.state

    with pytest.raises(AlreadyDone):
        process.complete(walk.definition, state, 3, {}, now=NOON, deadlines=Days())
    with pytest.raises(NotWaiting):
        process.deliver(walk.definition, state, Message(name="m"), now=NOON, deadlines=Days())
    walk.later(days=400)

    assert (walk.state, walk.data) == (state, {"a": 1})


def test_times_without_a_zone_are_refused() -> None:
    """A naive now would mean another instant on every machine."""
    definition = Walk(drawn(nodes("start:s user:a end:e"), "s>a a>e")).definition

    with pytest.raises(ValueError, match="no time zone"):
        process.start(definition, {}, now=NOON.replace(tzinfo=None), deadlines=Days())


@pytest.mark.parametrize(
    "value",
    [
        object(),  # nothing that JSON has
        10**30,  # too large for any database
        {1, 2}.__iter__(),
        json.loads("[" * 500 + "]" * 500),  # deeper than any form
    ],
)
def test_what_no_case_can_store_is_refused_where_it_comes_in(value: object) -> None:
    """The step is refused whole; the state that was there stands."""
    walk = Walk(drawn(nodes("start:s user:a end:e"), "s>a a>e"))

    with pytest.raises(Refused, match="cannot be stored"):
        walk.complete("a", {"a": value})

    assert walk.open == ["a"]


def test_times_and_tuples_become_what_json_has() -> None:
    """A case in memory must not know more than one that was saved."""
    walk = Walk(drawn(nodes("start:s user:a end:e"), "s>a a>e"))

    walk.complete("a", {"a": (1, NOON)})

    assert walk.data == {"a": [1, "2026-03-02T04:00:00Z"]}
