"""The diagrams as files: they open in any modeller, and every name in them is offered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import SpiffWorkflow
from lxml import etree

from duban.bureau import Bureau
from duban.engine.decisions import parse_decisions
from duban.engine.parse import parse

ROOT = Path(__file__).parents[2]
DIAGRAMS = sorted((ROOT / "bpmn").glob("*.bpmn"))
TABLES = sorted((ROOT / "bpmn").glob("*.dmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
DRAWN = (
    *("lane", "participant", "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent"),
    *("intermediateThrowEvent", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "exclusiveGateway"),
    *("parallelGateway", "eventBasedGateway", "subProcess", "callActivity", "sendTask", "receiveTask"),
)

LIMIT_IN = re.compile(r'"([A-Z]+\d*(?:\.\w+)+)"')
"""A limit's id in the text of a timer: X5.finish, W.e.sign, SV.door."""
TIMES = ("deadline(", "warning(", "rhythm(")

each = pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)


def tree(file: Path) -> etree._Element:
    return etree.parse(str(file)).getroot()


def elements(root: etree._Element, *tags: str) -> Iterator[etree._Element]:
    for tag in tags:
        yield from root.iter(BPMN + tag)


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(Path(SpiffWorkflow.__file__).parent / name)))


@each
def test_a_diagram_is_valid_bpmn(file: Path) -> None:
    """OMG's schema of BPMN 2.0 is what any modeller expects."""
    standard = schema("bpmn/parser/schema/BPMN20.xsd")

    assert standard.validate(etree.parse(str(file))), standard.error_log


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_a_table_is_valid_dmn(file: Path) -> None:
    """OMG's schema of DMN 1.3, drawing included."""
    standard = schema("dmn/parser/schema/DMN13.xsd")

    assert standard.validate(etree.parse(str(file))), standard.error_log


@each
def test_every_element_and_flow_is_drawn_once(file: Path) -> None:
    """A modeller shows what has a shape; what has none exists and is not seen."""
    root = tree(file)
    shapes = Counter(shape.get("bpmnElement") for shape in root.iter(DI + "BPMNShape"))
    edges = Counter(edge.get("bpmnElement") for edge in root.iter(DI + "BPMNEdge"))

    assert shapes == Counter(element.get("id") for element in elements(root, *DRAWN))
    assert edges == Counter(flow.get("id") for flow in elements(root, "sequenceFlow", "messageFlow"))


@each
def test_ids_are_unique_and_flows_meet_their_ends(file: Path) -> None:
    """XML demands it, and bpmn.io refuses the file otherwise."""
    root = tree(file)
    ids = Counter(element.get("id") for element in root.iter() if element.tag.startswith(BPMN) and element.get("id"))

    assert [name for name, times in ids.items() if times > 1] == []
    steps = {element.get("id"): element for element in root.iter() if str(element.tag).startswith(BPMN)}
    for flow in elements(root, "sequenceFlow"):
        source, target = (steps.get(flow.get(end)) for end in ("sourceRef", "targetRef"))

        assert source is not None
        assert target is not None
        assert flow.get("id") in [out.text for out in source.iter(BPMN + "outgoing")]
        assert flow.get("id") in [into.text for into in target.iter(BPMN + "incoming")]


@each
def test_what_one_case_runs_on_has_no_id_twice(file: Path, bureau: Bureau) -> None:
    """Caller and called name their steps apart: facts, labels and figures of a case are found by id."""
    for process in elements(tree(file), "process"):
        files = [name for name in bureau.files_for(process.get("id") or "") if name.endswith(".bpmn")]
        steps = Counter(
            element.get("id") for name in files for element in elements(tree(ROOT / "bpmn" / name), *DRAWN[2:])
        )

        assert {id_ for id_, count in steps.items() if count > 1} == set()


@each
def test_everything_that_people_read_has_a_chinese_label(file: Path) -> None:
    """Tasks, phases and ends are spoken of by their labels in worklists and timelines."""
    root = tree(file)
    named = elements(
        root, "userTask", "serviceTask", "businessRuleTask", "scriptTask", "subProcess", "endEvent", "lane"
    )

    assert [
        element.get("id") for element in named if not re.search(r"[\u4e00-\u9fff]", element.get("name") or "")
    ] == []


@each
def test_every_process_says_what_it_is_for(file: Path) -> None:
    """Whoever opens the file in a modeller finds the purpose and the law in its documentation."""
    for process in elements(tree(file), "process"):
        documentation = process.find(BPMN + "documentation")

        assert documentation is not None
        assert len(documentation.text or "") > 40


@each
def test_user_tasks_stand_in_lanes_that_are_roles(file: Path, bureau: Bureau) -> None:
    """A lane's id is a role, or a role, a dot and the phase (lanes are drawn per phase, ids are unique per file)."""
    root = tree(file)
    lanes = {ref.text: lane.get("id") for lane in elements(root, "lane") for ref in lane.iter(BPMN + "flowNodeRef")}
    roles = {str(lane).split(".")[0] for lane in lanes.values()}

    assert [task.get("id") for task in elements(root, "userTask") if task.get("id") not in lanes] == []
    assert roles <= set(bureau.settings.roles)


