"""Assignments: a script that only assigns plain expressions runs as expressions do; all others go to the sandbox.

A fresh sandbox costs milliseconds, and most scripts of diagrams set a counter. What is taken here means the
same in both languages: literals, names, items, arithmetic and comparisons; no calls, no attributes, no loops.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from duban.engine.expressions import Expression, ExpressionError, compile_expression
from duban.engine.scripts import ScriptError, ScriptResult, clean, run_script

Assignments = tuple[tuple[int, str, Expression], ...]
"""Line, key and value of each assignment."""

_PLAIN: Final = (
    ast.Assign, ast.Name, ast.Load, ast.Store, ast.Constant, ast.Dict, ast.List, ast.Subscript, ast.BinOp, ast.Add,
    ast.Sub, ast.Mult, ast.UnaryOp, ast.USub, ast.Not, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Eq, ast.NotEq,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp,
)  # fmt: skip


def run(text: str, data: Mapping[str, Any], now: datetime) -> ScriptResult:
    """Run the script *text* on a copy of *data*, with or without the sandbox.

    Raises:
        RaisedError: It called ``bpmn_error``.
        ScriptError: It failed.
        OutsideError: No sandbox was free.
    """
    assignments = read(text)
    return run_script(text, data, now) if assignments is None else _assign(assignments, data)


@lru_cache(maxsize=1_024)
def read(text: str) -> Assignments | None:
    """Return the assignments that *text* consists of, or None where it is more than that."""
    try:
        tree = ast.parse(text)
        return tuple(_read(statement) for statement in tree.body)
    except (SyntaxError, ValueError, RecursionError, ExpressionError):
        return None


def _read(statement: ast.stmt) -> tuple[int, str, Expression]:
    """Return line, key and value.

    Raises:
        ValueError: It is no plain assignment.
    """
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        raise ValueError("no assignment")
    for node in ast.walk(statement):
        if not isinstance(node, _PLAIN) or (isinstance(node, ast.Name) and node.id.startswith("_")):
            raise ValueError("not plain")
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        raise ValueError("no name")  # noqa: TRY004  a reader's signal, like the others
    return statement.lineno, target.id, compile_expression(ast.unparse(statement.value))


def _assign(assignments: Assignments, data: Mapping[str, Any]) -> ScriptResult:
    known = dict(data)
    written: dict[str, Any] = {}
    for line, name, value in assignments:
        try:
            known[name] = written[name] = clean(value.evaluate(known), name)
        except ExpressionError as error:
            raise ScriptError(error.message, line) from error
        except ScriptError as error:
            raise ScriptError(error.message, line) from error
    return ScriptResult(written=written, gone=())
