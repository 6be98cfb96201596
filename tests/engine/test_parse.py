"""Parsing: every mistake is named, with file, element, line and what to do; all at once."""

from __future__ import annotations

import pytest

from duban.engine.parse import parse, prepare
from duban.errors import DiagramError
from tests.engine.diagrams import Walk, arrows, boundary, drawn, extensions, many, node, nodes, service, timer

SIMPLE = nodes("start:s user:a end:e")


def problems(files: dict[str, bytes], process: str = "main") -> list[tuple[str | None, str]]:
    """Return element and message of every problem."""
    with pytest.raises(DiagramError) as caught:
        parse(files, process)
    return [(problem.element, problem.message) for problem in caught.value.problems]


def told(files: dict[str, bytes]) -> str:
    """Return all problems as one text."""
    return "\n".join(f"{element}: {message}" for element, message in problems(files))


def test_broken_xml_is_told_with_its_line() -> None:
    """What a half-saved file looks like."""
    with pytest.raises(DiagramError) as caught:
        parse({"a.bpmn": b"<a>\n<b>\n</a>"}, "main")

    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("a.bpmn", 3)
    assert problem.message.startswith("broken XML")


def test_entities_are_refused_and_never_fetched() -> None:
    """A diagram from outside must not read files of this machine."""
    bomb = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'

    assert problems({"a.bpmn": bomb}) == [(None, "a DOCTYPE is not allowed; delete it")]


def test_what_is_no_bpmn_is_told() -> None:
    """Somebody picked the wrong file."""
    assert problems({"a.bpmn": b"<html/>"}) == [(None, "<html> is no BPMN 2.0 file")]


def test_a_missing_process_is_told_with_those_that_there_are() -> None:
    """The commonest mistake is a renamed id."""
    (problem,) = problems(drawn(SIMPLE, "s>a a>e"), "mian")

    assert "'mian'" in problem[1]
    assert "main" in problem[1]


@pytest.mark.parametrize(
    ("body", "flows", "element", "part"),
    [
        (SIMPLE + node("complexGateway", "x"), "s>a a>x x>e", "x", "complexGateway is not supported"),
        (SIMPLE + node("adHocSubProcess", "x"), "s>a a>x x>e", "x", "adHocSubProcess is not supported"),
        (SIMPLE + node("task", "x", isForCompensation="true"), "s>a a>e", "x", "compensation is not supported"),
        (SIMPLE + node("task", "x", startQuantity="2"), "s>a a>x x>e", "x", "startQuantity is not supported"),
        (
            SIMPLE + node("scriptTask", "x", "<bpmn:script>y = 1</bpmn:script>", scriptFormat="groovy"),
            "s>a a>x x>e",
            "x",
            "scripts are Python, not groovy",
        ),
        (SIMPLE, "s>a a>e a>s", "a", "2 flows leave this userTask"),
        (SIMPLE, "s>a a>nowhere", "f_a_nowhere", "no step of main"),
        (SIMPLE + nodes("user:b"), "s>a a>e b>e", "b", "no flow leads here"),
        (SIMPLE + nodes("xor:x end:e2"), "s>a a>x x>e x>e2", "f_x_e", "needs a condition"),
        (SIMPLE, "s>a;a>e[v == 1]", "f_a_e", "has no meaning"),
        (nodes("start:s start:s2 user:a end:e"), "s>a s2>a a>e", "s2", "another start event without a message"),
        (nodes("user:a end:e"), "a>e", "main", "no start event"),
        (SIMPLE + boundary("b", "z", timer("PT1H")), "s>a a>e b>e", "b", "no activity of main"),
        (SIMPLE + boundary("b", "a", "<bpmn:cancelEventDefinition/>"), "s>a a>e b>e", "b", "on a transaction"),
        (SIMPLE + boundary("b", "a", ""), "s>a a>e b>e", "b", "a none event is not supported here"),
        (SIMPLE + boundary("b", "a", timer("PT1H").replace("timeDuration", "time")), "s>a a>e b>e", "b", "exactly one"),
        (SIMPLE + boundary("b", "a", timer("every day")), "s>a a>e b>e", "b", "length like P3D"),
        (SIMPLE + node("callActivity", "c", calledElement="other"), "s>a a>c c>e", "c", "which no file has"),
        (SIMPLE + node("callActivity", "c", calledElement="mian"), "s>a a>c c>e", "c", "did you mean main"),
        (SIMPLE + node("callActivity", "c"), "s>a a>c c>e", "c", "calledElement"),
        (SIMPLE + node("serviceTask", "v"), "s>a a>v v>e", "v", "serviceTaskOperator"),
        (SIMPLE + service("v", p="1 +"), "s>a a>v v>e", "v", "parameter p"),
        (SIMPLE + service("v", p='deadline("X5")'), "s>a a>v v>e", "v", "stand in timers only"),
        (SIMPLE + node("scriptTask", "c"), "s>a a>c c>e", "c", "has no script"),
        (SIMPLE + node("scriptTask", "c", "<bpmn:script>a = (</bpmn:script>"), "s>a a>c c>e", "c", "script"),
        (SIMPLE + node("scriptTask", "c", "<bpmn:script>import os</bpmn:script>"), "s>a a>c c>e", "c", "script"),
        (SIMPLE + node("businessRuleTask", "d"), "s>a a>d d>e", "d", "calledDecisionId"),
        (SIMPLE + node("userTask", "m", many("xs +")), "s>a a>m m>e", "m", "loopDataInputRef"),
        (
            SIMPLE + node("userTask", "m", "<bpmn:multiInstanceLoopCharacteristics/>"),
            "s>a a>m m>e",
            "m",
            "needs either loopDataInputRef",
        ),
        (SIMPLE + node("userTask", "m", "<bpmn:standardLoopCharacteristics/>"), "s>a a>m m>e", "m", "loopCondition"),
        (
            SIMPLE + node("intermediateThrowEvent", "l", '<bpmn:linkEventDefinition name="L"/>'),
            "s>a a>l",
            "l",
            "no link event catches 'L'",
        ),
        (SIMPLE + nodes("race:r user:b"), "s>a a>r r>b b>e", "b", "only catching events may follow"),
        (SIMPLE + nodes("and:g and:j"), "s>a a>g g>j g>j j>e", "f_g_j", "straight to the join"),
        (
            SIMPLE + node("sendTask", "t", messageRef="nobody"),
            "s>a a>t t>e",
            "t",
            "names no message of this file",
        ),
        (
            SIMPLE + node("userTask", "p", extensions("<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>")),
            "s>a a>p p>e",
            "p",
            "draw a script task",
        ),
        (
            SIMPLE
            + '<bpmn:userTask id="o"><bpmn:dataOutputAssociation id="x"><bpmn:targetRef>nothing</bpmn:targetRef>'
            + "</bpmn:dataOutputAssociation></bpmn:userTask>",
            "s>a a>o o>e",
            "o",
            "no data object of this file",
        ),
        (SIMPLE + node("userTask", "a/b"), "s>a a>a/b a/b>e", "a/b", "without spaces, slashes"),
    ],
)
def test_what_cannot_be_run_as_drawn_is_refused_by_name(body: str, flows: str, element: str, part: str) -> None:
    """A diagram that does something else than it shows is worse than one that is refused."""
    found = problems(drawn(body, flows))

    assert any(name == element and part in message for name, message in found), found


