"""Small diagrams for the gate: written as one reads them, with every shape in the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from duban.engine.gate.examine import examine
from duban.errors import Problem
from duban.model.offers import Field, Offers
from tests.engine.diagrams import drawn, extensions, node

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
LINE = "http://www.omg.org/spec/DD/20100524/DI"
_STEPS = frozenset(
    f"{BPMN}{tag}"
    for tag in [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "userTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "task",
        "manualTask",
    ]
)

DECISIONS = frozenset({"同意", "退回"})
OFFERS = Offers(
    forms={
        "sign": {
            "decision": Field(values=DECISIONS, required=True),
            "note": Field(values=None, required=False),
        },
        "weigh": {
            "size": Field(values=frozenset({"大", "小"}), required=True),
            "units": Field(values=None, required=True),
        },
        "secret_check": {"is_secret": Field(values=frozenset({True, False}), required=True)},
        "f": {},
    },
    roles={"officer", "deputy_leader"},
    units={"ZA", "JT"},
    limits={"B.sign", "B.wait", "X2.notice", "X3.notice", "X5.finish"},
    warnings={"B.wait": (2, 1)},
    statutory={"X2.notice", "X3.notice", "X5.finish"},
    rhythms={"weekly"},
    kinds={"escalation", "accusation"},
    letters={"L01", "L04", "L07"},
    handlers={"do/it", "letters/issue_notice", "letters/issue_opinion", "texts/purge"},
    given={"petition": frozenset({"received"})},
)
"""What the bureau of these tests offers."""


def user(id_: str, form: str = "f", inside: str = "", **properties: str) -> str:
    """Return a user task."""
    told = {"formJsonSchemaFilename": f"{form}.json", **properties}
    listed = "".join(
        f'<spiffworkflow:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>'
        for name, value in told.items()
    )
    return node("userTask", id_, extensions(f"<spiffworkflow:properties>{listed}</spiffworkflow:properties>") + inside)


def script(id_: str, text: str) -> str:
    """Return a script task."""
    return node("scriptTask", id_, f"<bpmn:script>{text}</bpmn:script>", scriptFormat="python")


def decision(id_: str, table: str) -> str:
    """Return a business rule task."""
    return node(
        "businessRuleTask", id_, extensions(f"<spiffworkflow:calledDecisionId>{table}</spiffworkflow:calledDecisionId>")
    )


def message_event(tag: str, id_: str, message: str, payload: str = "", **attributes: str) -> str:
    """Return an event that throws or waits for *message*."""
    inside = extensions(f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>") if payload else ""
    return node(
        tag,
        id_,
        f'<bpmn:messageEventDefinition messageRef="{message}">{inside}</bpmn:messageEventDefinition>',
        **attributes,
    )


def table(id_: str, inputs: str, outputs: str, rows: str, policy: str = "UNIQUE") -> bytes:
    """Return a DMN file; *rows* are lines of cells parted by ``|``, inputs before outputs."""
    columns = [text.strip() for text in inputs.split("|")]
    names = [text.strip() for text in outputs.split("|")]
    parts = [
        f'<input id="{id_}_i{at}" label="{text}"><inputExpression id="{id_}_e{at}"><text>{text}</text>'
        "</inputExpression></input>"
        for at, text in enumerate(columns)
    ]
    parts += [f'<output id="{id_}_o{at}" name="{name}"/>' for at, name in enumerate(names)]
    for number, line in enumerate(rows.strip().splitlines(), 1):
        cells = [cell.strip().replace("<", "&lt;") for cell in line.split("|")]
        told = [
            f'<inputEntry id="{id_}_{number}_i{at}"><text>{cell}</text></inputEntry>'
            for at, cell in enumerate(cells[: len(columns)])
        ]
        told += [
            f'<outputEntry id="{id_}_{number}_o{at}"><text>{cell}</text></outputEntry>'
            for at, cell in enumerate(cells[len(columns) :])
        ]
        parts.append(f'<rule id="{id_}_{number}">{"".join(told)}</rule>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        f'id="{id_}_file" name="{id_}" namespace="http://example.org"><decision id="{id_}" name="{id_}">'
        f'<variable id="{id_}_v" name="{id_}"/><decisionTable id="{id_}_t" hitPolicy="{policy}">{"".join(parts)}'
        "</decisionTable></decision></definitions>"
    ).encode()


def pictured(
    body: str, flows: str, *, beside: str = "", process: str = "main", hidden: frozenset[str] = frozenset()
) -> bytes:
    """Return a diagram whose steps all stand in the lane ``officer``, have a label, and are in the picture."""
    [data] = drawn(body, flows, beside=beside, process_id=process).values()
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    for element in root.iter():
        if element.tag in _STEPS and element.get("name") is None:
            element.set("name", str(element.get("id")))
    for level in root.iter(f"{BPMN}process"):
        lanes = etree.Element(f"{BPMN}laneSet", id=f"lanes_{level.get('id')}")
        lane = etree.SubElement(lanes, f"{BPMN}lane", id="officer" if level.get("id") == process else "officer.other")
        for element in level:
            if element.tag in _STEPS:
                etree.SubElement(lane, f"{BPMN}flowNodeRef").text = element.get("id")
        level.insert(0, lanes)
    _draw(root, process, hidden)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _draw(root: Any, process: str, hidden: frozenset[str]) -> None:
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id="picture")
    plane = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", id="plane", bpmnElement=process)
    for element in root.iter():
        name = element.get("id")
        if name in hidden or not isinstance(element.tag, str):
            continue
        if element.tag in _STEPS:
            shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{name}_di", bpmnElement=name)
            etree.SubElement(shape, f"{{{DC}}}Bounds", x="0", y="0", width="100", height="80")
        elif element.tag == f"{BPMN}sequenceFlow":
            line = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{name}_di", bpmnElement=name)
            for at in ("0", "100"):
                etree.SubElement(line, f"{{{LINE}}}waypoint", x=at, y="0")


def looked_at(files: Mapping[str, bytes], process: str = "main", offers: Offers = OFFERS) -> list[Problem]:
    """Return what the gate says."""
    return list(examine(files, process, offers).problems)
