"""Diagrams of other modellers: repaired where a rule says how, and every change told."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from duban.engine.adoption.adopt import adopt
from duban.engine.gate.examine import examine
from duban.errors import DiagramError
from duban.model.offers import Field, Offers
from tests.engine.diagrams import Walk, boundary, drawn, node, nodes, timer
from tests.gate.plans import pictured

FOREIGN = (
    '<bpmn:message id="m"/>'
    '<bpmn:collaboration id="pools"><bpmn:participant id="p" processRef="empty"/></bpmn:collaboration>'
    '<bpmn:process id="empty" isExecutable="false"/>'
)
"""What stands beside the process: a message without a name, a pool whose process holds nothing."""


def adopted(body: str, flows: str = "", *, beside: str = "") -> tuple[dict[str, bytes], list[str]]:
    """Return the repaired file and what was changed, by element."""
    [data] = drawn(body, flows, beside=beside).values()
    done = adopt("main.bpmn", data.replace(b'isExecutable="true"', b'isExecutable="false"'))
    return {"main.bpmn": done.data}, [change.element for change in done.changes]


@pytest.mark.parametrize(
    ("body", "flows", "beside", "elements", "steps"),
    [
        # nothing begins and nothing ends
        (nodes("user:a user:b"), "a>b", "", {"a", "b"}, ["a", "b"]),
        # two steps that nothing leads to begin at once
        (nodes("start:s user:a user:b end:e"), "s>a; a>e", "", {"b"}, ["a", "b"]),
        # two flows out of a task go both
        (nodes("start:s user:a user:b user:c end:e"), "s>a; a>b; a>c; b>e; c>e", "", {"a"}, ["a", "b", "c"]),
        # a service task without handler, a script in Groovy, a decision without table, a process of another file
        (
            nodes("start:s end:e")
            + node("serviceTask", "a")
            + node("scriptTask", "b", "<bpmn:script>x</bpmn:script>", scriptFormat="groovy")
            + node("businessRuleTask", "c")
            + node("callActivity", "call", calledElement="elsewhere"),
            "s>a; a>b; b>c; c>call; call>e",
            "",
            {"a", "b", "c", "call"},
            ["a", "b", "c", "call"],
        ),
        # a loop and a multi-instance that do not say how often
        (
            nodes("start:s end:e")
            + node("userTask", "a", '<bpmn:multiInstanceLoopCharacteristics isSequential="false"/>')
            + node("userTask", "b", "<bpmn:standardLoopCharacteristics/>"),
            "s>a; a>b; b>e",
            "",
            {"a", "b"},
            ["a", "b"],
        ),
        # an ad-hoc sub-process, and one with nothing in it
        (
            nodes("start:s end:e")
            + node("adHocSubProcess", "hoc", nodes("user:a user:b"))
            + node("subProcess", "hollow"),
            "s>hoc; hoc>hollow; hollow>e",
            "",
            {"hoc", "a", "b", "hollow", "hollow_start"},
            ["a", "b"],
        ),
        # a pool whose process holds nothing, quantities of tokens
        (
            nodes("start:s end:e") + node("userTask", "a", startQuantity="2"),
            "s>a; a>e",
            FOREIGN,
            {"a", "empty", "m"},
            ["a"],
        ),
    ],
)
def test_a_drawing_for_readers_becomes_one_that_runs(
    body: str, flows: str, beside: str, elements: set[str], steps: list[str]
) -> None:
    """What a person was meant to understand is drawn; what no handler does, a person does."""
    files, changed = adopted(body, flows, beside=beside)
    walk = Walk(files)
    for step in steps:
        walk.complete(step)

    assert walk.ended is not None
    assert {element for element in changed if not element.startswith(("f_", "main"))} - {"s", "e"} >= elements


def test_a_person_chooses_where_conditions_cannot_be_read() -> None:
    """The original condition is kept as a remark; the form offers the ways by their labels."""
    [data] = drawn(
        nodes("start:s xor:g user:a user:b end:e"), "s>g; g>a[${approved}]; g>b[${not approved}]; a>e; b>e"
    ).values()
    done = adopt("main.bpmn", data)
    walk = Walk({"main.bpmn": done.data})
    walk.complete("choose_g", {"choose_g": {"way": "f_g_a"}})

    assert walk.open == ["a"]
    assert list(done.forms) == ["adopted_choose_g"]
    assert done.forms["adopted_choose_g"]["properties"]["way"]["enum"] == ["f_g_a", "f_g_b"]
    assert "原条件：${approved}" in done.data.decode()


@pytest.mark.parametrize(
    "written", ["${a.ok == true}", "#{a.ok}", "= a.ok = true", "a.ok || false", "bpmn:getDataObject('a') != null"]
)
def test_conditions_of_other_engines_are_translated_where_their_names_are_known(written: str) -> None:
    """A condition over what a step writes needs nobody to choose."""
    body = nodes("start:s user:a user:yes user:no end:e") + node("exclusiveGateway", "g", default="f_g_no")
    flows = f"s>a; a>g; g>yes[{written}]; g>no; yes>e; no>e"
    files, _ = adopted(body, flows)
    walk = Walk(files)
    walk.complete("a", {"a": {"ok": True}})

    assert walk.open == ["yes"]


def test_events_without_a_time_a_message_or_a_condition_get_one() -> None:
    """A day, and messages called after the events: the list of changes says where to look."""
    body = (
        nodes("start:s user:a user:b end:e end:late end:told")
        + boundary("t", "a", timer(""))
        + node(
            "intermediateCatchEvent",
            "c",
            "<bpmn:conditionalEventDefinition><bpmn:condition/></bpmn:conditionalEventDefinition>",
            name="到了",
        )
        + boundary("m1", "b", "<bpmn:messageEventDefinition/>")
    )
    files, changed = adopted(body, "s>a; a>c; c>b; b>e; t>late; m1>told")
    walk = Walk(files)
    walk.complete("a")
    walk.message("到了")
    walk.message("m1")

    assert walk.ended == ("told",)
    assert {"t", "c", "m1"} <= set(changed)


def test_further_starts_begin_by_a_message() -> None:
    """One process has one start by hand; whoever means another says which."""
    files, changed = adopted(nodes("start:s start:other user:a user:b end:e"), "s>a; other>b; a>e; b>e")

    assert "other" in changed
    assert Walk(files).open == ["a"]


def test_what_was_added_is_in_the_picture_and_passes_the_gate() -> None:
    """A designer goes on drawing where the rules left off."""
    offers = Offers(forms={"adopted_choose_g": {"way": Field(values=frozenset({"f_g_a", "f_g_b"}), required=True)}})
    data = pictured(nodes("start:s xor:g user:a user:b end:e"), "s>g; g>a[${x}]; g>b[${y}]; a>e; b>e")
    done = adopt("main.bpmn", data)

    found = [(p.rule, p.element) for p in examine({"main.bpmn": done.data}, "main", offers).problems if not p.warning]
    assert found == []
    assert json.loads(json.dumps(done.forms)) == done.forms


def test_a_lane_that_is_no_role_comes_to_the_first_one() -> None:
    """Else its work would come to nobody, and nobody would notice."""
    data = pictured(nodes("start:s user:a end:e"), "s>a; a>e").replace(b'"officer"', b'"sid-Accounting"')
    done = adopt("main.bpmn", data, ["officer", "unit_leader"])

    assert b'<bpmn:lane id="officer.sid-Accounting"' in done.data
    assert [str(change) for change in done.changes] == [
        "officer.sid-Accounting: the lane sid-Accounting is no role: its work comes to officer"
    ]


def test_a_call_of_a_process_that_the_bureau_has_stays_a_call() -> None:
    """Whoever types a call of the bureau's own callback must not get a person instead."""
    body = nodes("start:s end:e") + '<bpmn:callActivity id="c" calledElement="callback"/>'
    [data] = drawn(body, "s>c; c>e").values()

    assert b"callActivity" in adopt("main.bpmn", data, calls=["callback"]).data
    assert b"callActivity" not in adopt("main.bpmn", data).data


