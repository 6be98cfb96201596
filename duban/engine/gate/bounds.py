"""Bounds: which flows are gone only while a name is small, so that whoever counts it up goes by them only so often."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import reduce

from duban.engine.gate.reads import parsed, path_of
from duban.model.chart import Chart, Way

Names = frozenset[str]
_NOTHING: Names = frozenset()


def bounds(chart: Chart) -> Mapping[str, Names]:
    """Return flow to the names that must be below some figure for it to be gone."""
    found: dict[str, Names] = {}
    for step in chart.steps.values():
        flows = list({way.id: way for way in chart.after(step.id) if way.kind == "flow"}.values())
        if step.kind == "exclusiveGateway":
            found.update(_of_gateway(flows))
        elif step.kind == "inclusiveGateway":
            found.update({way.id: _holding(way) for way in flows})
    return found


def _of_gateway(flows: list[Way]) -> dict[str, Names]:
    """Return the bounds of each flow: the first whose condition holds is gone, the default where none does."""
    found: dict[str, Names] = {}
    before = _NOTHING
    for way in (way for way in flows if way.reads):
        found[way.id] = _holding(way) | before
        before |= _failing(way)
    found.update({way.id: before for way in flows if not way.reads})
    return found


def _holding(way: Way) -> Names:
    tree = parsed(way.reads[0].text) if way.reads else None
    return _NOTHING if tree is None else _small(tree, holds=True)


def _failing(way: Way) -> Names:
    tree = parsed(way.reads[0].text)
    return _NOTHING if tree is None else _small(tree, holds=False)


def _small(node: ast.expr, *, holds: bool) -> Names:
    """Return the names that are below some figure wherever *node* holds, or does not."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _small(node.operand, holds=not holds)
    if isinstance(node, ast.BoolOp):
        parts = [_small(value, holds=holds) for value in node.values]
        together = isinstance(node.op, ast.And) == holds
        return reduce(Names.union if together else Names.intersection, parts)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node, holds=holds)
    return _NOTHING


def _compared(node: ast.Compare, *, holds: bool) -> Names:
    left, right, operator = node.left, node.comparators[0], node.ops[0]
    if isinstance(left, ast.Constant):  # 3 > x_n
        left, right = right, left
        operator = _MIRRORED.get(type(operator), type(operator))()
    name = path_of(left)
    if not name or path_of(right) == name:
        return _NOTHING
    below = (
        isinstance(operator, ast.Lt | ast.LtE | ast.Eq) if holds else isinstance(operator, ast.Gt | ast.GtE | ast.NotEq)
    )
    return frozenset({name}) if below else _NOTHING


_MIRRORED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
