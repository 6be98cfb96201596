"""Assignments: a script that assigns and deletes by plain expressions runs as these do; others go to the sandbox.

A fresh sandbox costs milliseconds, and most scripts of diagrams set a counter. What is taken here means the
same in both languages: literals, names, items, arithmetic, comparisons, ``if`` and ``del``; no calls, no
attributes, no loops.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from duban.engine.expressions import Expression, ExpressionError, compile_expression
from duban.engine.scripts import ScriptError, ScriptResult, clean, run_script


@dataclass(frozen=True, kw_only=True, slots=True)
class Put:
    """An assignment."""

    line: int
    name: str
    value: Expression


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """Keys that are deleted."""

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """An ``if``."""

    line: int
    test: Expression
    then: Assignments
    otherwise: Assignments


Assignments = tuple[Put | Drop | Branch, ...]
"""What a plain script consists of."""

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
        return _read(ast.parse(text).body)
    except (SyntaxError, ValueError, RecursionError, ExpressionError):
        return None


def _read(statements: Sequence[ast.stmt]) -> Assignments:
    return tuple(_statement(statement) for statement in statements)


def _statement(statement: ast.stmt) -> Put | Drop | Branch:
    """Return one statement.

    Raises:
        ValueError: It is nothing plain.
    """
    line = statement.lineno
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return Put(line=line, name=_name(statement.targets[0]), value=_value(statement.value))
    if isinstance(statement, ast.Delete):
        return Drop(line=line, names=tuple(_name(target) for target in statement.targets))
    if isinstance(statement, ast.If):
        test, then, otherwise = _value(statement.test), _read(statement.body), _read(statement.orelse)
        return Branch(line=line, test=test, then=then, otherwise=otherwise)
    raise ValueError("not plain")


def _name(node: ast.expr) -> str:
    if not isinstance(node, ast.Name) or node.id.startswith("_"):
        raise ValueError("no key of the data")
    return node.id


def _value(value: ast.expr) -> Expression:
    for node in ast.walk(value):
        if not isinstance(node, _PLAIN) or (isinstance(node, ast.Name) and node.id.startswith("_")):
            raise ValueError("not plain")
    return compile_expression(ast.unparse(value))


class _Run:
    """One run of a plain script."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.known = dict(data)
        self.written: dict[str, Any] = {}
        self.gone: dict[str, None] = {}

    def run(self, assignments: Assignments) -> None:
        """Do what *assignments* say, on what is known.

        Raises:
            ScriptError: Something is missing, or cannot be computed or stored.
        """
        for step in assignments:
            try:
                self._do(step)
            except ExpressionError as error:
                raise ScriptError(error.message, step.line) from error
            except ScriptError as error:
                raise ScriptError(error.message, error.line or step.line) from error

    def _do(self, step: Put | Drop | Branch) -> None:
        if isinstance(step, Put):
            self.known[step.name] = self.written[step.name] = clean(step.value.evaluate(self.known), step.name)
            self.gone.pop(step.name, None)
        elif isinstance(step, Branch):
            self.run(step.then if step.test.evaluate(self.known) else step.otherwise)
        else:
            for name in step.names:  # one that is not there is gone too, as in the sandbox
                self.known.pop(name, None)
                self.written.pop(name, None)
                self.gone[name] = None

    def result(self) -> ScriptResult:
        """Return what was written, and which keys are gone, in the order in which the data have them."""
        there = [name for name in self.data if name in self.gone]
        return ScriptResult(written=self.written, gone=tuple(dict.fromkeys([*there, *self.gone])))


def _assign(assignments: Assignments, data: Mapping[str, Any]) -> ScriptResult:
    running = _Run(data)
    running.run(assignments)
    return running.result()
