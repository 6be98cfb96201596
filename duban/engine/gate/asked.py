"""Asked: what a condition compares with what, as far as it can be read off its text.

A condition is read as alternatives, each a list of tests that hold together: ``a == 1 or b == 2 and c`` has two.
Parts that are no comparison of a path with literals are left out; what is left still holds.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable
from typing import Final

from duban.engine.gate.reads import parsed, path_of
from duban.model.chart import Test

Alternatives = list[tuple[Test, ...]]
MOST: Final = 24
"""Most alternatives of one condition; beyond, nothing is read off it."""
_TRUE = frozenset({True})


def alternatives(text: str) -> Alternatives:
    """Return what can hold where the condition *text* does."""
    tree = parsed(text)
    return [()] if tree is None else _few(_holding(tree))


def otherwise(texts: Iterable[str]) -> Alternatives:
    """Return what can hold where none of the conditions does: what a default flow knows."""
    found: Alternatives = [()]
    for text in texts:
        tree = parsed(text)
        if tree is not None:
            found = _few(_both([found, _failing(tree)]))
    return found


def _few(found: Alternatives) -> Alternatives:
    return found if len(found) <= MOST else [()]


def _both(parts: list[Alternatives]) -> Alternatives:
    """Return the alternatives of several things that hold together."""
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST:
        return [()]
    return [tuple(test for part in chosen for test in part) for chosen in itertools.product(*parts)]


def _holding(node: ast.expr) -> Alternatives:
    if isinstance(node, ast.BoolOp):
        parts = [_holding(value) for value in node.values]
        return _both(parts) if isinstance(node.op, ast.And) else [one for part in parts for one in part]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _failing(node.operand)
    test = _single(node)
    return [(test,)] if test else [()]


def _failing(node: ast.expr) -> Alternatives:
    """Return what can hold where *node* does not."""
    if isinstance(node, ast.BoolOp):
        parts = [_failing(value) for value in node.values]
        return _both(parts) if isinstance(node.op, ast.Or) else [one for part in parts for one in part]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _holding(node.operand)
    test = _single(node)
    return [(Test(path=test.path, values=test.values, holds=not test.holds),)] if test else [()]


def _single(node: ast.expr) -> Test | None:
    """Return the one test that *node* is: a path compared with literals, or a path alone."""
    if path := path_of(node):
        return Test(path=path, values=_TRUE, holds=True)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    path, values = path_of(node.left), _literals(node.comparators[0])
    if not path or values is None:
        return None
    one = isinstance(node.comparators[0], ast.Constant)
    if isinstance(node.ops[0], ast.Eq | ast.Is | ast.NotEq | ast.IsNot) and one:
        return Test(path=path, values=frozenset(values), holds=isinstance(node.ops[0], ast.Eq | ast.Is))
    if isinstance(node.ops[0], ast.In | ast.NotIn) and not one:
        return Test(path=path, values=frozenset(values), holds=isinstance(node.ops[0], ast.In))
    return None


def _literals(node: ast.expr) -> list[str | int | float | bool | None] | None:
    """Return the literal values of *node*, one or a list of them."""
    items = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    found: list[str | int | float | bool | None] = []
    for item in items:
        if not isinstance(item, ast.Constant) or not isinstance(item.value, str | int | float | bool | None):
            return None
        found.append(item.value)
    return found
