"""Events that fire again while what they began is still open: every firing is heard, the last one's payload stands."""

from __future__ import annotations

from typing import Any

from duban.model.facts import Kind
from tests.engine.diagrams import Walk, arrows, boundary, drawn, extensions, node, nodes

NAMES = '<bpmn:message id="m" name="more"/>'
GOT = extensions("<spiffworkflow:messageVariable>got</spiffworkflow:messageVariable>")
MORE = f'<bpmn:messageEventDefinition messageRef="m">{GOT}</bpmn:messageEventDefinition>'


def heard() -> Walk:
    """Return a case whose work may be told more at any time; each telling is looked at by somebody."""
    body = nodes("start:s user:a user:h user:z end:e end:e2") + boundary("b", "a", MORE, interrupting=False)
    return Walk(drawn(body, "s>a a>z z>e b>h h>e2", beside=NAMES))


def test_each_handler_sees_what_came_with_its_own_firing() -> None:
    """Two open handlers do not mix what they were told."""
    walk = heard()
    walk.message("more", {"text": "one", "from": "A"})
    walk.message("more", {"text": "two"})

    assert [walk.sees("h", nth)["got"] for nth in (0, 1)] == [{"text": "one", "from": "A"}, {"text": "two"}]


def test_the_last_firing_stands_when_the_case_ends() -> None:
    """Both handlers write the event's key; nobody has to choose between the news and the older news."""
    walk = heard()
    walk.message("more", {"text": "one", "from": "A"})
    walk.message("more", {"text": "two"})
    walk.complete("a", {"a": 1})
    walk.complete("h", {}, 0)
    walk.complete("h", {}, 0)
    walk.complete("z", {"z": 1})

    assert (walk.ended, walk.data) == (("e",), {"a": 1, "z": 1, "got": {"text": "two"}})


def test_the_last_firing_stands_in_whatever_order_the_handlers_end() -> None:
    """What counts is when the event fired, not who was slower."""
    walk = heard()
    walk.message("more", {"text": "one", "from": "A"})
    walk.message("more", {"text": "two"})
    walk.complete("h", {}, 1)
    walk.complete("h", {}, 0)
    walk.complete("a", {})
    walk.complete("z", {})

    assert (walk.ended, walk.data) == (("e",), {"got": {"text": "two"}})


def test_the_last_firing_stands_when_its_handler_ends_the_case() -> None:
    """The last token of a process is merged with what the others left."""
    walk = heard()
    walk.message("more", {"text": "one"})
    walk.message("more", {"text": "two"})
    walk.complete("h", {}, 1)
    walk.complete("a", {})
    walk.complete("z", {})
    walk.complete("h", {}, 0)

    assert (walk.ended, walk.data) == (("e",), {"got": {"text": "two"}})


def test_what_the_handlers_write_besides_can_still_conflict() -> None:
    """Only what came with the event is one value each time; what people wrote is theirs."""
    walk = heard()
    walk.message("more", {"text": "one"})
    walk.message("more", {"text": "two"})
    walk.complete("h", {"h": 1}, 0)
    walk.complete("h", {"h": 2}, 0)
    walk.complete("a", {})
    walk.complete("z", {})

    paths = [incident.detail["paths"] for incident in walk.outcome.incidents]
    assert [[told["path"] for told in found] for found in paths] == [[["h"]]]


def test_an_event_sub_process_is_heard_every_time_too() -> None:
    """The last telling stands there as well."""
    inner = node("startEvent", "si", MORE, isInterrupting="false") + nodes("user:h end:ei") + arrows("si>h h>ei")
    body = nodes("start:s user:a end:e") + node("subProcess", "v", inner, triggeredByEvent="true")
    walk = Walk(drawn(body, "s>a a>e", beside=NAMES))
    for text in ("one", "two", "three"):
        walk.message("more", {"text": text})
    walk.complete("h", {}, 2)
    walk.complete("h", {}, 0)
    walk.complete("h", {}, 0)
    walk.complete("a", {})

    assert (walk.ended, walk.data) == (("e",), {"got": {"text": "three"}})


def test_every_firing_is_a_fact() -> None:
    """The record shows each telling with its payload."""
    walk = heard()
    told: list[Any] = []
    for text in ("one", "two"):
        walk.message("more", {"text": text})
        told += walk.facts(Kind.MESSAGE_RECEIVED)

    assert [fact["payload"] for fact in told] == [{"text": "one"}, {"text": "two"}]
