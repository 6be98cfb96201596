"""Drawings: what the diagrams of a definition call things, for lists, timelines and the check of names."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from duban.model.definition import Definition

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
_PHASES = frozenset({f"{_BPMN}subProcess", f"{_BPMN}transaction"})
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


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

    def label(self, element: str | None) -> str:
        """Return what is written on *element*, or its id where nothing is."""
        return self.labels.get(element or "") or element or ""

    def phase(self, element: str) -> str:
        """Return the phase of *element*, or its own label where it stands outside all phases."""
        return self.phases.get(element) or self.label(element)


def read_drawing(definition: Definition) -> Drawing:
    """Read the names off the diagrams of *definition*, which the engine has parsed without problems."""
    drawing = Drawing(process=definition.process)
    for file, data in definition.files.items():
        if file.endswith(".bpmn"):
            _read_file(drawing, file, data)
    return drawing


def _read_file(drawing: Drawing, file: str, data: bytes) -> None:
    root = etree.fromstring(data, _PARSER)
    for message in root.iter(f"{_BPMN}message"):
        drawing.labels[message.get("id", "")] = message.get("name", "")
    for process in root.iter(f"{_BPMN}process"):
        called = process.get("id") != drawing.process
        drawing.labels[process.get("id", "")] = process.get("name", "")
        _read_elements(drawing, process, file, phase=process.get("name") if called else None)


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
    for extra in element.iterfind(f"{_BPMN}extensionElements/{_SPIFF}properties/{_SPIFF}property"):
        if extra.get("name") == "formJsonSchemaFilename":
            drawing.forms[element_id] = extra.get("value", "").removesuffix(".json")
    for event in element.iterfind(f"{_BPMN}messageEventDefinition"):
        _read_message(drawing, element, drawing.label(event.get("messageRef")))
    if element.tag == f"{_BPMN}receiveTask":
        drawing.caught.add(drawing.label(element.get("messageRef")))


def _read_message(drawing: Drawing, event: etree._Element, name: str) -> None:
    inside = event.getparent()
    in_event_process = inside is not None and inside.get("triggeredByEvent") == "true"
    if event.tag == f"{_BPMN}startEvent" and not in_event_process:
        drawing.started_by.add(name)
    elif event.tag in {f"{_BPMN}startEvent", f"{_BPMN}intermediateCatchEvent", f"{_BPMN}boundaryEvent"}:
        drawing.caught.add(name)
