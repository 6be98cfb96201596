"""Side paths: which throwing elements stand beside an activity, on a path that leaves one of its boundary events.

A message thrown there begins a case that watches the activity (escalation of a limit): it is told as soon as the
activity is over, so that nobody has to draw it (docs/messages.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lxml import etree

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_THROWING = frozenset({f"{_BPMN}sendTask", f"{_BPMN}intermediateThrowEvent", f"{_BPMN}endEvent"})
_LEVELS = (f"{_BPMN}process", f"{_BPMN}subProcess", f"{_BPMN}transaction")


def hosts_of(process: etree._Element) -> dict[str, str]:
    """Return throwing element to the activity beside which it stands.

    Only non-interrupting events count (an interrupted activity is over at once), and only elements that no other path
    reaches; where paths from two activities meet, nobody can say which one is watched.
    """
    hosts: dict[str, str] = {}
    for tag in _LEVELS:
        for level in process.iter(tag):
            hosts |= _hosts_in(level)
    return hosts


def _hosts_in(level: etree._Element) -> dict[str, str]:
    flows: dict[str, list[str]] = defaultdict(list)
    for flow in level.iterfind(f"{_BPMN}sequenceFlow"):
        flows[flow.get("sourceRef", "")].append(flow.get("targetRef", ""))
    boundary = {event.get("id", ""): event for event in level.iterfind(f"{_BPMN}boundaryEvent")}
    targets = {target for found in flows.values() for target in found}
    inside = [each.get("id", "") for each in level if each.get("id") and each.get("id") not in boundary]
    main = _reached((element for element in inside if element not in targets), flows)
    beside: dict[str, set[str]] = defaultdict(set)
    for id_, event in boundary.items():
        host = event.get("attachedToRef", "") if event.get("cancelActivity") == "false" else ""
        for element in _reached([id_], flows) - main:
            beside[element].add(host)
    throwing = {each.get("id", "") for each in level if each.tag in _THROWING}
    return {element: next(iter(found)) for element, found in beside.items() if element in throwing and _is_one(found)}


def _is_one(hosts: set[str]) -> bool:
    return len(hosts) == 1 and "" not in hosts


def _reached(starts: Iterable[str], flows: Mapping[str, list[str]]) -> set[str]:
    """Return everything that sequence flows lead to from *starts*."""
    seen: set[str] = set()
    ahead = list(starts)
    while ahead:
        element = ahead.pop()
        if element not in seen:
            seen.add(element)
            ahead += flows.get(element, ())
    return seen
