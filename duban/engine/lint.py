"""Warnings: what runs as drawn, but hardly as meant; told to the designer, refusing nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from duban.engine.checks import GATEWAYS, event_kinds, incoming, outgoing
from duban.engine.drawing import Drawing, extension, qualified, tag_of
from duban.engine.reading import Reading
from duban.errors import Problem

Found = Iterator[tuple[Any, str]]
_WORK: Final = frozenset({"task", "userTask", "manualTask"})


def lint(files: Mapping[str, bytes], process: str) -> tuple[Problem, ...]:
    """Return the warnings of *process* and everything that it calls, in the order of the files.

    Raises:
        DiagramError: The diagram cannot be run at all.
    """
    reading = Reading(files, process)
    reading.check()
    return warnings_of(reading)


def warnings_of(reading: Reading) -> tuple[Problem, ...]:
    """Return the warnings of a diagram that has been read and checked."""
    found = [
        Problem(file=level.file, element=node.get("id"), line=node.sourceline, message=message, rule=rule, warning=True)
        for level in reading.used
        for rule, look in _RULES.items()
        for node, message in look(level)
    ]
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line or 0)))


def _defaults(level: Drawing) -> Found:
    for node in level.nodes.values():
        chooses = tag_of(node) == "inclusiveGateway" and len(outgoing(level, node)) > 1
        if chooses and node.get("default") is None:
            yield node, "it has no default flow: where no condition holds, the token stops as an incident"


def _collections(level: Drawing) -> Found:
    for node in level.nodes.values():
        many = node.find(qualified("multiInstanceLoopCharacteristics"))
        if many is not None and many.find(qualified("loopDataOutputRef")) is None:
            yield node, "what its instances write stays in them: name a loopDataOutputRef if it is needed later"


def _owners(level: Drawing) -> Found:
    for node in level.nodes.values():
        if tag_of(node) in _WORK and not extension(node, "role") and not _in_a_lane(level, node):
            yield node, "it stands in no lane: nobody has the role that may do it"
        if tag_of(node) == "userTask" and not extension(node, "formJsonSchemaFilename"):
            yield node, "it has no form"


def _in_a_lane(level: Drawing, node: Any) -> bool:
    """Tell whether the step or a level around it stands in a lane."""
    while node is not None:
        parent = node.getparent()
        lanes = [] if parent is None else parent.iter(qualified("flowNodeRef"))
        if node.get("id") in level.lanes or any((lane.text or "").strip() == node.get("id") for lane in lanes):
            return True
        node = parent
    return False


def _side_work(level: Drawing) -> Found:
    for event in level.nodes.values():
        if tag_of(event) != "boundaryEvent" or event.get("cancelActivity") != "false":
            continue
        for node in _after(level, event):
            if tag_of(node) in _WORK:
                yield node, f"work beside the main line (after {event.get('id')}) keeps the case open until it is done"
            if tag_of(node) in {"parallelGateway", "inclusiveGateway"} and len(incoming(level, node)) > 1:
                yield node, f"{event.get('id')} can bring more than one token here: put the join into a sub-process"


def _after(level: Drawing, node: Any) -> list[Any]:
    """Return the steps that a token of *node* can come to."""
    seen: dict[str, Any] = {}
    todo = [node]
    while todo:
        for flow in outgoing(level, todo.pop()):
            target = flow.get("targetRef")
            if target not in seen:
                seen[target] = level.nodes[target]
                todo.append(level.nodes[target])
    return list(seen.values())


def _labels(level: Drawing) -> Found:
    for node in level.nodes.values():
        silent = tag_of(node) in GATEWAYS and len(outgoing(level, node)) == 1
        if not node.get("name") and not silent and tag_of(node) not in {"parallelGateway", "eventBasedGateway"}:
            yield node, f"this {tag_of(node)} has no label"


def _phase_timers(level: Drawing) -> Found:
    for node in level.nodes.values():
        if tag_of(node) == "boundaryEvent" and "timer" in event_kinds(node):
            texts = [child.text or "" for child in node.iter() if tag_of(child).startswith("time")]
            if not any("deadline(" in text or "warning(" in text for text in texts):
                yield node, "its time is counted in the diagram: name a deadline, so that calendar and law count it"


_RULES: Final = MappingProxyType(
    {
        "no-default": _defaults,
        "lost-results": _collections,
        "no-owner": _owners,
        "side-work": _side_work,
        "no-label": _labels,
        "counted-time": _phase_timers,
    }
)
