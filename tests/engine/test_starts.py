"""Start events: a process may begin by a person, by time, or by any of several messages."""

from __future__ import annotations

import pytest

from duban.engine import process
from duban.engine.parse import parse
from duban.errors import DiagramError, Refused
from duban.model.facts import Kind
from tests.engine.diagrams import NOON, Days, Walk, arrows, drawn, node, nodes, timer

NAMES = '<bpmn:message id="m1" name="case.start"/><bpmn:message id="m2" name="case.again"/>'


def by_message(id_: str, message: str) -> str:
    """Return a start event that begins with *message*."""
    return node("startEvent", id_, f'<bpmn:messageEventDefinition messageRef="{message}"/>')


BODY = nodes("start:by_hand user:a user:b user:c end:e") + by_message("first", "m1") + by_message("again", "m2")
FLOWS = "by_hand>a first>b again>c a>e b>e c>e"
RHYTHM = node("startEvent", "s", timer('rhythm("clearing")', "timeCycle"))


@pytest.mark.parametrize(
    ("message", "opened"),
    [
        (None, ["a"]),
        ("case.start", ["b"]),
        ("case.again", ["c"]),
        # no start event is drawn for it: the one without a message takes it
        ("case.other", ["a"]),
    ],
)
def test_a_case_begins_at_the_start_event_of_its_message(message: str | None, opened: list[str]) -> None:
    """What threw the message decides where the case begins."""
    definition = parse(drawn(BODY, FLOWS, beside=NAMES), "main")

    outcome = process.start(definition, {"v": 1}, message=message, now=NOON, deadlines=Days())

    assert [work.element for work in outcome.opened] == opened
    entered = [happening.payload for happening in outcome.happenings if happening.kind is Kind.TOKENS_MOVED]
    assert len(entered[0]["entered"]) == 2


def test_the_record_says_by_which_message_a_case_began() -> None:
    """Re-execution must begin it at the same start event."""
    definition = parse(drawn(BODY, FLOWS, beside=NAMES), "main")

    outcome = process.start(definition, {"v": 1}, message="case.again", now=NOON, deadlines=Days())

    assert outcome.happenings[0].payload == {"process": "main", "data": {"v": 1}, "message": "case.again"}


def test_the_only_start_event_takes_every_case() -> None:
    """A process that one message begins can be begun by hand, and by its own tests."""
    definition = parse(drawn(nodes("user:b end:e") + by_message("first", "m1"), "first>b b>e", beside=NAMES), "main")

    outcome = process.start(definition, {}, now=NOON, deadlines=Days())

    assert [work.element for work in outcome.opened] == ["b"]


def test_a_process_of_several_messages_wants_to_know_which() -> None:
    """Guessing would begin the case at a step that lacks its data."""
    body = nodes("user:b user:c end:e") + by_message("first", "m1") + by_message("again", "m2")
    definition = parse(drawn(body, "first>b again>c b>e c>e", beside=NAMES), "main")

    with pytest.raises(Refused, match=r"one of the messages case\.start, case\.again"):
        process.start(definition, {}, now=NOON, deadlines=Days())


def test_a_rhythm_begins_a_case_like_a_start_event_of_none() -> None:
    """The desk opens what a rhythm says is due; the token does not wait for anything more."""
    walk = Walk(drawn(RHYTHM + nodes("user:a end:e"), "s>a a>e"))

    assert (walk.open, walk.dues) == (["a"], {})


@pytest.mark.parametrize(
    ("body", "flows", "element", "said"),
    [
        # two ways to begin by itself
        (RHYTHM + nodes("start:s2 user:a end:e"), "s>a s2>a a>e", "s2", "another start event without a message"),
        # two start events for one message
        (
            by_message("one", "m1") + by_message("two", "m1") + nodes("user:a end:e"),
            "one>a two>a a>e",
            "two",
            "the start event one begins with the message 'case.start' already",
        ),
        # a rhythm is no time to wait for
        (
            nodes("start:s end:e") + node("intermediateCatchEvent", "t", timer('rhythm("clearing")')),
            "s>t t>e",
            "t",
            "stands at the start event of a process only",
        ),
        # a called process is not told which message
        (
            nodes("start:s end:e") + node("callActivity", "c", calledElement="other"),
            "s>c c>e",
            "c",
            "begins with messages only",
        ),
        # a sub-process is entered, not begun
        (
            nodes("start:s end:e")
            + node("subProcess", "sub", nodes("start:s1 start:s2 end:e1") + arrows("s1>e1 s2>e1")),
            "s>sub sub>e",
            "sub",
            "sub has 2 start events: draw exactly one",
        ),
    ],
)
def test_start_events_that_leave_it_open_are_refused(body: str, flows: str, element: str, said: str) -> None:
    """The gate says it before a case stands still."""
    other = drawn(
        by_message("one", "m1") + by_message("two", "m2") + nodes("end:e"),
        "one>e two>e",
        beside=NAMES,
        process_id="other",
    )

    with pytest.raises(DiagramError) as refusal:
        parse({**drawn(body, flows, beside=NAMES), **other}, "main")

    assert [(found.element, said in found.message) for found in refusal.value.problems] == [(element, True)]
