"""Drawings: what the XML of a diagram says and SpiffWorkflow's parser drops, with the lines where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from duban.errors import Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_LEVELS = frozenset({"process", "subProcess", "transaction"})
_BESIDE = frozenset(
    {
        "artifact", "association", "auditing", "category", "dataInput", "dataInputAssociation", "dataObject",
        "dataObjectReference", "dataOutput", "dataOutputAssociation", "dataStoreReference", "documentation",
        "extensionElements", "group", "incoming", "inputDataItem", "ioSpecification", "lane", "laneSet",
        "monitoring", "multiInstanceLoopCharacteristics", "outgoing", "outputDataItem", "property", "sequenceFlow",
        "standardLoopCharacteristics", "supports", "textAnnotation",
    }
)  # fmt: skip
"""Elements of a level that are no steps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """One process or sub-process, as drawn."""

    id: str
    name: str
    file: str
    node: Any
    """Its XML element."""
    nodes: Mapping[str, Any]
    """Id to XML element, of its own flow nodes (not those of inner levels)."""
    flows: tuple[Any, ...]
    """Its own sequence flows, in the order of the document."""
    lanes: Mapping[str, str]
    """Flow node to the role of its lane."""

    def flow_id(self, source: str, target: str) -> str:
        """Return the id of the flow between two nodes, or the source's id where none is drawn."""
        for flow in self.flows:
            if flow.get("sourceRef") == source and flow.get("targetRef") == target:
                return flow.get("id") or source
        return source

    def event_scopes(self) -> list[str]:
        """Return the ids of its event sub-processes."""
        return [name for name, node in self.nodes.items() if node.get("triggeredByEvent") == "true"]


def read(file: str, data: bytes) -> Any:
    """Return the root of an XML file; nothing outside the file is ever fetched.

    Raises:
        ProblemFound: It is broken, or declares entities.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ProblemFound(
            Problem(file=file, line=error.lineno, message=f"broken XML: {error.msg}", rule="xml")
        ) from error
    if _has_doctype(root):
        raise ProblemFound(Problem(file=file, line=1, message="a DOCTYPE is not allowed; delete it", rule="xml"))
    if root.tag != qualified("definitions"):
        raise ProblemFound(
            Problem(
                file=file,
                line=line_of(root),
                message=f"<{etree.QName(root).localname}> is no BPMN 2.0 file",
                rule="xml",
            )
        )
    return root


def _has_doctype(root: Any) -> bool:
    return bool(root.getroottree().docinfo.doctype)


def line_of(node: Any) -> int:
    """Return the line where an XML element stands."""
    return int(node.sourceline or 0)


class ProblemFound(Exception):
    """One file cannot be read at all."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def drawings(file: str, root: Any) -> Iterator[Drawing]:
    """Yield every process and sub-process of a file."""
    for node in root.iter(*(qualified(level) for level in sorted(_LEVELS))):
        nodes = {child.get("id"): child for child in node if is_flow_node(child) and child.get("id")}
        yield Drawing(
            id=node.get("id") or "",
            name=node.get("name") or node.get("id") or "",
            file=file,
            node=node,
            nodes=nodes,
            flows=tuple(node.findall(qualified("sequenceFlow"))),
            lanes=dict(_lanes(node)),
        )


def _lanes(node: Any) -> Iterator[tuple[str, str]]:
    """Yield flow node and role: the lane's id up to its first dot, for ids are unique in a file."""
    for lane in node.iterfind(f"{qualified('laneSet')}//{qualified('lane')}"):
        role = (lane.get("id") or "").partition(".")[0]
        for reference in lane.findall(qualified("flowNodeRef")):
            if reference.text:
                yield reference.text.strip(), role


def is_flow_node(node: Any) -> bool:
    """Tell whether an XML element is a step: not a flow, a lane, documentation or data."""
    if not isinstance(node.tag, str) or not node.tag.startswith(f"{{{BPMN}}}"):
        return False
    return tag_of(node) not in _BESIDE


def is_level(node: Any) -> bool:
    """Tell whether an XML element holds a process level of its own."""
    return tag_of(node) in _LEVELS


def tag_of(node: Any) -> str:
    """Return the local name of an XML element."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def qualified(name: str) -> str:
    """Return *name* in BPMN's namespace."""
    return f"{{{BPMN}}}{name}"


def extension(node: Any, name: str) -> str | None:
    """Return the text of a ``spiffworkflow:`` extension of *node*, or of its property of that name."""
    found = node.find(f"{qualified('extensionElements')}/{{{SPIFF}}}{name}")
    if found is not None and found.text:
        return str(found.text).strip()
    path = f"{qualified('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    for entry in node.iterfind(path):
        if entry.get("name") == name:
            return entry.get("value") or ""
    return None


def text_of(node: Any, path: str) -> str | None:
    """Return the stripped text of the element at *path* (BPMN names, parted by slashes), or None."""
    found = node.find("/".join(qualified(step) for step in path.split("/")))
    return None if found is None else (found.text or "").strip()
