"""Choices: the conditions of an exclusive gateway leave no case without a way, and none with two.

Conditions that compare values of the data with literals are tried out: every value that one of them names, one that
none names, and the edges of numbers, in every combination.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from duban.engine.checks import outgoing
from duban.engine.drawing import Drawing, tag_of, text_of
from duban.engine.expressions import ExpressionError, compile_expression
from duban.engine.gate.domains import Domains
from duban.engine.gate.reads import parsed, path_of
from duban.errors import Problem

COMBINATIONS: Final = 20_000
"""Most combinations that are tried out."""
OTHER: Final = "别的"
"""A text that no condition names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ways:
    flows: list[Any]
    texts: list[str]


def check_choices(level: Drawing, domains: Domains) -> Iterator[Problem]:
    """Yield the exclusive gateways of *level* whose conditions leave a gap or overlap."""
    for node in level.nodes.values():
        if tag_of(node) != "exclusiveGateway":
            continue
        flows = outgoing(level, node)
        texts = [text_of(flow, "conditionExpression") or "" for flow in flows]
        conditions = [text for text in texts if text]
        for flow, text in zip(flows, texts, strict=True):
            if text:
                yield from _unknown(level, flow, text, domains)
        if len(flows) > 1 and conditions:
            yield from _gateway(level, node, _Ways(flows=flows, texts=conditions), domains)


def _gateway(level: Drawing, node: Any, ways: _Ways, domains: Domains) -> Iterator[Problem]:
    default = node.get("default") is not None
    data = _combinations(ways.texts, domains)
    if data is None:
        if not default:
            yield _problem(
                level,
                node,
                "xor-default",
                "whether its conditions cover every case cannot be told: draw a default flow",
            )
        return
    gap = overlap = None
    for example in data:
        held = [text for text in ways.texts if _holds(text, example)]
        gap = gap or (None if held else example)
        overlap = overlap or (example if len(held) > 1 else None)
    if gap is not None and not default:
        message = f"where {_told(gap)} no condition holds: add a default flow or a condition"
        yield _problem(level, node, "xor-complete", message)
    if overlap is not None and not default:
        message = f"where {_told(overlap)} several conditions hold: let one of them exclude the other"
        yield _problem(level, node, "xor-exclusive", message)


def _unknown(level: Drawing, flow: Any, text: str, domains: Domains) -> Iterator[Problem]:
    """Yield the texts that a condition compares with, and that no form and no table ever gives."""
    named: dict[str, set[Hashable]] = {}
    tree = parsed(text)
    if tree is None:
        return
    _note(tree, named)
    for path, literals in named.items():
        known = domains.values(path)
        for value in sorted(value for value in literals if isinstance(value, str)):
            if known is not None and value not in known:
                offered = ", ".join(repr(other) for other in sorted(known, key=repr))
                message = f"{path} is never {value!r}; it can be {offered}"
                yield _problem(level, flow, "unknown-value", message)


def _problem(level: Drawing, node: Any, rule: str, message: str) -> Problem:
    return Problem(file=level.file, element=node.get("id"), line=node.sourceline, message=message, rule=rule)


def _holds(text: str, data: dict[str, Any]) -> bool:
    nested: dict[str, Any] = {}
    for path, value in sorted(data.items()):  # what something is called, before what it holds
        *around, last = path.split(".")
        place: Any = nested
        for name in around:
            if place.get(name) is not None and not isinstance(place.get(name), dict):
                place[name] = {}
            place = place.setdefault(name, {})
            if place is None:
                break
        if isinstance(place, dict):
            place[last] = value
    try:
        return bool(compile_expression(text).evaluate(nested))
    except ExpressionError:
        return False


def _told(example: dict[str, Any]) -> str:
    return " and ".join(f"{path} is {_shown(value)}" for path, value in example.items())


def _shown(value: Any) -> str:
    return "none of the values named" if value == OTHER else repr(value)


def _combinations(texts: list[str], domains: Domains) -> list[dict[str, Any]] | None:
    """Return every combination of the values that tell these conditions apart; None if they cannot be listed."""
    named: dict[str, set[Hashable]] = {}
    for text in texts:
        tree = parsed(text)
        if tree is None or not _note(tree, named):
            return None
    values = [sorted(_values(path, known, domains), key=repr) for path, known in named.items()]
    count = 1
    for options in values:
        count *= len(options)
    if count > COMBINATIONS or not count:
        return None
    return [dict(zip(named, combination, strict=True)) for combination in itertools.product(*values)]


def _note(node: ast.expr, named: dict[str, set[Hashable]]) -> bool:
    """Note the paths of a condition with the literals they are compared with; False if it does anything else."""
    if isinstance(node, ast.BoolOp):
        return all(_note(value, named) for value in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _note(node.operand, named)
    if path := path_of(node):
        named.setdefault(path, set()).update({True, False})
        return True
    if not isinstance(node, ast.Compare):
        return False
    parts = [node.left, *node.comparators]
    paths = [path for part in parts if (path := path_of(part))]
    literals: list[Any] = []
    for part in parts:
        if not path_of(part):
            try:
                value = ast.literal_eval(part)
            except (ValueError, TypeError, SyntaxError):
                return False
            literals += value if isinstance(value, tuple | list) else [value]
    if len(paths) != 1:
        return False
    named.setdefault(paths[0], set()).update(value for value in literals if isinstance(value, Hashable))
    return True


def _values(path: str, named: set[Hashable], domains: Domains) -> set[Hashable]:
    """Return the values of *path* that can make a difference."""
    known = domains.values(path)
    if known is not None:
        return set(known)
    found = set(named)
    for value in named:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found |= {value - 1, value + 1}
        if isinstance(value, str):
            found.add(OTHER)
        if value is None:
            found.add(OTHER)
    return found
