"""Shapes: everything that is in a process is also in its picture, so that nobody approves what he cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from duban.engine.drawing import Drawing, tag_of
from duban.errors import Problem

_DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"


def check_shapes(root: Any, levels: list[Drawing]) -> Iterator[Problem]:
    """Yield the steps, flows and lanes of *levels* that the diagram of their file does not show."""
    shapes = {node.get("bpmnElement") for node in root.iter(f"{{{_DI}}}BPMNShape")}
    edges = {node.get("bpmnElement") for node in root.iter(f"{{{_DI}}}BPMNEdge")}
    for level in levels:
        for node in level.nodes.values():
            if node.get("id") not in shapes:
                yield _problem(level, node, f"this {tag_of(node)} has no shape in the picture: draw it")
        for flow in level.flows:
            if flow.get("id") not in edges:
                yield _problem(level, flow, "this flow has no line in the picture: draw it")


def _problem(level: Drawing, node: Any, message: str) -> Problem:
    return Problem(file=level.file, element=node.get("id"), line=node.sourceline, message=message, rule="shape")