def test_what_has_no_picture_is_drawn_side_by_side() -> None:
    """Shapes on top of each other cannot be moved apart by somebody who does not see them."""
    body = nodes("start:s user:a end:e end:late") + boundary("t", "a", timer("PT1H"), interrupting=False)
    [data] = drawn(body, "s>a; a>e; t>late").values()
    root = etree.fromstring(adopt("main.bpmn", data).data)
    places = {
        shape.get("bpmnElement"): (float(shape[0].get("x", "0")), float(shape[0].get("y", "0")))
        for shape in root.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape")
    }

    assert places == {"s": (120, 22), "a": (176, 0), "e": (296, 22), "late": (352, 22), "t": (208, 62)}


def test_a_circle_of_choices_gets_a_cap() -> None:
    """Twelve more rounds, then the way out is taken, whatever is chosen."""
    body = nodes("start:s user:a end:e") + node("exclusiveGateway", "g", default="f_g_e")
    files, changed = adopted(body, 's>a; a>g; g>a[a.again == "yes"]; g>e')
    walk = Walk(files)
    for _ in range(13):
        walk.complete("a", {"a": {"again": "yes"}})

    assert "g" in changed
    assert walk.ended == ("e",)


def test_adopting_twice_changes_nothing_more() -> None:
    """What has been repaired needs no repair, and a sound file is returned byte by byte."""
    [data] = drawn(nodes("user:a user:b"), "a>b").values()
    once = adopt("main.bpmn", data)
    again = adopt("main.bpmn", once.data)

    assert (again.data, again.changes) == (once.data, ())


def test_what_no_rule_repairs_is_refused_with_reasons() -> None:
    """How work is undone must be drawn by somebody who knows."""
    body = nodes("start:s user:a end:e") + boundary("undo", "a", "<bpmn:compensateEventDefinition/>")
    files, _ = adopted(body, "s>a; a>e")
    with pytest.raises(DiagramError, match="compensation is not supported"):
        Walk(files)


def test_what_is_no_diagram_is_told() -> None:
    """A file of another kind is not repaired into one."""
    with pytest.raises(DiagramError, match=r"is no BPMN 2\.0 file"):
        adopt("x.bpmn", etree.tostring(etree.Element("html")))
