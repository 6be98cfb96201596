"""The dialect: SpiffWorkflow's parser with our elements, the document's order and our lanes."""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.event_parsers import (
    CONDITIONAL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    TIMER_EVENT_XPATH,
    EndEventParser,
    IntermediateThrowEventParser,
)
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, IntermediateThrowEvent, StartEvent
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffEndEventParser,
    SpiffIntermediateThrowEventParser,
    SpiffStartEventParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask

from duban.engine.drawing import SPIFF, Drawing, is_flow_node, qualified, tag_of


class _StartParser(SpiffStartEventParser):
    """Start events of event sub-processes may wait for errors and escalations (SpiffWorkflow starts those at once)."""

    def create_task(self) -> Any:
        task = self._create_task(
            self.get_event_definition(
                [
                    MESSAGE_EVENT_XPATH,
                    SIGNAL_EVENT_XPATH,
                    TIMER_EVENT_XPATH,
                    CONDITIONAL_EVENT_XPATH,
                    ERROR_EVENT_XPATH,
                    ESCALATION_EVENT_XPATH,
                ]
            )
        )
        self.spec.start.connect(task)
        return task


class _EndParser(SpiffEndEventParser):
    """End events may throw signals too."""

    def get_event_definition(self, xpaths: list[str]) -> Any:
        return super().get_event_definition([*xpaths, SIGNAL_EVENT_XPATH])

    create_task = EndEventParser.create_task


class _ThrowParser(SpiffIntermediateThrowEventParser):
    create_task = IntermediateThrowEventParser.create_task


class _DecisionParser(BusinessRuleTaskParser):
    """Decisions are found by id when the diagram is prepared; SpiffWorkflow's own DMN engine is not used."""

    def create_task(self) -> Any:
        return BusinessRuleTask(self.spec, self.bpmn_id, dmnEngine=None, **self.bpmn_attributes)


class _ProcessParser(SpiffProcessParser):
    """Finds steps by id among steps only: a parameter or data item may have the same id as a step."""

    def _index_process_nodes(self) -> None:
        super()._index_process_nodes()
        self.nodes_by_id = {node.get("id"): node for node in self.node.iter() if is_flow_node(node) and node.get("id")}


class Parser(SpiffBpmnParser):
    """Builds SpiffWorkflow's specs from drawings that have been checked."""

    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012  SpiffWorkflow's own way to extend it
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("startEvent"): (_StartParser, StartEvent),
        full_tag("endEvent"): (_EndParser, EndEvent),
        full_tag("intermediateThrowEvent"): (_ThrowParser, IntermediateThrowEvent),
        full_tag("businessRuleTask"): (_DecisionParser, BusinessRuleTask),
    }

    def _add_diagram_indexes(self, bpmn: Any) -> None:
        """Forget where shapes are drawn: the order of flows is the document's."""

    def _add_data_stores(self, bpmn: Any) -> None:
        """Data stores are refused before."""


def links_to_flows(level: Drawing) -> None:
    """Turn link events into what they mean: a sequence flow from each throwing end to the catching one."""
    catching: dict[str, Any] = {}
    throwing: list[tuple[str, Any]] = []
    for node in level.nodes.values():
        link = node.find(qualified("linkEventDefinition"))
        if link is None:
            continue
        name = link.get("name") or node.get("name")
        if tag_of(node) == "intermediateCatchEvent":
            catching[name] = node
            node.tag = qualified("intermediateThrowEvent")
        else:
            throwing.append((name, node))
        node.remove(link)
    for name, node in throwing:
        flow = {"id": f"link_{node.get('id')}", "sourceRef": node.get("id"), "targetRef": catching[name].get("id")}
        etree.SubElement(level.node, qualified("sequenceFlow"), flow)


def messages_to_events(root: Any) -> None:
    """Move payload and variable from messages, where older editors wrote them, to the events that use the message."""
    for message in root.findall(qualified("message")):
        extensions = message.find(qualified("extensionElements"))
        if extensions is None:
            continue
        moved = [child for child in extensions if child.tag in _MESSAGE_EXTENSIONS]
        for child in moved:
            extensions.remove(child)
        for holder in root.iter(*_MESSAGE_HOLDERS):
            if moved and holder.get("messageRef") == message.get("id"):
                _extend(holder, moved)


_MESSAGE_EXTENSIONS = frozenset({f"{{{SPIFF}}}messagePayload", f"{{{SPIFF}}}messageVariable"})
_MESSAGE_HOLDERS = tuple(qualified(name) for name in ("messageEventDefinition", "sendTask", "receiveTask"))


def _extend(holder: Any, extensions: list[Any]) -> None:
    """Give *holder* copies of the extensions that it does not have."""
    place = holder.find(qualified("extensionElements"))
    if place is None:
        place = etree.Element(qualified("extensionElements"))
        holder.insert(0, place)
    have = {child.tag for child in place}
    place.extend(copy.deepcopy(child) for child in extensions if child.tag not in have)