@each
def test_lanes_carry_the_name_of_their_role(file: Path, bureau: Bureau) -> None:
    """The same role is called the same on every page; what it is here may stand behind it in brackets."""
    wrong = [
        lane.get("id")
        for lane in elements(tree(file), "lane")
        if str(lane.get("name")).partition("（")[0] != bureau.settings.roles[str(lane.get("id")).split(".")[0]]
    ]

    assert wrong == []


@each
def test_every_form_operator_and_decision_is_offered(file: Path, bureau: Bureau) -> None:
    """Diagrams, forms, handlers and tables are joined by names alone."""
    root = tree(file)
    forms = [
        str(prop.get("value")).removesuffix(".json")
        for prop in root.iter(SPIFF + "property")
        if prop.get("name") == "formJsonSchemaFilename"
    ]
    operators = [str(operator.get("id")) for operator in root.iter(SPIFF + "serviceTaskOperator")]
    called = [str(decision.text) for decision in root.iter(SPIFF + "calledDecisionId")]
    decisions = parse_decisions({table.name: table.read_bytes() for table in TABLES})

    assert sorted(set(forms) - set(bureau.forms)) == []
    assert sorted(set(operators) - set(bureau.handlers)) == []
    assert sorted(set(called) - set(decisions)) == []


def test_every_handler_and_form_is_used(bureau: Bureau) -> None:
    """What no diagram asks for is dead weight."""
    roots = [tree(file) for file in DIAGRAMS]
    operators = {str(operator.get("id")) for root in roots for operator in root.iter(SPIFF + "serviceTaskOperator")}
    forms = {str(prop.get("value")).removesuffix(".json") for root in roots for prop in root.iter(SPIFF + "property")}
    forms |= {str(row["form"]) for row in bureau.setting("said")}

    assert sorted(set(bureau.handlers) - operators) == []
    assert sorted(set(bureau.forms) - forms) == []


@each
def test_every_deadline_is_in_the_table_of_limits(file: Path, bureau: Bureau) -> None:
    """Diagrams name deadlines, they do not count days."""
    texts = [str(date.text) for date in elements(tree(file), "timeDate", "timeDuration", "timeCycle")]
    names = {name for text in texts for name in LIMIT_IN.findall(text)}

    assert names <= set(bureau.settings.limits)
    assert [text for text in texts if not any(word in text for word in TIMES)] == []


@each
def test_no_statutory_limit_interrupts_work(file: Path, bureau: Bureau) -> None:
    """Clock rule (processes.md 8): the duty does not vanish when its limit passes; only bureau rules may cut off."""
    cut_off = [
        limit
        for event in elements(tree(file), "boundaryEvent")
        if event.get("cancelActivity") != "false"
        for date in event.iter(BPMN + "timeDate")
        for limit in LIMIT_IN.findall(str(date.text))
        if bureau.settings.limits[limit].statutory
    ]

    assert cut_off == []


@each
def test_the_way_of_a_reminder_ends_without_asking_anybody(file: Path) -> None:
    """A side token that waits for a person would hold the case open for ever."""
    root = tree(file)
    flows = {(str(flow.get("sourceRef")), str(flow.get("targetRef"))) for flow in elements(root, "sequenceFlow")}
    tags = {str(element.get("id")): etree.QName(element).localname for element in elements(root, *DRAWN)}
    for event in elements(root, "boundaryEvent"):
        timed = event.find(BPMN + "timerEventDefinition") is not None
        if timed and event.get("cancelActivity") == "false":
            (after,) = (target for source, target in flows if source == event.get("id"))
            behind = [target for source, target in flows if source == after]

            assert tags[after] in {"endEvent", "serviceTask"}
            assert [tags[target] for target in behind] in ([], ["endEvent"])


@each
def test_gateways_that_choose_have_a_way_out(file: Path) -> None:
    """Every exclusive split has a default, so no case is stuck for want of a condition."""
    open_ended = [
        gateway.get("id")
        for gateway in elements(tree(file), "exclusiveGateway")
        if len(gateway.findall(BPMN + "outgoing")) > 1 and not gateway.get("default")
    ]

    assert open_ended == []


@each
def test_every_diagram_runs(file: Path, bureau: Bureau) -> None:
    """The engine takes it as it stands."""
    for process in elements(tree(file), "process"):
        name = str(process.get("id"))

        assert parse(bureau.files_for(name), name).process == name


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_every_row_of_a_table_says_why(file: Path) -> None:
    """A decision is shown to people with the row that was chosen: the row must speak."""
    model = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
    silent = [
        rule.get("id")
        for rule in tree(file).iter(model + "rule")
        if not (rule.findtext(f"{model}annotationEntry/{model}text") or "").strip()
    ]

    assert silent == []
