"""Sheet: a diagram that is being repaired, with its picture; every change is written down as it is made."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from duban.engine.drawing import BPMN, SPIFF, is_flow_node, is_level, qualified, read, tag_of

_DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
_LINE: Final = "http://www.omg.org/spec/DD/20100524/DI"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SIZES: Final = {"Event": (36, 36), "Gateway": (50, 50)}
_AHEAD: Final = frozenset({"extensionElements", "documentation", "auditing", "monitoring", "categoryValueRef"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that was repaired."""

    element: str
    line: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.element}: {self.what}"


class Sheet:
    """The file under repair."""

    def __init__(self, file: str, data: bytes, roles: Collection[str] = (), calls: Collection[str] = ()) -> None:
        """Read it; *roles* are those that the bureau has, the first one does what nobody else is named for.

        *calls* are the processes outside this file that may be called.

        Raises:
            ProblemFound: It cannot be read at all.
        """
        self.root = read(file, data)
        self.roles = tuple(roles)
        self.calls = frozenset(calls)
        self.changes: list[Change] = []
        self.forms: dict[str, dict[str, Any]] = {}
        """Name of a form that was made to its JSON Schema."""
        self._ids = {node.get("id") for node in self.root.iter(etree.Element)}

    def told(self, node: Any, what: str) -> None:
        """Write down that *node* was changed."""
        self.changes.append(Change(element=node.get("id") or tag_of(node), line=node.sourceline, what=what))

    def levels(self) -> Iterator[Any]:
        """Yield processes and sub-processes, the inner ones first."""
        found = [node for node in self.root.iter(etree.Element) if is_level(node)]
        yield from reversed(found)

    def steps(self, level: Any) -> list[Any]:
        """Return the steps of *level* itself."""
        return [node for node in level if is_flow_node(node) and node.get("id")]

    def flows(self, level: Any) -> list[Any]:
        """Return the flows of *level* itself."""
        return list(level.findall(qualified("sequenceFlow")))

    def leaving(self, level: Any, step: Any) -> list[Any]:
        """Return the flows that leave *step*."""
        return [flow for flow in self.flows(level) if flow.get("sourceRef") == step.get("id")]

    def coming(self, level: Any, step: Any) -> list[Any]:
        """Return the flows that lead to *step*."""
        return [flow for flow in self.flows(level) if flow.get("targetRef") == step.get("id")]

    # -- making

    def new_id(self, wanted: str) -> str:
        """Return an id that nothing has yet."""
        name, number = wanted, 1
        while name in self._ids:
            number += 1
            name = f"{wanted}_{number}"
        self._ids.add(name)
        return name

    def step(self, level: Any, tag: str, wanted: str, name: str, beside: Any = None) -> Any:
        """Add a step to *level*, in the lane and near the picture of *beside*."""
        node = etree.Element(qualified(tag), id=self.new_id(wanted), name=name)
        flows = self.flows(level)
        at = level.index(flows[0]) if flows else self._end_of(level)
        level.insert(at, node)
        if beside is not None:
            self._into_lane(beside, node)
        self._shape(node, beside)
        return node

    def script(self, level: Any, wanted: str, name: str, beside: Any) -> Any:
        """Add a script task, to be written; its id can be named in expressions."""
        node = self.step(level, "scriptTask", re.sub(r"\W", "_", wanted), name, beside)
        node.set("scriptFormat", "python")
        return node

    def write(self, node: Any, text: str) -> None:
        """Write the script of *node*."""
        etree.SubElement(node, qualified("script")).text = text

    def flow(self, level: Any, source: Any, target: Any, condition: str | None = None) -> Any:
        """Draw a flow."""
        wanted = f"{source.get('id')}__{target.get('id')}"
        flow = etree.Element(
            qualified("sequenceFlow"), id=self.new_id(wanted), sourceRef=source.get("id"), targetRef=target.get("id")
        )
        level.insert(self._end_of(level), flow)
        if condition is not None:
            self.condition(flow, condition)
        self._edge(flow)
        return flow

    def condition(self, flow: Any, text: str) -> None:
        """Write the condition of *flow*."""
        for old in flow.findall(qualified("conditionExpression")):
            flow.remove(old)
        node = etree.SubElement(flow, qualified("conditionExpression"))
        node.set(f"{{{_XSI}}}type", f"{_prefix(self.root)}tFormalExpression")
        node.text = text

    def lead(self, flow: Any, *, source: Any = None, target: Any = None) -> None:
        """Let *flow* begin or end elsewhere."""
        if source is not None:
            flow.set("sourceRef", source.get("id"))
        if target is not None:
            flow.set("targetRef", target.get("id"))
        self._edge(flow)

    def rename(self, node: Any, tag: str) -> None:
        """Turn *node* into another element."""
        node.tag = qualified(tag)

    def form(self, step: Any, title: str, ways: list[str]) -> None:
        """Give *step* a form in which one of *ways* is chosen."""
        name = f"adopted_{step.get('id')}"
        self.forms[name] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            "type": "object",
            "properties": {"way": {"type": "string", "title": "去向", "enum": ways}},
            "required": ["way"],
            "additionalProperties": False,
        }
        extensions = etree.Element(qualified("extensionElements"), nsmap={"spiffworkflow": SPIFF})
        properties = etree.SubElement(extensions, f"{{{SPIFF}}}properties")
        entry = etree.SubElement(properties, f"{{{SPIFF}}}property", name="formJsonSchemaFilename")
        entry.set("value", f"{name}.json")
        step.insert(0, extensions)

    def document(self, node: Any, text: str) -> None:
        """Add a remark to *node*."""
        remark = etree.Element(qualified("documentation"))
        remark.text = text
        node.insert(0, remark)

    def define(self, tag: str, wanted: str, name: str) -> str:
        """Add a message, signal or error to the file, and return its id."""
        node = etree.Element(qualified(tag), id=self.new_id(wanted), name=name)
        first = next((at for at, child in enumerate(self.root) if tag_of(child) in {"process", "collaboration"}), 0)
        self.root.insert(first, node)
        return str(node.get("id"))

    def remove(self, node: Any) -> None:
        """Take *node* and its picture away."""
        gone = {inner.get("id") for inner in node.iter(etree.Element)} - {None}
        for picture in list(self.root.iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge")):
            if picture.get("bpmnElement") in gone:
                picture.getparent().remove(picture)
        for reference in list(self.root.iter(*(qualified(name) for name in ("flowNodeRef", "incoming", "outgoing")))):
            if (reference.text or "").strip() in gone:
                reference.getparent().remove(reference)
        node.getparent().remove(node)

    def tidy(self) -> None:
        """Write incoming and outgoing of every step anew, as the flows say."""
        for level in self.levels():
            flows = self.flows(level)
            for node in self.steps(level):
                for old in [*node.findall(qualified("incoming")), *node.findall(qualified("outgoing"))]:
                    node.remove(old)
                at = sum(1 for child in node if tag_of(child) in _AHEAD)
                ends = [("incoming", "targetRef"), ("outgoing", "sourceRef")]
                for tag, end in ends:
                    for flow in flows:
                        if flow.get(end) == node.get("id"):
                            child = etree.Element(qualified(tag))
                            child.text = flow.get("id")
                            node.insert(at, child)
                            at += 1

    # -- place and picture

    def _end_of(self, level: Any) -> int:
        """Return where a flow element may be added: before what the schema has after them."""
        beside = {"association", "group", "textAnnotation", "resourceRole", "correlationSubscription", "supports"}
        for at, child in enumerate(level):
            if tag_of(child) in beside:
                return at
        return len(level)

    def _into_lane(self, beside: Any, node: Any) -> None:
        for reference in self.root.iter(qualified("flowNodeRef")):
            if (reference.text or "").strip() == beside.get("id"):
                other = etree.Element(qualified("flowNodeRef"))
                other.text = node.get("id")
                reference.addnext(other)
                return

    def _plane(self) -> Any:
        plane = next(iter(self.root.iter(f"{{{_DI}}}BPMNPlane")), None)
        if plane is None:
            diagram = etree.SubElement(self.root, f"{{{_DI}}}BPMNDiagram", id=self.new_id("diagram"))
            first = next(iter(self.root.iter(qualified("collaboration"), qualified("process"))))
            plane = etree.SubElement(
                diagram, f"{{{_DI}}}BPMNPlane", id=self.new_id("plane"), bpmnElement=first.get("id")
            )
        return plane

    def _bounds(self, element: str) -> tuple[float, float, float, float] | None:
        for shape in self.root.iter(f"{{{_DI}}}BPMNShape"):
            bounds = shape.find(f"{{{_DC}}}Bounds")
            if shape.get("bpmnElement") == element and bounds is not None:
                x, y, width, height = (float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
                return x, y, width, height
        return None

    def _rightmost(self) -> tuple[float, float, float, float]:
        """Return the bounds of what is drawn farthest to the right; of a first step's place where nothing is."""
        shapes = [shape.get("bpmnElement", "") for shape in self.root.iter(f"{{{_DI}}}BPMNShape")]
        drawn = [bounds for bounds in map(self._bounds, shapes) if bounds is not None]
        return max(drawn, key=lambda bounds: bounds[0] + bounds[2], default=(0.0, 0.0, 100.0, 80.0))

    def _shape(self, node: Any, beside: Any) -> None:
        """Draw *node* to the right of *beside* or else of everything, level with its middle; on its host's edge."""
        near = None if beside is None else self._bounds(beside.get("id"))
        x, y, wide, high = near or self._rightmost()
        width, height = next((size for end, size in _SIZES.items() if tag_of(node).endswith(end)), (100, 80))
        host = self._bounds(node.get("attachedToRef") or "")
        if host is not None:  # its middle on the middle of the lower edge
            x, y, wide, high = host[0] + host[2] / 2 - width / 2 - 20, host[1] + host[3], 0.0, 0.0
        shape = etree.SubElement(
            self._plane(), f"{{{_DI}}}BPMNShape", id=self.new_id(f"{node.get('id')}_di"), bpmnElement=node.get("id")
        )
        at = {"x": x + wide + 20, "y": y + high / 2 - height / 2, "width": width, "height": height}
        etree.SubElement(shape, f"{{{_DC}}}Bounds", {name: f"{value:g}" for name, value in at.items()})

    def retarget(self, old: str, new: str) -> None:
        """Let the picture of *old* show *new*."""
        for shape in self.root.iter(f"{{{_DI}}}BPMNShape"):
            if shape.get("bpmnElement") == old:
                shape.set("bpmnElement", new)

    def draw(self, node: Any) -> None:
        """Draw whatever is not in the picture yet: a step or a flow."""
        if tag_of(node) == "sequenceFlow":
            self._edge(node)
        elif self._bounds(node.get("id")) is None:
            self._shape(node, None)

    def pictured(self) -> set[str | None]:
        """Return the ids of what is in the picture."""
        return {node.get("bpmnElement") for node in self.root.iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge")}

    def _edge(self, flow: Any) -> None:
        """Draw *flow* straight from middle to middle."""
        for old in list(self.root.iter(f"{{{_DI}}}BPMNEdge")):
            if old.get("bpmnElement") == flow.get("id"):
                old.getparent().remove(old)
        edge = etree.SubElement(
            self._plane(), f"{{{_DI}}}BPMNEdge", id=self.new_id(f"{flow.get('id')}_di"), bpmnElement=flow.get("id")
        )
        for end in ("sourceRef", "targetRef"):
            x, y, width, height = self._bounds(flow.get(end)) or (0.0, 0.0, 0.0, 0.0)
            middle = {"x": f"{x + width / 2:g}", "y": f"{y + height / 2:g}"}
            etree.SubElement(edge, f"{{{_LINE}}}waypoint", middle)


def _prefix(root: Any) -> str:
    """Return the prefix of BPMN's namespace, with its colon; nothing where it is the default one."""
    return next((f"{prefix}:" if prefix else "" for prefix, space in root.nsmap.items() if space == BPMN), "")
