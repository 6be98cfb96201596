"""Structure: what a drawing leaves out because its reader knows it: starts, ends, gateways, the flag to run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from duban.engine.adoption.sheet import Sheet
from duban.engine.checks import GATEWAYS, event_kinds
from duban.engine.drawing import qualified, tag_of

_BEGIN: Final = frozenset({"startEvent", "boundaryEvent"})


def ad_hoc(sheet: Sheet) -> None:
    """Turn ad-hoc sub-processes into ones whose steps all begin at once."""
    for node in list(sheet.root.iter(qualified("adHocSubProcess"))):
        sheet.rename(node, "subProcess")
        for name in ("ordering", "cancelRemainingInstances"):
            node.attrib.pop(name, None)
        for condition in node.findall(qualified("completionCondition")):
            node.remove(condition)
        sheet.told(node, "is now a sub-process whose steps all begin at once: ad-hoc order cannot be run")


def executable(sheet: Sheet) -> None:
    """Set the flag of every process that holds steps, and leave out those that hold none."""
    for process in list(sheet.root.iter(qualified("process"))):
        if not sheet.steps(process):
            for participant in sheet.root.iter(qualified("participant")):
                if participant.get("processRef") == process.get("id"):
                    del participant.attrib["processRef"]
            sheet.told(process, "is left out: it holds no steps; its pool stays as somebody outside")
            sheet.remove(process)
        elif process.get("isExecutable") != "true":
            process.set("isExecutable", "true")
            sheet.told(process, "isExecutable is now true")


def splits(sheet: Sheet) -> None:
    """Put a gateway where several flows leave a step: parallel, or inclusive where they have conditions."""
    for level in sheet.levels():
        for step in sheet.steps(level):
            flows = sheet.leaving(level, step)
            if tag_of(step) in GATEWAYS or tag_of(step) == "endEvent":
                continue
            conditioned = [flow for flow in flows if flow.find(qualified("conditionExpression")) is not None]
            if len(flows) < 2 and not conditioned:  # noqa: PLR2004  two flows are a split
                continue
            kind = "inclusive" if conditioned else "parallel"
            gateway = sheet.step(level, f"{kind}Gateway", f"{step.get('id')}_split", "", step)
            for flow in flows:
                sheet.lead(flow, source=gateway)
            default = step.attrib.pop("default", None)
            if default and conditioned:
                gateway.set("default", default)
            sheet.flow(level, step, gateway)
            sheet.told(step, f"the flows that left it now leave a gateway that says what they mean ({kind})")


def starts(sheet: Sheet) -> None:
    """Give every level one start, which leads to every step that nothing leads to."""
    for level in sheet.levels():
        steps = sheet.steps(level)
        begun = [step for step in steps if tag_of(step) == "startEvent"]
        loose = [step for step in steps if _is_loose(sheet, level, step)]
        if level.get("triggeredByEvent") == "true" or (begun and not loose):
            continue
        if not begun:
            begun = [sheet.step(level, "startEvent", f"{level.get('id')}_start", "开始", None)]
            sheet.told(level, "had no start event: one was added")
        _begin(sheet, level, begun[0], loose)


def _is_loose(sheet: Sheet, level: Any, step: Any) -> bool:
    begins = tag_of(step) in _BEGIN or step.get("triggeredByEvent") == "true" or step.get("isForCompensation") == "true"
    return not begins and not sheet.coming(level, step) and event_kinds(step) != ["link"]


def _begin(sheet: Sheet, level: Any, start: Any, loose: list[Any]) -> None:
    """Lead from *start* to what it led to before and to the *loose* steps."""
    flows = sheet.leaving(level, start)
    if not flows and len(loose) == 1:
        sheet.flow(level, start, loose[0])
    elif loose:
        gateway = sheet.step(level, "parallelGateway", f"{start.get('id')}_all", "", start)
        for flow in flows:
            sheet.lead(flow, source=gateway)
        sheet.flow(level, start, gateway)
        for step in loose:
            sheet.flow(level, gateway, step)
    for step in loose:
        sheet.told(step, f"nothing led to it: it begins with {start.get('id')}")


def more_starts(sheet: Sheet) -> None:
    """Keep one start that waits for nothing; the others begin by a message that bears their name."""
    for process in sheet.root.iter(qualified("process")):
        plain = [
            step for step in sheet.steps(process) if tag_of(step) == "startEvent" and event_kinds(step) != ["message"]
        ]
        for step in plain[1:]:
            for child in [child for child in step if tag_of(child).endswith("EventDefinition")]:
                step.remove(child)
            name = step.get("name") or step.get("id")
            message = sheet.define("message", f"{step.get('id')}_message", " ".join(name.split()))
            _message(step, message)
            sheet.told(step, f"is a further start: it now begins by the message {name}")


def _message(step: Any, message: str) -> None:
    from lxml import etree

    etree.SubElement(step, qualified("messageEventDefinition"), messageRef=message)


def inner_starts(sheet: Sheet) -> None:
    """Let several starts of a sub-process begin at once: there is nobody who could choose one."""
    for level in sheet.levels():
        begun = [step for step in sheet.steps(level) if tag_of(step) == "startEvent"]
        if tag_of(level) == "process" or len(begun) < 2 or level.get("triggeredByEvent") == "true":  # noqa: PLR2004  one
            continue
        first = sheet.step(level, "startEvent", f"{level.get('id')}_start", "开始", None)
        gateway = sheet.step(level, "parallelGateway", f"{level.get('id')}_all", "", first)
        sheet.flow(level, first, gateway)
        for step in begun:
            for flow in sheet.leaving(level, step):
                sheet.lead(flow, source=gateway)
            sheet.remove(step)
            sheet.told(step, "was one of several starts of a sub-process: one start now leads to all")


def ends(sheet: Sheet) -> None:
    """Give every step after which nothing follows an end event of its own."""
    for level in sheet.levels():
        for step in sheet.steps(level):
            over = tag_of(step) == "endEvent" or step.get("triggeredByEvent") == "true"
            if over or step.get("isForCompensation") == "true" or sheet.leaving(level, step) or _throws_link(step):
                continue
            if "compensate" in event_kinds(step):
                continue
            end = sheet.step(level, "endEvent", f"{step.get('id')}_end", "结束", step)
            sheet.flow(level, step, end)
            sheet.told(step, "nothing followed: an end event was added")


def _throws_link(step: Any) -> bool:
    return tag_of(step) == "intermediateThrowEvent" and event_kinds(step) == ["link"]


def joins(sheet: Sheet) -> None:
    """Part two flows that lead from one step straight into one join."""
    for level in sheet.levels():
        seen: set[tuple[str, str]] = set()
        by_id = {step.get("id"): step for step in sheet.steps(level)}
        for flow in sheet.flows(level):
            pair = (flow.get("sourceRef"), flow.get("targetRef"))
            target = by_id.get(flow.get("targetRef"))
            doubled = pair in seen and target is not None
            seen.add(pair)
            if doubled and tag_of(target) in {"parallelGateway", "inclusiveGateway"}:
                between = sheet.step(level, "intermediateThrowEvent", f"{flow.get('id')}_between", "", by_id[pair[0]])
                sheet.lead(flow, target=between)
                sheet.flow(level, between, target)
                sheet.told(flow, "was the second flow from one step into one join: an event now stands between")


def quantities(sheet: Sheet) -> None:
    """Count tokens one by one."""
    for level in sheet.levels():
        for step in sheet.steps(level):
            for name in ("startQuantity", "completionQuantity"):
                if step.get(name, "1") != "1":
                    sheet.told(step, f"{name} {step.get(name)} is now 1: tokens are counted one by one")
                    del step.attrib[name]


def names(sheet: Sheet) -> None:
    """Give flows and steps ids that can be named in expressions and addresses."""
    for level in sheet.levels():
        for flow in sheet.flows(level):
            if not flow.get("id"):
                flow.set("id", sheet.new_id(f"{flow.get('sourceRef')}__{flow.get('targetRef')}"))
                sheet.told(flow, "had no id")


def lanes(sheet: Sheet) -> None:
    """Call lanes by a role: work in a lane that is none would come to nobody."""
    for lane in sheet.root.iter(qualified("lane")):
        old = lane.get("id") or ""
        if sheet.roles and old.partition(".")[0] not in {*sheet.roles, "system"}:
            new = sheet.new_id(f"{sheet.roles[0]}.{old or 'lane'}")
            lane.set("id", new)
            sheet.retarget(old, new)
            sheet.told(lane, f"the lane {lane.get('name') or old} is no role: its work comes to {sheet.roles[0]}")


def pictures(sheet: Sheet) -> None:
    """Draw what is not in the picture."""
    known = sheet.pictured()
    for level in sheet.levels():
        steps = sorted(sheet.steps(level), key=lambda step: step.get("attachedToRef") is not None)  # hosts first
        for node in [*steps, *sheet.flows(level)]:
            if node.get("id") not in known:
                sheet.draw(node)
                sheet.told(node, "was not in the picture: it was drawn")


REPAIRS: Final[tuple[Callable[[Sheet], None], ...]] = (
    ad_hoc, names, quantities, lanes, executable, more_starts, inner_starts, splits, starts, ends, joins,
)  # fmt: skip
