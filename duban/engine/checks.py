"""Checks of structure: what is drawn must be something that the engine runs as drawn; all problems at once."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from duban.engine.drawing import SPIFF, Drawing, extension, is_level, qualified, tag_of
from duban.errors import Problem

Found = Iterator[tuple[Any, str]]

ACTIVITIES: Final = frozenset(
    {
        "task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask",
        "callActivity", "subProcess", "transaction",
    }
)  # fmt: skip
GATEWAYS: Final = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "startEvent": frozenset({"none", "message", "signal", "timer", "conditional"}),
    "event sub-process": frozenset({"message", "signal", "timer", "conditional", "error", "escalation"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "conditional", "link"}),
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "link"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "conditional", "error", "escalation", "cancel"}),
    "endEvent": frozenset({"none", "message", "signal", "error", "escalation", "cancel", "terminate"}),
}
_INSTEAD: Final[Mapping[str, str]] = {
    "complexGateway": "draw exclusive, parallel or inclusive gateways",
    "adHocSubProcess": "draw a sub-process with the order of its steps",
    "compensateEventDefinition": "draw what undoes the work as a path of its own",
}
_ID: Final = re.compile(r"[^\s/#]+")


def check(level: Drawing, levels: Mapping[str, Drawing]) -> Iterator[Problem]:
    """Yield the problems of one process level."""
    seen: set[tuple[str | None, str]] = set()
    for rule, look in _RULES.items():
        for node, message in look(level, levels):
            element = node.get("id")
            if (element, message) not in seen:
                seen.add((element, message))
                yield Problem(file=level.file, element=element, line=node.sourceline, message=message, rule=rule)


def event_kinds(node: Any) -> list[str]:
    """Return the kinds of event definitions that an event carries."""
    return [
        tag_of(child).removesuffix("EventDefinition") for child in node if tag_of(child).endswith("EventDefinition")
    ]


def outgoing(level: Drawing, node: Any) -> list[Any]:
    """Return the flows that leave *node*, in the order of the document."""
    return [flow for flow in level.flows if flow.get("sourceRef") == node.get("id")]


def incoming(level: Drawing, node: Any) -> list[Any]:
    """Return the flows that lead to *node*."""
    return [flow for flow in level.flows if flow.get("targetRef") == node.get("id")]


# -- names and kinds ----------------------------------------------------------------------------------


def _ids(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.node:
        if tag_of(node) in ACTIVITIES | GATEWAYS | EVENTS | {"sequenceFlow"} and not _ID.fullmatch(
            node.get("id") or ""
        ):
            yield node, f"{tag_of(node)} needs an id without spaces, slashes and number signs"


def _supported(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        tag = tag_of(node)
        if tag not in ACTIVITIES | GATEWAYS | EVENTS:
            yield node, f"{tag} is not supported: {_INSTEAD.get(tag, 'use another element')}"
        if node.get("isForCompensation") == "true" or "compensate" in event_kinds(node):
            yield node, f"compensation is not supported: {_INSTEAD['compensateEventDefinition']}"
        for name in ("preScript", "postScript"):
            if extension(node, name):
                yield node, f"{name} is not supported: draw a script task"
        for name in ("startQuantity", "completionQuantity"):
            if node.get(name, "1") != "1":
                yield node, f"{name} is not supported: draw a parallel gateway or a multi-instance"
        written_in = node.get("scriptFormat", "") if tag == "scriptTask" else ""
        if written_in and "python" not in written_in.lower():
            yield node, f"scripts are Python, not {written_in}: rewrite it and set scriptFormat to python"


def _associations(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    root = level.node.getroottree().getroot()
    objects = {found.get("id") for found in root.iter(qualified("dataObject"))}
    known = {found.get("id"): found.get("dataObjectRef") for found in root.iter(qualified("dataObjectReference"))}
    stores = {found.get("id") for found in root.iter(qualified("dataStoreReference"))}
    for node in level.nodes.values():
        for direction, end in (("dataInputAssociation", "sourceRef"), ("dataOutputAssociation", "targetRef")):
            for reference in node.iterfind(f"{qualified(direction)}/{qualified(end)}"):
                name = (reference.text or "").strip()
                if name in stores:
                    yield node, "data stores are not supported: use a data object or a service task"
                elif known.get(name) not in objects:
                    yield node, f"it is associated with {name!r}, which is no data object of this file"


# -- flows --------------------------------------------------------------------------------------------


def _flows(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for flow in level.flows:
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) not in level.nodes:
                yield flow, f"{end} {flow.get(end)!r} is no step of {level.id}: connect the flow inside one level"
    for node in level.nodes.values():
        default = node.get("default")
        if default is not None and default not in [flow.get("id") for flow in outgoing(level, node)]:
            yield node, f"the default flow {default!r} does not leave this gateway"


def _splits(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        count = len(outgoing(level, node))
        if count > 1 and tag_of(node) not in GATEWAYS:
            yield node, f"{count} flows leave this {tag_of(node)}: draw a gateway that says what they mean"
        if count and tag_of(node) == "endEvent":
            yield node, "no flow may leave an end event"
        if count == 0 and tag_of(node) in GATEWAYS:
            yield node, "no flow leaves this gateway"


def _reached(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        tag, count = tag_of(node), len(incoming(level, node))
        begins = tag in {"startEvent", "boundaryEvent"} or node.get("triggeredByEvent") == "true"
        if begins and count:
            yield node, f"no flow may lead to this {'event sub-process' if tag == 'subProcess' else tag}"
        if not begins and not count and not (tag == "intermediateCatchEvent" and "link" in event_kinds(node)):
            yield node, "no flow leads here: connect it or delete it"


def _conditions(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        flows = outgoing(level, node)
        chooses = tag_of(node) in {"exclusiveGateway", "inclusiveGateway"}
        for flow in flows:
            has_condition = flow.find(qualified("conditionExpression")) is not None
            if has_condition and not chooses:
                yield flow, f"a condition on a flow out of a {tag_of(node)} has no meaning: draw an exclusive gateway"
            if chooses and not has_condition and len(flows) > 1 and flow.get("id") != node.get("default"):
                yield flow, "this flow needs a condition, or must be the gateway's default flow"


def _doubles(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    counts = Counter((flow.get("sourceRef"), flow.get("targetRef")) for flow in level.flows)
    for flow in level.flows:
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        joins = target in level.nodes and tag_of(level.nodes[target]) in {"parallelGateway", "inclusiveGateway"}
        if joins and counts[source, target] > 1:
            yield flow, f"two flows lead from {source} straight to the join {target}: put a step on one of them"


# -- events -------------------------------------------------------------------------------------------


def _events(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        tag = tag_of(node)
        if tag not in EVENTS:
            continue
        kinds = event_kinds(node) or ["none"]
        if len(kinds) > 1:
            yield node, "several event definitions on one event are not supported: draw one event each"
        scoped = tag == "startEvent" and level.node.get("triggeredByEvent") == "true"
        allowed = _KINDS["event sub-process" if scoped else tag]
        for kind in kinds:
            if kind not in allowed and kind != "compensate":
                yield node, f"a {kind} event is not supported here ({tag}); it may be {', '.join(sorted(allowed))}"
            if kind == "cancel" and tag == "endEvent" and tag_of(level.node) != "transaction":
                yield node, "a cancel end event belongs into a transaction"


def _boundaries(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        if tag_of(node) != "boundaryEvent":
            continue
        host = level.nodes.get(node.get("attachedToRef"))
        if host is None or tag_of(host) not in ACTIVITIES:
            yield node, f"it is attached to {node.get('attachedToRef')!r}, which is no activity of {level.id}"
        elif "cancel" in event_kinds(node) and tag_of(host) != "transaction":
            yield node, "a cancel boundary event belongs on a transaction"
        if node.get("cancelActivity") == "false" and {"error", "cancel"} & set(event_kinds(node)):
            yield node, "an error or cancel event always interrupts: draw it interrupting"


def _event_gateways(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    guarded = {node.get("attachedToRef") for node in level.nodes.values()}
    for gateway in level.nodes.values():
        if tag_of(gateway) != "eventBasedGateway":
            continue
        for flow in outgoing(level, gateway):
            node = level.nodes.get(flow.get("targetRef"))
            if node is None:
                continue
            if tag_of(node) not in {"intermediateCatchEvent", "receiveTask"} or event_kinds(node) == ["link"]:
                yield node, f"after the event gateway {gateway.get('id')} only catching events may follow"
            elif len(incoming(level, node)) > 1:
                yield node, f"only the event gateway {gateway.get('id')} may lead to this event"
            elif node.get("id") in guarded:
                yield node, "a receive task behind an event gateway cannot have boundary events"


def _starts_and_ends(level: Drawing, levels: Mapping[str, Drawing]) -> Found:
    tags = Counter(tag_of(node) for node in level.nodes.values())
    yield from _starts(level)
    if tag_of(level.node) != "process" and not tags["endEvent"]:
        yield level.node, f"{level.id} has no end event: draw one"
    if tag_of(level.node) == "process" and level.node.get("isExecutable", "true") != "true":
        yield level.node, f"{level.id} is not executable: set isExecutable to true"
    for node in level.nodes.values():
        if is_level(node) and node.get("id") not in levels:
            yield node, "this sub-process needs an id of its own"


def _starts(level: Drawing) -> Found:
    """Yield what is wrong with the start events: a token must know at which one it begins."""
    starts = [node for node in level.nodes.values() if tag_of(node) == "startEvent"]
    if tag_of(level.node) != "process":
        if len(starts) != 1:
            yield level.node, f"{level.id} has {len(starts)} start events: draw exactly one"
        return
    if not starts:
        yield level.node, f"{level.id} has no start event: draw one"
    for other in [node for node in starts if "message" not in event_kinds(node)][1:]:
        yield other, f"{level.id} has another start event without a message: only one may begin by itself or by time"
    named: dict[str, Any] = {}
    for node in starts:
        for name in _messages(node):
            if named.setdefault(name, node) is not node:
                yield node, f"the start event {named[name].get('id')} begins with the message {name!r} already"


def _messages(node: Any) -> Iterator[str]:
    """Yield the names of the messages that an event is for."""
    for definition in node.iterfind(qualified("messageEventDefinition")):
        for message in node.getroottree().getroot().iter(qualified("message")):
            if message.get("id") == definition.get("messageRef"):
                yield message.get("name") or ""


def _begins_alone(level: Drawing) -> bool:
    """Tell whether a token can begin in *level* without a message that says where."""
    starts = [node for node in level.nodes.values() if tag_of(node) == "startEvent"]
    return len(starts) == 1 or any("message" not in event_kinds(node) for node in starts)


def _links(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    catching: dict[str, list[Any]] = {}
    throwing: dict[str, list[Any]] = {}
    for node in level.nodes.values():
        link = node.find(qualified("linkEventDefinition"))
        if link is not None:
            ends = catching if tag_of(node) == "intermediateCatchEvent" else throwing
            ends.setdefault(link.get("name") or node.get("name") or "", []).append(node)
    for name, nodes in catching.items():
        if len(nodes) > 1:
            yield nodes[1], f"two link events catch {name!r}: only one may"
        if name not in throwing:
            yield nodes[0], f"no link event throws {name!r} in {level.id}"
    for name, nodes in throwing.items():
        for node in nodes:
            if name not in catching:
                yield node, f"no link event catches {name!r} in {level.id}"
            if outgoing(level, node):
                yield node, "no flow may leave a throwing link event"


# -- loops and calls ----------------------------------------------------------------------------------


def _loops(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    for node in level.nodes.values():
        many = node.find(qualified("multiInstanceLoopCharacteristics"))
        if many is not None:
            ways = [many.find(qualified(name)) is not None for name in ("loopCardinality", "loopDataInputRef")]
            if sum(ways) != 1:
                yield node, "a multi-instance needs either loopDataInputRef (a list) or loopCardinality (a number)"
            if node.get("triggeredByEvent") == "true":
                yield node, "an event sub-process cannot be a multi-instance"
        loop = node.find(qualified("standardLoopCharacteristics"))
        if loop is not None:
            most = loop.get("loopMaximum")
            if most is None and loop.find(qualified("loopCondition")) is None:
                yield node, "a loop needs a loopCondition or a loopMaximum"
            if most is not None and not (most.isdigit() and int(most) > 0):
                yield node, f"loopMaximum must be a whole number above 0, not {most!r}"


def meant(wanted: str, known: Collection[str]) -> str:
    """Return which one *wanted* may have meant, or what else to do: only what a process reaches is known here."""
    near = difflib.get_close_matches(wanted, sorted(known), n=2, cutoff=0.6)
    return f": did you mean {' or '.join(near)}?" if near else ": correct the id, or put its file into bpmn/"


def _calls(level: Drawing, levels: Mapping[str, Drawing]) -> Found:
    processes = sorted(name for name, other in levels.items() if tag_of(other.node) == "process")
    for node in level.nodes.values():
        if tag_of(node) == "callActivity":
            called = node.get("calledElement")
            if not called:
                yield node, "say which process it calls (calledElement)"
            elif called not in processes:
                yield node, f"it calls the process {called!r}, which no file has{meant(called, processes)}"
            elif not _begins_alone(levels[called]):
                yield node, f"the process {called!r} begins with messages only: draw a start event without one in it"
        if tag_of(node) == "serviceTask":
            operator = node.find(f"{qualified('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")
            if operator is None or not operator.get("id"):
                yield node, "a service task needs a serviceTaskOperator with the id of its handler (module/function)"


def _references(level: Drawing, _: Mapping[str, Drawing]) -> Found:
    root = level.node.getroottree().getroot()
    for node in level.nodes.values():
        for kind in ("message", "signal", "error", "escalation"):
            names = {found.get("id"): found for found in root.iter(qualified(kind))}
            holders = [*node.iterfind(qualified(f"{kind}EventDefinition"))]
            if kind == "message" and tag_of(node) in {"sendTask", "receiveTask"}:
                holders.append(node)
            for holder in holders:
                reference = holder.get(f"{kind}Ref")
                if reference is not None and reference not in names:
                    yield node, f"{kind}Ref {reference!r} names no {kind} of this file"
                elif reference is not None and not names[reference].get("errorCode" if kind == "error" else "name"):
                    if kind in {"message", "signal"}:
                        yield node, f"the {kind} {reference!r} has no name"
                elif reference is None and kind == "message" and not _message_name(node, holder):
                    yield node, "say which message is meant (messageRef)"


def _message_name(node: Any, holder: Any) -> bool:
    return bool(node.get("name")) if holder is not node else bool(event_kinds(node))


_RULES: Final = MappingProxyType(
    {
        "element-id": _ids,
        "unsupported": _supported,
        "data-association": _associations,
        "flow-ends": _flows,
        "implicit-split": _splits,
        "not-connected": _reached,
        "condition-place": _conditions,
        "double-flow": _doubles,
        "event-kind": _events,
        "boundary": _boundaries,
        "event-gateway": _event_gateways,
        "start-end": _starts_and_ends,
        "link": _links,
        "loop-kind": _loops,
        "called": _calls,
        "reference": _references,
    }
)
