"""The other side of every ratio: stock SpiffWorkflow with its serializer, on the same petition diagram.

The diagram is translated only where stock cannot read it, and always to its advantage: a decision is
answered by our own table at once (stock cannot evaluate S-FEEL or decision requirements), a named
deadline is a constant instant (no calendar is consulted), a service task is answered on the spot from
the recorded life, without a commit of its own.
"""

from __future__ import annotations

import ast
import json
import logging
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

from duban.engine.decisions import parse_decisions
from duban.engine.functions import FUNCTIONS
from duban.model.definition import Definition

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
TIMERS = ("timeDate", "timeDuration", "timeCycle")
DUE = "2026-12-31T00:00:00+08:00"
LIVED = frozenset({"petition.bpmn", "callback.bpmn"})
"""Files that the recorded life walks through; what the others draw is left out, to stock's advantage."""


class _AsItems(ast.NodeTransformer):
    """``a.b`` of our expressions is ``a["b"]`` of stock's."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return ast.Subscript(self.visit(node.value), ast.Constant(node.attr), ast.Load())


def python(text: str | None) -> str:
    """Return our expression *text* as stock's Python."""
    if text is None:
        raise ValueError("the diagram has an empty expression")
    return ast.unparse(ast.fix_missing_locations(_AsItems().visit(ast.parse(text.strip(), mode="eval"))))


def translate(file: bytes) -> bytes:
    """Return a BPMN file as stock can run it."""
    root = etree.fromstring(file)
    for process in root.iter(BPMN + "process"):
        _begin(process)
        for inputs in process.findall(BPMN + "ioSpecification"):  # stock asks for them before it has given the item
            process.remove(inputs)
    _calls(root)
    for condition in root.iter(BPMN + "conditionExpression"):
        condition.text = python(condition.text)
    for kind in TIMERS:
        for timer in root.iter(BPMN + kind):
            timer.text = f"({python(timer.text)}) or {DUE!r}"
    for parameter in root.iter(SPIFF + "parameter"):
        parameter.set("value", python(parameter.get("value")))
    for payload in root.iter(SPIFF + "messagePayload"):
        payload.text = python(payload.text)
    for rule in list(root.iter(BPMN + "businessRuleTask")):
        _answer(rule)
    return etree.tostring(root)


def _calls(root: etree._Element) -> None:
    """Leave of the calls those that the recorded life makes, once each."""
    for activity in list(root.iter(BPMN + "callActivity")):
        if f"{activity.get('calledElement')}.bpmn" in LIVED:
            _once(activity)
        else:
            _leave_out(activity)


def _begin(process: etree._Element) -> None:
    """Leave one start event, without its message: stock would begin at all of them."""
    starts = process.findall(BPMN + "startEvent")
    plain = [start for start in starts if start.find(BPMN + "messageEventDefinition") is None]
    kept = (plain or starts)[0]
    for message in kept.findall(BPMN + "messageEventDefinition"):
        kept.remove(message)
    for start in starts:
        if start is not kept:
            process.remove(start)
            for flow in process.findall(f"{BPMN}sequenceFlow[@sourceRef='{start.get('id')}']"):
                process.remove(flow)


def _leave_out(activity: etree._Element) -> None:
    """Turn the call of a process that is never entered into a script that does nothing."""
    del activity.attrib["calledElement"]
    activity.tag = BPMN + "scriptTask"
    etree.SubElement(activity, BPMN + "script").text = "pass"


