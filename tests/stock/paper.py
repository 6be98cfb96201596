"""Draws small diagrams for the tests of this folder: nodes as short calls, flows as one line of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from xml.sax.saxutils import escape

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'id="definitions" targetNamespace="http://example.org/small">'
)


def paper(
    *nodes: str, flows: str, roots: str = "", called: Mapping[str, str] | None = None, shapes: str = ""
) -> dict[str, bytes]:
    """Return the file of a diagram whose process is ``main``."""
    main = f'<bpmn:process id="main" name="main" isExecutable="true">{level(*nodes, flows=flows)}</bpmn:process>'
    others = "".join(
        f'<bpmn:process id="{name}" name="{name}" isExecutable="true">{body}</bpmn:process>'
        for name, body in (called or {}).items()
    )
    return {"small.bpmn": f"{HEAD}{roots}{main}{others}{shapes}</bpmn:definitions>".encode()}


def level(*nodes: str, flows: str) -> str:
    """Return nodes and flows; ``a>b>c`` is two flows, ``a>b[x == 1]`` has a condition, ``;`` separates paths."""
    drawn = []
    for path in filter(None, (part.strip() for part in flows.split(";"))):
        steps = re.findall(r"(\w+)(?:\[([^\]]*)\])?", path)
        drawn += [flow(a, b, condition) for (a, _), (b, condition) in pairwise(steps)]
    return "".join(nodes) + "".join(drawn)


def flow(source: str, target: str, condition: str = "") -> str:
    """Return one sequence flow; its id is ``f_<source>_<target>``."""
    body = formal("conditionExpression", condition) if condition else ""
    return (
        f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{body}</bpmn:sequenceFlow>"
    )


def node(tag: str, name: str, body: str = "", **attributes: str) -> str:
    """Return a node."""
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{tag} id="{name}" name="{name}"{said}>{body}</bpmn:{tag}>'


def start(name: str = "s", body: str = "", **attributes: str) -> str:
    """Return a start event."""
    return node("startEvent", name, body, **attributes)


def end(name: str = "e", body: str = "") -> str:
    """Return an end event."""
    return node("endEvent", name, body)


def user(name: str, body: str = "") -> str:
    """Return a user task."""
    return node("userTask", name, body)


def script(name: str, text: str, body: str = "") -> str:
    """Return a script task."""
    return node("scriptTask", name, f"{body}<bpmn:script>{escape(text)}</bpmn:script>")


def gate(kind: str, name: str, default: str = "") -> str:
    """Return a gateway; *default* is the target of its default flow."""
    return node(f"{kind}Gateway", name, **({"default": f"f_{name}_{default}"} if default else {}))


def sub(name: str, *nodes: str, flows: str, body: str = "", **attributes: str) -> str:
    """Return a sub-process."""
    return node("subProcess", name, body + level(*nodes, flows=flows), **attributes)


def edge(name: str, on: str, body: str, *, interrupting: bool = True) -> str:
    """Return a boundary event."""
    return node("boundaryEvent", name, body, attachedToRef=on, cancelActivity="true" if interrupting else "false")


def formal(tag: str, text: str) -> str:
    """Return a formal expression."""
    return f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:{tag}>'


def timer(text: str, kind: str = "timeDuration") -> str:
    """Return a timer event definition."""
    return f"<bpmn:timerEventDefinition>{formal(kind, text)}</bpmn:timerEventDefinition>"


def event(kind: str, ref: str = "", inner: str = "") -> str:
    """Return an event definition that refers to a root element."""
    reference = f' {kind}Ref="{ref}"' if ref else ""
    return f"<bpmn:{kind}EventDefinition{reference}>{inner}</bpmn:{kind}EventDefinition>"


def extension(inner: str) -> str:
    """Return extension elements."""
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def service(name: str, operator: str = "ops/do") -> str:
    """Return a service task; its result is kept under its own id."""
    inner = f'<spiffworkflow:serviceTaskOperator id="{operator}" resultVariable="{name}"><spiffworkflow:parameters/>'
    return node("serviceTask", name, extension(f"{inner}</spiffworkflow:serviceTaskOperator>"))


def many(items: str, item: str, *, out: str = "", result: str = "", sequential: bool = False, until: str = "") -> str:
    """Return multi-instance characteristics."""
    collected = f"<bpmn:loopDataOutputRef>{out}</bpmn:loopDataOutputRef>" if out else ""
    output = f'<bpmn:outputDataItem id="{result}"/>' if result else ""
    stop = formal("completionCondition", until) if until else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{"true" if sequential else "false"}">'
        f"<bpmn:loopDataInputRef>{items}</bpmn:loopDataInputRef>{collected}"
        f'<bpmn:inputDataItem id="{item}"/>{output}{stop}</bpmn:multiInstanceLoopCharacteristics>'
    )


def decision(name: str, policy: str, rules: str, aggregation: str = "", values: str = "") -> dict[str, bytes]:
    """Return a decision table of one input ``n`` and one output ``out``; *rules* are lines ``cell -> cell``."""
    rows = [line.split("->") for line in rules.strip().splitlines()]
    drawn = "".join(
        f'<rule id="r{n}"><inputEntry id="ri{n}"><text>{escape(when.strip())}</text></inputEntry>'
        f'<outputEntry id="ro{n}"><text>{escape(then.strip())}</text></outputEntry></rule>'
        for n, (when, then) in enumerate(rows)
    )
    how = f' aggregation="{aggregation}"' if aggregation else ""
    listed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    return {
        f"{name}.dmn": (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tables" name="tables" '
            f'namespace="http://example.org/small"><decision id="{name}" name="{name}">'
            f'<decisionTable id="t" hitPolicy="{policy}"{how}><input id="i"><inputExpression id="ie" typeRef="number">'
            f'<text>n</text></inputExpression></input><output id="o" name="out" typeRef="string">{listed}</output>'
            f"{drawn}</decisionTable></decision></definitions>"
        ).encode()
    }


def rule(name: str, called: str) -> str:
    """Return a business rule task."""
    inner = f"<spiffworkflow:calledDecisionId>{called}</spiffworkflow:calledDecisionId>"
    return node("businessRuleTask", name, extension(inner))
