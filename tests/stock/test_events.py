"""Events: who is hit, who is cancelled, and what listens."""

from __future__ import annotations

from typing import Any

import pytest

from duban.errors import AmbiguousMessage, NotWaiting
from duban.model.calls import Message
from tests.stock.ours import Ours
from tests.stock.paper import (
    edge,
    end,
    event,
    extension,
    gate,
    many,
    node,
    paper,
    script,
    start,
    sub,
    timer,
    user,
)
from tests.stock.stock import Specs, Stock

SIGNAL = '<bpmn:signal id="sg" name="sg"/>'
ERROR = '<bpmn:error id="er" name="er" errorCode="er"/>'
ESCALATION = '<bpmn:escalation id="el" name="el" escalationCode="el"/>'
ITEMS = {"xs": [1, 2]}


def with_event_sub(start_event: str, roots: str = SIGNAL) -> dict[str, bytes]:
    """Return two parallel tasks beside an event sub-process."""
    return paper(
        start(),
        gate("parallel", "f"),
        user("A"),
        user("C"),
        gate("parallel", "j"),
        end(),
        sub("ev", start_event, user("Z"), end("ee"), flows="es>Z>ee", triggeredByEvent="true"),
        flows="s>f; f>A>j; f>C>j; j>e",
        roots=roots,
    )


def test_an_interrupting_event_sub_process_cancels_what_runs() -> None:
    """Stock starts it beside the tasks that it should replace."""
    files = with_event_sub(start("es", event("signal", "sg"), isInterrupting="true"))

    def walk(case: Any) -> list[str]:
        case.signal("sg")
        return list(case.open)

    assert walk(Stock(files)) == ["A", "C", "Z"]
    assert walk(Ours(files)) == ["Z"]


def test_an_event_sub_process_of_one_case_does_not_begin_in_the_next() -> None:
    """S8: stock connects it to the start on the shared specification, and no later case can end."""
    files = with_event_sub(start("es", event("signal", "sg"), isInterrupting="false"))

    def walk(case: Any) -> bool:
        case.complete("A")
        case.complete("C")
        return bool(case.ended)

    specs = Specs(files)
    Stock(specs).signal("sg")
    ours = Ours(files)
    ours.signal("sg")

    assert not walk(Stock(specs))
    assert walk(Ours(ours.definition))


@pytest.mark.parametrize(("kind", "ref", "root"), [("error", "er", ERROR), ("escalation", "el", ESCALATION)])
def test_an_event_sub_process_for_an_error_waits_for_it(kind: str, ref: str, root: str) -> None:
    """S9: stock takes it for a plain start and runs it at once."""
    files = paper(
        start(),
        user("A"),
        end("bad", event(kind, ref)),
        sub("ev", start("es", event(kind, ref)), user("Z"), end("ee"), flows="es>Z>ee", triggeredByEvent="true"),
        flows="s>A>bad",
        roots=root,
    )
    stock, ours = Stock(files), Ours(files)

    assert stock.open == ["A", "Z"]
    assert ours.open == ["A"]
    ours.complete("A")
    assert ours.open == ["Z"]


def test_an_event_sub_process_for_a_timer_does_not_keep_the_case_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """S10: on stock the case waits for it after everything is done."""
    files = with_event_sub(start("es", timer('"PT5H"')))

    def walk(case: Any) -> bool:
        case.complete("A")
        case.complete("C")
        return bool(case.ended)

    assert not walk(Stock(files, monkeypatch))
    assert walk(Ours(files))


def test_links_lead_on() -> None:
    """On stock a link ends the case: what comes after it never runs."""
    files = paper(
        start(),
        user("A"),
        node("intermediateThrowEvent", "from", '<bpmn:linkEventDefinition name="L"/>'),
        node("intermediateCatchEvent", "to", '<bpmn:linkEventDefinition name="L"/>'),
        user("B"),
        end(),
        flows="s>A>from; to>B>e",
    )

    def walk(case: Any) -> tuple[list[str], bool]:
        case.complete("A")
        return list(case.open), case.ended

    assert walk(Stock(files)) == ([], True)
    assert walk(Ours(files)) == (["B"], False)


def test_the_earlier_of_two_timers_wins_at_an_event_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """S7: stock keeps one time for both: the one drawn first decides."""
    files = paper(
        start(),
        node("eventBasedGateway", "g"),
        node("intermediateCatchEvent", "c72", timer('"PT72H"')),
        node("intermediateCatchEvent", "c1", timer('"PT1H"')),
        user("u72"),
        user("u1"),
        gate("exclusive", "m"),
        end(),
        flows="s>g; g>c72>u72>m; g>c1>u1>m; m>e",
    )

    def walk(case: Any) -> list[str]:
        case.later(2)
        return list(case.open)

    assert walk(Stock(files, monkeypatch)) == []
    assert walk(Ours(files)) == ["u1"]


def test_handlers_of_a_cycle_go_on_when_the_activity_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """S11: stock drops them, although those of a one-shot timer live on."""
    files = paper(
        start(),
        user("A"),
        edge("t", "A", timer('"R2/PT1H"', "timeCycle"), interrupting=False),
        user("R"),
        end("e1"),
        user("B"),
        end(),
        flows="s>A>B>e; t>R>e1",
    )

    def walk(case: Any) -> list[str]:
        case.later(1.5)
        case.complete("A")
        return list(case.open)

    assert walk(Stock(files, monkeypatch)) == ["B"]
    assert walk(Ours(files)) == ["B", "R"]


