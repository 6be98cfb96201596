"""Drawings: what the diagrams of a definition call things, for lists, timelines and the check of names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from duban.desk.sides import hosts_of
from duban.model.definition import Definition

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
_PHASES = frozenset({f"{_BPMN}subProcess", f"{_BPMN}transaction"})
_WORD = re.compile(r"\w+")
_CATCHING = frozenset({f"{_BPMN}startEvent", f"{_BPMN}intermediateCatchEvent", f"{_BPMN}boundaryEvent"})
NOT_MET = "不符合本环节的规定"
"""What a person reads where the designer gave no sentence."""
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """A rule that an answer must meet."""

    name: str
    """``score`` of ``must.score``: the field that it speaks of, where the form has one of that name."""
    expression: str
    says: str
    """What a person reads when the answer does not meet it."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The names in the diagrams of one definition, by element id."""

    process: str
    labels: dict[str, str] = field(default_factory=dict)
    """What is written on each element, process and lane."""
    phases: dict[str, str] = field(default_factory=dict)
    """Label of the phase that an element stands in: its outermost sub-process, or the called process."""
    files: dict[str, str] = field(default_factory=dict)
    """In which file an element is drawn."""
    forms: dict[str, str] = field(default_factory=dict)
    """Form of each user task that has one, without ``.json``."""
    operators: dict[str, str] = field(default_factory=dict)
    """Operator of each service task."""
    caught: set[str] = field(default_factory=set)
    """Names of the messages that something waits for once the case runs."""
    started_by: set[str] = field(default_factory=set)
    """Names of the messages that start the process."""
    hosts: dict[str, str] = field(default_factory=dict)
    """Throwing element to the activity beside which it throws: see duban.desk.sides."""
    guards: dict[str, list[Guard]] = field(default_factory=dict)
    """Rules that the answer to a user task must meet (``must.<name>``, ``says.<name>``)."""
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)
    """Key of a step to the only roles that see what it wrote (``seen_by``)."""

    gateways: dict[str, str] = field(default_factory=dict)
    """Event to the event-based gateway in front of it."""

    @property
    def watched(self) -> frozenset[str]:
        """Activities beside which something is thrown."""
        return frozenset(self.hosts.values())

    def label(self, element: str | None) -> str:
        """Return what is written on *element*, or its id where nothing is."""
        return self.labels.get(element or "") or element or ""

    def phase(self, element: str) -> str:
        """Return the phase of *element*, or its own label where it stands outside all phases."""
        return self.phases.get(element) or self.label(element)


def read_drawing(definition: Definition) -> Drawing:
    """Read the names off the diagrams of *definition*, which the engine has parsed without problems."""
    drawing = Drawing(process=definition.process)
    roots = {file: etree.fromstring(data, _PARSER) for file, data in definition.files.items() if file.endswith(".bpmn")}
    runs = _runs(drawing.process, roots.values())
    for file, root in roots.items():
        _read_file(drawing, file, root, runs)
    return drawing


def _runs(process: str, roots: Iterable[etree._Element]) -> set[str]:
    """Return *process* and every process that it calls: a file may hold others, which run on their own."""
    calls = {
        found.get("id", ""): [call.get("calledElement", "") for call in found.iter(f"{_BPMN}callActivity")]
        for root in roots
        for found in root.iter(f"{_BPMN}process")
    }
    reached: set[str] = set()
    ahead = [process]
    while ahead:
        if (one := ahead.pop()) not in reached:
            reached.add(one)
            ahead += calls.get(one, ())
    return reached


def _read_file(drawing: Drawing, file: str, root: etree._Element, runs: set[str]) -> None:
    for message in root.iter(f"{_BPMN}message"):
        drawing.labels[message.get("id", "")] = message.get("name", "")
    for process in root.iter(f"{_BPMN}process"):
        process_id = process.get("id", "")
        drawing.labels[process_id] = process.get("name", "")
        called = process_id != drawing.process
        _read_elements(drawing, process, file, phase=process.get("name") if called else None)
        if process_id in runs:
            drawing.hosts.update(hosts_of(process))
            _read_messages(drawing, process, called=called)
            _read_gateways(drawing, process)
            _hide_timers(drawing, process)