def test_all_problems_come_at_once() -> None:
    """A designer corrects a diagram in one go, not one mistake per publication."""
    body = SIMPLE + node("complexGateway", "x") + service("v", p="1 +") + node("scriptTask", "c")

    found = {element for element, _ in problems(drawn(body, "s>a a>v v>c c>x x>e"))}

    assert found == {"x", "v", "c"}


def test_problems_of_sub_processes_and_called_files_are_found_too() -> None:
    """And those of processes that the case can never come to are not."""
    called = drawn(nodes("start:cs end:ce") + node("serviceTask", "bad"), "cs>bad bad>ce", process_id="called")
    other = drawn(node("complexGateway", "worse"), process_id="other")
    calling = drawn(SIMPLE + node("callActivity", "c", calledElement="called"), "s>a a>c c>e")

    assert [element for element, _ in problems({**calling, **called, **other})] == ["bad"]


def test_a_definition_holds_the_files_that_it_needs() -> None:
    """Redrawing something else must not make a new definition."""
    called = drawn(nodes("start:cs end:ce"), "cs>ce", process_id="called")
    other = drawn(nodes("start:os end:oe"), "os>oe", process_id="other")
    calling = drawn(SIMPLE + node("callActivity", "c", calledElement="called"), "s>a a>c c>e")

    definition = parse({**calling, **called, **other}, "main")

    assert set(definition.files) == {"main.bpmn", "called.bpmn"}
    assert definition == parse({**calling, **called}, "main")


def test_definitions_are_prepared_once() -> None:
    """A case is loaded thousands of times, its diagram once."""
    definition = parse(drawn(SIMPLE, "s>a a>e"), "main")

    assert prepare(definition) is prepare(parse(drawn(SIMPLE, "s>a a>e"), "main"))


def test_lanes_are_roles_also_inside_sub_processes() -> None:
    """A lane's id counts up to its first dot, for ids are unique in a file; a step may name its role itself."""
    outer = (
        '<bpmn:laneSet id="l1"><bpmn:lane id="unit_clerk"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>sp</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    inner = (
        '<bpmn:laneSet id="l2"><bpmn:lane id="officer.work"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane>'
        "</bpmn:laneSet>"
    )
    role = extensions(
        '<spiffworkflow:properties><spiffworkflow:property name="role" value="legal"/></spiffworkflow:properties>'
    )
    body = inner + nodes("start:si and:g user:t user:u end:ei") + node("userTask", "v", role)
    body += arrows("si>g g>t g>u g>v t>ei")
    walk = Walk(drawn(outer + nodes("start:s user:a end:e") + node("subProcess", "sp", body), "s>a a>sp sp>e"))
    first = walk.look().work[0].role
    walk.complete("a")

    assert first == "unit_clerk"
    assert {work.element: work.role for work in walk.look().work} == {"t": "officer", "u": "unit_clerk", "v": "legal"}


def test_a_step_may_share_its_id_with_a_parameter() -> None:
    """SpiffWorkflow finds the parameter when it looks for the step."""
    files = drawn(nodes("start:s user:outside end:e") + service("v", outside="1"), "s>v v>outside outside>e")

    assert Walk(files).outcome.calls[0].parameters == {"outside": 1}


def test_shapes_are_not_needed() -> None:
    """Diagrams that a program wrote have no picture; they run all the same, in the order of the document."""
    assert Walk(drawn(SIMPLE, "s>a a>e")).open == ["a"]