@pytest.mark.parametrize(("kind", "ref", "root"), [("error", "er", ERROR), ("escalation", "el", ESCALATION)])
def test_what_is_thrown_in_an_instance_stays_in_it(kind: str, ref: str, root: str) -> None:
    """S6: on stock an error or escalation in one instance interrupts the others too."""
    check = sub("check", start("cs"), user("A"), end("ce", event(kind, ref)), flows="cs>A>ce")
    files = paper(
        start(),
        sub(
            "each",
            start("is"),
            check,
            edge("b", "check", event(kind, ref)),
            user("H"),
            gate("exclusive", "m"),
            end("ie"),
            flows="is>check>m; b>H>m; m>ie",
            body=many("xs", "x"),
        ),
        end(),
        flows="s>each>e",
        roots=root,
    )

    def walk(case: Any) -> list[str]:
        case.complete("A")
        return list(case.open)

    assert walk(Stock(files, **ITEMS)) == ["H", "H"]
    assert walk(Ours(files, **ITEMS)) == ["A", "H"]


def test_every_one_of_several_messages_is_caught() -> None:
    """On stock a non-interrupting message event hears the first message only."""
    variable = extension("<spiffworkflow:messageVariable>got</spiffworkflow:messageVariable>")
    files = paper(
        start(),
        user("A"),
        edge("b", "A", event("message", "mm", variable), interrupting=False),
        user("H"),
        end("e1"),
        end(),
        flows="s>A>e; b>H>e1",
        roots='<bpmn:message id="mm" name="mm"/>',
    )

    stock, ours = Stock(files), Ours(files)
    stock.message("mm")
    ours.message("mm")
    ours.message("mm")

    with pytest.raises(Exception, match="not waiting"):
        stock.message("mm")
    assert ours.open == ["A", "H", "H"]


def test_handlers_that_are_open_at_once_each_know_their_own_message() -> None:
    """The second message is lost on stock; here each handler sees its own, and at the end the last one stands."""
    variable = extension("<spiffworkflow:messageVariable>got</spiffworkflow:messageVariable>")
    files = paper(
        start(),
        user("A"),
        edge("b", "A", event("message", "mm", variable), interrupting=False),
        user("H"),
        end("e1"),
        end(),
        flows="s>A>e; b>H>e1",
        roots='<bpmn:message id="mm" name="mm"/>',
    )
    stock, ours = Stock(files), Ours(files)
    stock.message("mm", n=1)
    for n in (1, 2):
        ours.message("mm", n=n)

    assert stock.open == ["A", "H"]
    assert [ours.sees("H", nth)["got"] for nth in (0, 1)] == [{"n": 1}, {"n": 2}]
    ours.complete("A")
    ours.complete("H")
    ours.complete("H")
    assert (ours.ended, ours.incidents, ours.look().data["got"]) == (True, [], {"n": 2})


def replies() -> dict[str, bytes]:
    """Return a multi-instance whose instances wait for a reply that carries their key."""
    roots = (
        '<bpmn:collaboration id="pool"><bpmn:participant id="us" processRef="main"/>'
        '<bpmn:correlationKey id="ck" name="ck"><bpmn:correlationPropertyRef>unit</bpmn:correlationPropertyRef>'
        "</bpmn:correlationKey></bpmn:collaboration>"
        '<bpmn:message id="mm" name="mm"/><bpmn:correlationProperty id="unit" name="unit">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="mm"><bpmn:messagePath>x</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    variable = extension("<spiffworkflow:messageVariable>got</spiffworkflow:messageVariable>")
    return paper(
        start(),
        sub(
            "each",
            start("is"),
            node("intermediateCatchEvent", "c", event("message", "mm", variable)),
            user("B"),
            end("ie"),
            flows="is>c>B>ie",
            body=many("xs", "x"),
        ),
        end(),
        flows="s>each>e",
        roots=roots,
    )


def test_a_message_reaches_only_the_instance_it_is_addressed_to() -> None:
    """On stock, before anything was thrown, a reply for one instance moves all of them."""

    def walk(case: Any) -> list[str]:
        case.message("mm", x=2)
        return list(case.open)

    stock, ours = Stock(replies(), **ITEMS), Ours(replies(), **ITEMS)

    assert walk(stock) == ["B", "B"]
    assert walk(ours) == ["B"]
    assert ours.sees("B")["x"] == 2


def test_a_message_that_names_no_instance_is_refused() -> None:
    """Nobody can know which of two was meant; on stock both move."""
    stock, ours = Stock(replies(), **ITEMS), Ours(replies(), **ITEMS)
    stock.message("mm", x=None)

    assert stock.open == ["B", "B"]
    with pytest.raises(AmbiguousMessage):
        ours.message("mm")
    with pytest.raises(NotWaiting):
        ours.deliver(Message(name="mm", correlation={"unit": 7}))


def test_a_timer_text_may_stand_without_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other modellers write ``PT24H``; on stock that is a name which nobody knows when the token arrives."""
    files = paper(
        start(),
        user("A"),
        node("intermediateCatchEvent", "c", timer("PT24H")),
        user("B"),
        end(),
        flows="s>A>c>B>e",
    )
    stock, ours = Stock(files, monkeypatch), Ours(files)
    ours.complete("A")
    ours.later(24)

    with pytest.raises(Exception, match="PT24H"):
        stock.complete("A")
    assert ours.open == ["B"]


def test_a_path_from_an_edge_may_lead_to_a_multi_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: stock looks ahead and then refuses to add the instances."""
    files = paper(
        start(),
        user("A"),
        edge("t", "A", timer('"PT1H"')),
        script("p", "xs = [1, 2]"),
        user("M", many("xs", "x")),
        gate("exclusive", "m"),
        end(),
        flows="s>A>m; t>p>M>m; m>e",
    )
    stock, ours = Stock(files, monkeypatch), Ours(files)

    with pytest.raises(Exception, match="non-predicted"):
        stock.later(2)
    ours.later(2)
    assert ours.open == ["M", "M"]