def _read_elements(drawing: Drawing, parent: etree._Element, file: str, phase: str | None) -> None:
    for element in parent:
        if not isinstance(element.tag, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # a comment's is a function
            continue
        if element_id := element.get("id"):
            _read_element(drawing, element, element_id, file)
            if phase:
                drawing.phases[element_id] = phase
        if element.tag in _PHASES:
            _read_elements(drawing, element, file, phase or element.get("name") or element_id)
        elif element.tag == f"{_BPMN}laneSet":
            for lane in element.iter(f"{_BPMN}lane"):
                drawing.labels[lane.get("id", "")] = lane.get("name", "")


def _read_element(drawing: Drawing, element: etree._Element, element_id: str, file: str) -> None:
    drawing.labels[element_id] = element.get("name", "")
    drawing.files[element_id] = file
    for operator in element.iterfind(f"{_BPMN}extensionElements/{_SPIFF}serviceTaskOperator"):
        drawing.operators[element_id] = operator.get("id", "")
    _read_properties(drawing, element, element_id)


def _hide_timers(drawing: Drawing, process: etree._Element) -> None:
    """Hide the timers that read what is hidden: a date that nobody may know must not stand in a list of dates."""
    for timer in process.iter(f"{_BPMN}timerEventDefinition"):
        event = timer.getparent()
        words = set(_WORD.findall("".join(str(text) for text in timer.itertext())))
        hiding = [roles for key, roles in drawing.hidden.items() if key in words]
        if event is not None and hiding:
            drawing.hidden[event.get("id", "")] = frozenset.intersection(*hiding)


def _read_gateways(drawing: Drawing, process: etree._Element) -> None:
    gateways = {gateway.get("id", "") for gateway in process.iter(f"{_BPMN}eventBasedGateway")}
    for flow in process.iter(f"{_BPMN}sequenceFlow"):
        if (gateway := flow.get("sourceRef", "")) in gateways:
            drawing.gateways[flow.get("targetRef", "")] = gateway


def _read_properties(drawing: Drawing, element: etree._Element, element_id: str) -> None:
    """Read what the designer said beside a step."""
    found = element.iterfind(f"{_BPMN}extensionElements/{_SPIFF}properties/{_SPIFF}property")
    said = {extra.get("name", ""): extra.get("value", "") for extra in found}
    if form := said.get("formJsonSchemaFilename"):
        drawing.forms[element_id] = form.removesuffix(".json")
    for name, expression in said.items():
        if name.startswith("must."):
            rule = name.removeprefix("must.")
            guard = Guard(name=rule, expression=expression, says=said.get(f"says.{rule}") or NOT_MET)
            drawing.guards.setdefault(element_id, []).append(guard)
    if roles := frozenset(role.strip() for role in said.get("seen_by", "").split(",") if role.strip()):
        for operator in element.iterfind(f"{_BPMN}extensionElements/{_SPIFF}serviceTaskOperator"):
            drawing.hidden[operator.get("resultVariable") or element_id] = roles
        drawing.hidden[element_id] = roles


def _read_messages(drawing: Drawing, process: etree._Element, *, called: bool) -> None:
    """Read what starts a process (its own start events) and what it waits for (everything else that catches)."""
    for task in process.iter(f"{_BPMN}receiveTask"):
        drawing.caught.add(drawing.label(task.get("messageRef")))
    for definition in process.iter(f"{_BPMN}messageEventDefinition"):
        event = definition.getparent()
        name = drawing.label(definition.get("messageRef"))
        if event is None or event.tag not in _CATCHING:
            continue
        if event.tag == f"{_BPMN}startEvent" and event.getparent() is process:
            if not called:
                drawing.started_by.add(name)
        else:
            drawing.caught.add(name)
