"""Circles: whoever may choose another round may do so a dozen times; then the other way is taken."""

from __future__ import annotations

from typing import Any, Final

from duban.engine.adoption.sheet import Sheet
from duban.engine.drawing import qualified, tag_of, text_of
from duban.engine.gate.parts import components

ROUNDS: Final = 12
"""Most rounds of a circle that nothing else caps (processes.md §8)."""


def capped(sheet: Sheet) -> None:
    """Count the rounds of circles in which a gateway chooses another one, and let the gateway compare the count."""
    for level in sheet.levels():
        counters: list[str] = []
        while (flow := _another_round(sheet, level)) is not None:
            counters.append(_cap(sheet, level, flow))
        if counters:
            _begin(sheet, level, counters)


def _another_round(sheet: Sheet, level: Any) -> Any | None:
    """Return a flow by which an exclusive gateway chooses another round that nothing counts yet."""
    steps = {step.get("id"): step for step in sheet.steps(level)}
    ways: dict[str, list[str]] = {name: [] for name in steps}
    for flow in sheet.flows(level):
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if source in steps and target in steps and not _counts(steps[source]):
            ways[source].append(target)
    for circle in components(ways):
        for name in sorted(circle):
            if tag_of(steps[name]) == "exclusiveGateway":
                flow = _back(sheet, level, steps[name], circle)
                if flow is not None:
                    return flow
    return None


def _counts(step: Any) -> bool:
    return tag_of(step) == "scriptTask" and "+ 1" in (text_of(step, "script") or "")


def _back(sheet: Sheet, level: Any, gateway: Any, circle: set[str]) -> Any | None:
    """Return a flow of *gateway* that stays in the circle while another one leaves it."""
    flows = sheet.leaving(level, gateway)
    inside = [flow for flow in flows if flow.get("targetRef") in circle]
    outside = [flow for flow in flows if flow.get("targetRef") not in circle]
    if not inside or not outside:
        return None
    if gateway.get("default") in {flow.get("id") for flow in inside}:
        return _swapped(sheet, gateway, outside[0], inside)
    return inside[0]


def _swapped(sheet: Sheet, gateway: Any, way_out: Any, inside: list[Any]) -> Any | None:
    """Let the way out be the default, where the condition of the way back can be said: not the one of the way out."""
    condition = text_of(way_out, "conditionExpression")
    back = next(flow for flow in inside if flow.get("id") == gateway.get("default"))
    others = [flow for flow in inside if flow is not back and text_of(flow, "conditionExpression")]
    if not condition or others:
        return None
    for old in way_out.findall(qualified("conditionExpression")):
        way_out.remove(old)
    sheet.condition(back, f"not ({condition})")
    gateway.set("default", way_out.get("id"))
    return back


def _cap(sheet: Sheet, level: Any, flow: Any) -> str:
    """Count the rounds on *flow*, and go by it a dozen times at most."""
    gateway = next(step for step in sheet.steps(level) if step.get("id") == flow.get("sourceRef"))
    target = next(step for step in sheet.steps(level) if step.get("id") == flow.get("targetRef"))
    script = sheet.script(level, f"again_{flow.get('id')}", "再来一轮", gateway)
    counter = f"{script.get('id')}_n"
    sheet.write(script, f"{counter} = {counter} + 1")
    sheet.condition(flow, f"({text_of(flow, 'conditionExpression')}) and {counter} < {ROUNDS}")
    sheet.lead(flow, target=script)
    sheet.flow(level, script, target)
    sheet.told(gateway, f"could go round without end: at most {ROUNDS} rounds now, counted in {script.get('id')}")
    return counter


def _begin(sheet: Sheet, level: Any, counters: list[str]) -> None:
    """Set the counters to zero before anything else."""
    for start in [step for step in sheet.steps(level) if tag_of(step) == "startEvent"]:
        script = sheet.script(level, f"{start.get('id')}_zero", "置零", start)
        sheet.write(script, "\n".join(f"{counter} = 0" for counter in counters))
        for flow in sheet.leaving(level, start):
            sheet.lead(flow, source=script)
        sheet.flow(level, start, script)