def _once(activity: etree._Element) -> None:
    """Call once for the only item: stock does not give the item of several to the process that it calls."""
    many, level = activity.find(BPMN + "multiInstanceLoopCharacteristics"), activity.getparent()
    if many is None or level is None:
        return
    activity.remove(many)
    items, results = (many.findtext(f"{BPMN}loopData{way}Ref") for way in ("Input", "Output"))
    item, result = (_name(many.find(f"{BPMN}{way}DataItem")) for way in ("input", "output"))
    flows = list(level.iter(BPMN + "sequenceFlow"))
    before = next(flow.get("sourceRef") for flow in flows if flow.get("targetRef") == activity.get("id"))
    after = next(flow.get("targetRef") for flow in flows if flow.get("sourceRef") == activity.get("id"))
    for element, addition in ((before, f"...\n{item} = {items}[0]"), (after, f"{results} = [{result}]\n...")):
        script = level.find(f"{BPMN}scriptTask[@id='{element}']/{BPMN}script")
        if script is None:
            raise ValueError(f"the call {activity.get('id')} needs a script before and behind it")
        script.text = addition.replace("...", script.text or "")


def _name(item: etree._Element | None) -> str | None:
    return None if item is None else item.get("name")


def _answer(rule: etree._Element) -> None:
    """Turn a business rule task into a script that asks our table."""
    called = rule.findtext(f".//{SPIFF}calledDecisionId")
    for extension in rule.findall(BPMN + "extensionElements"):
        rule.remove(extension)
    rule.tag = BPMN + "scriptTask"
    etree.SubElement(rule, BPMN + "script").text = f"{rule.get('id')} = decide({called!r}, locals())"


class Environment(TaskDataEnvironment):  # type: ignore[misc]  # SpiffWorkflow carries no types
    """Stock's own script environment, with the names that our diagrams use."""

    def __init__(self, definition: Definition, answers: Mapping[str, Any]) -> None:
        decisions = parse_decisions({n: f for n, f in definition.files.items() if n.endswith(".dmn")})
        self._answers = answers
        super().__init__(
            {
                **{name: function.call for name, function in FUNCTIONS.items()},
                "deadline": lambda _name: DUE,
                "warning": lambda _name, _days: DUE,
                "decide": lambda name, data: decisions[name].decide(data).outputs,
            }
        )

    def call_service(self, _context: Any, operation_name: str, **_kwargs: Any) -> str:
        return json.dumps(self._answers[operation_name])


class Stock:
    """One definition on stock SpiffWorkflow; a case is a string of JSON."""

    def __init__(self, definition: Definition, answers: Mapping[str, Any]) -> None:
        logging.getLogger("spiff").setLevel(logging.ERROR)
        parser = SpiffBpmnParser()
        for name, file in definition.files.items():
            if name in LIVED:
                parser.add_bpmn_str(translate(file), filename=name)
        self._spec = parser.get_spec(definition.process)
        self._called = parser.get_subprocess_specs(definition.process)
        self._engine = PythonScriptEngine(Environment(definition, answers))
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def start(self, data: Mapping[str, Any]) -> str:
        """Start a case and return its state."""
        case = BpmnWorkflow(self._spec, self._called, script_engine=self._engine)
        case.get_next_task(state=TaskState.READY).data.update(data)
        case.do_engine_steps()
        return str(self._serializer.serialize_json(case))

    def complete(self, state: str, element: str, data: Mapping[str, Any]) -> str:
        """Complete the work item of *element* and return the new state."""
        case = self._restored(state)
        task = next(t for t in case.get_tasks(state=TaskState.READY, manual=True) if t.task_spec.bpmn_id == element)
        task.data.update(data)
        task.run()
        case.do_engine_steps()
        return str(self._serializer.serialize_json(case))

    def refresh(self, state: str) -> str | None:
        """Look for timers that are due, as a sweep must; return the new state if one was."""
        case = self._restored(state)
        case.refresh_timers()
        if case.get_next_task(state=TaskState.READY, manual=False) is None:
            return None
        case.do_engine_steps()
        return str(self._serializer.serialize_json(case))

    def is_completed(self, state: str) -> bool:
        """Tell whether the case is over."""
        return bool(self._restored(state).is_completed())

    def _restored(self, state: str) -> BpmnWorkflow:
        case = self._serializer.deserialize_json(state)
        case.script_engine = self._engine
        return case
