"""Times: timers name a deadline of the bureau's table, or say a time of ISO 8601 in so many words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from duban.engine.gate.reads import parsed
from duban.errors import Problem
from duban.model.chart import Chart, Step

NAMED: Final = frozenset({"deadline", "warning", "rhythm"})
ISO: Final = re.compile(r"P(?=[0-9T])[0-9YMWDTHS.]+|R[0-9]*/.+|\d{4}-\d\d-\d\dT.+")


def check_times(chart: Chart) -> Iterator[Problem]:
    """Yield the timers that count in the diagram, where no calendar and no law looks on."""
    for step in chart.steps.values():
        if step.timer and step.kind != "left" and not ISO.fullmatch(step.timer):
            tree = parsed(step.timer)
            if tree is not None and not _is_time(tree):
                message = (
                    f'{step.timer}: name a deadline, as in deadline("B.sign"), or write ISO text in quotes ("PT24H")'
                )
                yield Problem(file=step.file, element=step.id, line=step.line, message=message, rule="timer-kind")


def _is_time(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_time(node.body) and _is_time(node.orelse)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in NAMED
    if isinstance(node, ast.Constant):
        return node.value is None or (isinstance(node.value, str) and bool(ISO.fullmatch(node.value)))
    return False


def named_limits(step: Step, functions: frozenset[str] = frozenset({"deadline", "warning"})) -> frozenset[str]:
    """Return the limits that the timer of *step* can name."""
    tree = parsed(step.timer) if step.timer and not ISO.fullmatch(step.timer) else None
    if tree is None:
        return frozenset()
    return frozenset(
        text
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in functions and call.args
        for text in _texts(call.args[0])
    )


def named_warnings(step: Step) -> frozenset[tuple[str, int]]:
    """Return the warnings that the timer of *step* can name: limit and offset."""
    tree = parsed(step.timer) if step.timer and not ISO.fullmatch(step.timer) else None
    found: set[tuple[str, int]] = set()
    for call in ast.walk(tree) if tree is not None else ():
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "warning":
            offset = call.args[1] if len(call.args) > 1 else None
            if isinstance(offset, ast.Constant) and isinstance(offset.value, int):
                found |= {(name, offset.value) for name in _texts(call.args[0])}
    return frozenset(found)


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument can be: a literal, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
