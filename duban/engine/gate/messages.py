"""Messages: what is thrown carries the keys by which it is found, and who waits can be told from others who wait."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from duban.engine.drawing import Drawing, qualified, tag_of
from duban.engine.gate.reads import parsed, path_of
from duban.errors import Problem
from duban.model.chart import Chart, Step
from duban.model.routes import Place, Routes, TooWide


def check_messages(chart: Chart, level: Drawing, *, called: bool) -> Iterator[Problem]:
    """Yield the messages of *chart* that would go astray.

    Args:
        chart: The process.
        level: The same as drawn.
        called: Whether another process calls it, so that several instances of it may wait at once.
    """
    paths = _paths(level)
    for step in chart.steps.values():
        if step.kind == "left":
            continue
        if step.throws and step.payload:
            yield from _payload(step, paths.get(step.throws, {}))
        if step.throws and not step.payload and paths.get(step.throws):
            names = ", ".join(paths[step.throws])
            yield _problem(step, "correlation-payload", f"{step.throws} is found by {names}: give it a payload")
        if step.catches and step.kind != "startEvent":
            yield from _wait(chart, step, called=called)


def _problem(step: Step, rule: str, message: str) -> Problem:
    return Problem(file=step.file, element=step.id, line=step.line, message=message, rule=rule)


def _paths(level: Drawing) -> dict[str, dict[str, str]]:
    """Return message name to the paths in its payload where its correlation properties stand."""
    root: Any = level.node.getroottree().getroot()
    names = {node.get("id"): node.get("name") or "" for node in root.iter(qualified("message"))}
    found: dict[str, dict[str, str]] = {}
    for prop in root.iter(qualified("correlationProperty")):
        for retrieval in prop.iter(qualified("correlationPropertyRetrievalExpression")):
            text = next((c.text for c in retrieval if tag_of(c) in {"messagePath", "formalExpression"}), None)
            name = names.get(retrieval.get("messageRef") or "", "")
            found.setdefault(name, {})[prop.get("id") or ""] = (text or "").strip()
    return found


def _payload(step: Step, paths: dict[str, str]) -> Iterator[Problem]:
    """Yield the correlation properties that the payload, where it is written as a mapping, does not hold."""
    tree = parsed(step.payload)
    for prop, path in paths.items():
        wanted = parsed(path)
        names = path_of(wanted).split(".") if wanted is not None and path_of(wanted) else []
        missing = _missing(tree, names)
        if missing:
            message = f"its payload has no {missing}, by which {step.throws} is found ({prop}): add it"
            yield _problem(step, "correlation-payload", message)


def _missing(tree: ast.expr | None, names: list[str]) -> str:
    for at, name in enumerate(names):
        if not isinstance(tree, ast.Dict):
            return ""
        keys = {
            key.value: value for key, value in zip(tree.keys, tree.values, strict=True) if isinstance(key, ast.Constant)
        }
        if name not in keys:
            return ".".join(names[: at + 1])
        tree = keys[name]
    return ""


def _wait(chart: Chart, step: Step, *, called: bool) -> Iterator[Problem]:
    """Yield a problem if *step* may be one of several that wait and no key has been sent out before."""
    around = next((name for name in step.within if chart.steps[name].many), None)
    if chart.steps.get(step.host) is not None and chart.steps[step.host].many and around is None and not called:
        return
    if around is None and not called:
        return
    where = f"the multi-instance {around}" if around else "a process that others call"
    if not step.correlation:
        message = f"it waits inside {where} for {step.catches}, which has no correlation property: several may wait"
        yield _problem(step, "message-key", f"{message}; draw one")
        return
    if step.correlation & step.own_keys:
        return
    route = _unthrown(chart, step, around)
    if route:
        message = (
            f"it waits inside {where} for {step.catches} before a message with its key "
            f"({', '.join(sorted(step.correlation))}) was thrown ({route}): throw one before, or give the wait the "
            "key (processVariableCorrelation)"
        )
        yield _problem(step, "catch-after-throw", message)


def _unthrown(chart: Chart, step: Step, around: str | None) -> str:
    """Return a route to *step* on which nobody threw its key; empty if there is none."""
    routes = Routes(chart, aside=True)
    starts = [around] if around else [*chart.starts]
    begun = [other.id for other in chart.steps.values() if other.id in starts]
    wanted = step.correlation

    def throws(other: Step, _: object) -> bool:
        begins = other.kind == "startEvent" and other.catches and bool(wanted & other.correlation)
        return bool(other.throws and wanted & other.correlation) or (bool(begins) and other.id in chart.starts)

    try:
        seen = routes.reach([Place(name, frozenset()) for name in begun], halt=throws)
    except TooWide:
        return ""
    for place in seen:
        if place.step == step.id:
            return routes.told(place, seen)
    return ""
