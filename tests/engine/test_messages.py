"""Messages: they reach the one wait that they are for, or are refused."""

from __future__ import annotations

import pytest

from duban.errors import AmbiguousMessage, NotWaiting
from tests.engine.diagrams import Walk, arrows, drawn, extensions, many, node, nodes

KEYED = (
    '<bpmn:message id="mo" name="ask"/><bpmn:message id="mi" name="reply"/>'
    '<bpmn:correlationProperty id="no" name="no">'
    '<bpmn:correlationPropertyRetrievalExpression messageRef="mo"><bpmn:messagePath>no</bpmn:messagePath>'
    "</bpmn:correlationPropertyRetrievalExpression>"
    '<bpmn:correlationPropertyRetrievalExpression messageRef="mi"><bpmn:messagePath>no</bpmn:messagePath>'
    "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
)
CATCH = node("intermediateCatchEvent", "c", '<bpmn:messageEventDefinition messageRef="mi"/>')
ASK = extensions('<spiffworkflow:messagePayload>{"no": x}</spiffworkflow:messagePayload>')
THROW = node(
    "intermediateThrowEvent", "t", f'<bpmn:messageEventDefinition messageRef="mo">{ASK}</bpmn:messageEventDefinition>'
)


def instances(first: str, ways: str, item: str = "x") -> dict[str, bytes]:
    """A multi-instance whose instances each wait for a reply."""
    inner = nodes("start:si user:u end:ei") + first + CATCH + arrows(ways) + many("xs", item=item)
    return drawn(nodes("start:s end:e") + node("subProcess", "sp", inner), "s>sp sp>e", beside=KEYED)


def test_a_reply_reaches_the_instance_that_asked() -> None:
    """What an instance threw says which replies are its own."""
    walk = Walk(instances(THROW, "si>t t>c c>u u>ei"), {"xs": ["N1", "N2"]})

    walk.message("reply", {"text": "yes"}, no="N2")

    assert [(work.scope, work.element) for work in walk.look().work] == [("sp#1", "u")]
    assert [(wait.scope, wait.correlation) for wait in walk.look().waits] == [("sp#0", {"no": "N1"})]


def test_the_payload_may_carry_the_key() -> None:
    """The diagram says where in the message the property stands."""
    walk = Walk(instances(THROW, "si>t t>c c>u u>ei"), {"xs": ["N1", "N2"]})

    walk.message("reply", {"no": "N1", "text": "yes"})

    assert walk.look().work[0].scope == "sp#0"


def test_an_instance_that_has_thrown_nothing_is_known_by_its_own_data() -> None:
    """SpiffWorkflow gives the message to every instance that has not thrown one yet."""
    walk = Walk(instances("", "si>c c>u u>ei", item="no"), {"xs": ["N1", "N2"]})

    walk.message("reply", no="N2")

    assert [work.scope for work in walk.look().work] == ["sp#1"]


def test_a_message_that_names_nobody_is_refused_and_changes_nothing() -> None:
    """Of several instances the sender must say which one he means."""
    walk = Walk(instances(THROW, "si>t t>c c>u u>ei"), {"xs": ["N1", "N2"]})
    state = walk.state

    with pytest.raises(AmbiguousMessage, match="names none"):
        walk.message("reply")
    with pytest.raises(NotWaiting, match="N1"):
        walk.message("reply", no="N3")
    with pytest.raises(NotWaiting, match="check its name"):
        walk.message("replyy", no="N1")

    assert walk.state == state


def test_a_single_instance_must_be_named_too() -> None:
    """Today one unit was asked; tomorrow two: a reply without a key must not work by luck."""
    walk = Walk(instances(THROW, "si>t t>c c>u u>ei"), {"xs": ["N1"]})

    with pytest.raises(NotWaiting):
        walk.message("reply")


def test_equal_keys_stay_ambiguous() -> None:
    """Two instances with one key cannot be told apart by anybody."""
    walk = Walk(instances(THROW, "si>t t>c c>u u>ei"), {"xs": ["N1", "N1"]})

    with pytest.raises(AmbiguousMessage, match="could be for"):
        walk.message("reply", no="N1")


def test_of_two_tokens_at_one_place_the_older_gets_the_message() -> None:
    """They wait for the same thing in the same scope: nobody could say which one is meant."""
    files = drawn(nodes("start:s and:g xor:m user:u end:e") + CATCH, "s>g; g>m; g>u; u>m; m>c; c>e", beside=KEYED)
    walk = Walk(files)
    walk.complete("u")
    waiting = [wait.task for wait in walk.look().waits]

    walk.message("reply")

    assert len(waiting) == 2
    assert [wait.task for wait in walk.look().waits] == [max(waiting)]


def test_a_receive_task_takes_its_message() -> None:
    """The payload stands under the step's own id."""
    task = node("receiveTask", "r", messageRef="mi")
    walk = Walk(drawn(nodes("start:s user:u end:e") + task, "s>r r>u u>e", beside=KEYED))

    walk.message("reply", {"text": "yes"})

    assert walk.sees("u") == {"r": {"text": "yes"}}
