"""Names: whatever a diagram names in so many words, the bureau has."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterator
from typing import Final

from duban.engine.gate.reads import parsed
from duban.engine.gate.times import named_limits, named_warnings
from duban.errors import Problem
from duban.model.chart import Chart, Step
from duban.model.offers import Offers

WORK: Final = frozenset({"task", "userTask", "manualTask"})
SYSTEM: Final = "system"
"""The lane of what nobody does."""


def check_names(chart: Chart, offers: Offers) -> Iterator[Problem]:
    """Yield the names of forms, roles, units, limits, rhythms, kinds and letters that nobody offers."""
    for step in chart.steps.values():
        if step.kind == "left":
            continue
        for rule, what, name, known in _named(step, offers):
            if known and name not in known:
                near = difflib.get_close_matches(name, sorted(known), n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known)[:12])}"
                message = f"there is no {what} {name}; {hint}"
                yield Problem(file=step.file, element=step.id, line=step.line, message=message, rule=rule)
        yield from _warnings(step, offers)


def _warnings(step: Step, offers: Offers) -> Iterator[Problem]:
    """Yield warnings at other offsets than the row of their limit has: what is data there is not drawn here."""
    for limit, offset in sorted(named_warnings(step)):
        known = offers.warnings.get(limit)
        if known is not None and offset not in known:
            rows = ", ".join(str(days) for days in known) or "never"
            message = f"{limit} warns {rows} before its end, not {offset}: correct one of them"
            yield Problem(file=step.file, element=step.id, line=step.line, message=message, rule="unknown-warning")


def _named(step: Step, offers: Offers) -> Iterator[tuple[str, str, str, Collection[str]]]:
    if step.form:
        yield "unknown-form", "form", step.form, offers.forms
    if step.operator:
        yield "unknown-handler", "handler", step.operator, offers.handlers
    role = _literal(step.role) or step.role
    if step.kind in WORK and role and (step.laned or role.isidentifier()) and offers.roles:
        yield "unknown-role", "role", role, {*offers.roles, SYSTEM}
    for unit in _texts(step.unit):
        yield "unknown-unit", "unit", unit, offers.units
    for limit in sorted(named_limits(step)):
        yield "unknown-limit", "limit", limit, offers.limits
    for rhythm in sorted(named_limits(step, frozenset({"rhythm"}))):
        yield "unknown-rhythm", "rhythm", rhythm, offers.rhythms
    kind, _, what = step.throws.partition(".")
    if what == "start":
        yield "unknown-kind", "kind of case", kind, offers.kinds
    for letter in _texts(step.parameters.get("letter", "")):
        yield "unknown-letter", "letter with a template", letter, offers.letters
    for limit in _clocks(step.payload):
        yield "unknown-limit", "limit", limit, offers.limits


def _literal(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else ""


def _texts(text: str) -> Iterator[str]:
    """Yield the literals that an expression can come to: a text, or the branches of a choice."""
    tree = parsed(text) if text else None
    todo = [] if tree is None else [tree]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.IfExp):
            todo += [node.body, node.orelse]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def _clocks(payload: str) -> Iterator[str]:
    """Yield the limits that a payload names as its ``clock_id``."""
    tree = parsed(payload) if "clock_id" in payload else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "clock_id":
                    yield from _texts(ast.unparse(value))
