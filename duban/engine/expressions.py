"""Expressions: conditions, timers and mappings, in a checked subset of Python compiled once (docs/expressions.md).

The text is parsed, every node is checked against a whitelist and rewritten: a name becomes an item of the
case's data, ``a.b`` becomes ``a["b"]``, a call becomes a call of a published function. What runs afterwards
can reach the data and the published functions and nothing else, however it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, TracebackType
from typing import Any

from duban.engine.assembly import FILE, Meter, assembled
from duban.engine.functions import ENGINE_FUNCTIONS, FUNCTIONS, modulo, multiply, plus, power
from duban.engine.whitelist import Checker, ExpressionError, characters, nearest, parsed, prepared

__all__ = ["Expression", "ExpressionError", "compile_expression"]

_GLOBALS: Mapping[str, Any] = {
    **{f"{name}()": function.call for name, function in FUNCTIONS.items()},
    **{f"{function.__name__}()": function for function in (plus, multiply, power, modulo, Meter)},
    "walk()": Meter.walk,
    "keep()": Meter.keep,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """A compiled expression."""

    text: str
    names: frozenset[str]
    """Top-level names of the data that it reads."""
    calls: frozenset[str]
    """Functions that it calls, so that the gate can keep ``deadline`` to timers."""
    run: Callable[[Mapping[str, Any], Mapping[str, Any] | None], Any] = field(repr=False, compare=False)

    def evaluate(self, data: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> Any:
        """Return its value over *data*; *extra* adds names and the engine's functions, and wins over *data*.

        Raises:
            ExpressionError: A name or key is missing, or the values do not fit the operators.
        """
        try:
            return self.run(data if extra is None else {**data, **extra}, extra)
        except Exception as error:
            raise _explained(self, error, data, extra) from error


@lru_cache(maxsize=8_192)
def compile_expression(text: str) -> Expression:
    """Return *text* compiled.

    Raises:
        ExpressionError: It is no expression of the published language.
    """
    source = prepared(text)
    checker = Checker(source)
    body = checker.checked(parsed(source), 0)
    return Expression(
        text=text,
        names=frozenset(checker.names),
        calls=frozenset(checker.calls),
        run=assembled(body, _GLOBALS, metered=checker.metered),
    )


# -- explaining a failed evaluation ---------------------------------------------------------------


def _explained(
    expression: Expression, error: Exception, data: Mapping[str, Any], extra: Mapping[str, Any] | None
) -> ExpressionError:
    """Return *error* with the place in the text and what to do about it."""
    source = expression.text.lstrip()
    lead = len(expression.text) - len(source)
    start, end = _place(error.__traceback__)
    first, last = characters(source, start), characters(source, end)
    part = source[first:last] or source
    if isinstance(error, KeyError) and error.args:
        return ExpressionError(_missing(part, str(error.args[0]), {**data, **(extra or {})}), lead + first)
    if isinstance(error, TypeError) and extra is None and part.partition("(")[0].strip() in ENGINE_FUNCTIONS:
        return ExpressionError(f"{part}: deadlines are known in timers only", lead + first)
    return ExpressionError(f"{part}: {error or type(error).__name__}", lead + first)


def _missing(part: str, key: str, data: Mapping[str, Any]) -> str:
    """Return the sentence about a name or key that is not there."""
    if part == key:
        return f"there is no {key} in the data; {nearest(key, data)}"
    container = part.removesuffix(f".{key}") if part.endswith(f".{key}") else part.rpartition("[")[0]
    try:
        there: Any = compile_expression(container).evaluate(data)
    except ExpressionError:
        there = None
    return f"{part}: there is no {key}" + (
        f" in {container}; {nearest(key, there)}" if isinstance(there, Mapping) else ""
    )


def _place(trace: TracebackType | None) -> tuple[int, int]:
    """Return start and end (bytes) of the part of the text that failed."""
    found = (0, 0)
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILE:
            found = _position(code, trace.tb_lasti)
        trace = trace.tb_next
    return found


def _position(code: CodeType, instruction: int) -> tuple[int, int]:
    for at, (_, _, start, end) in enumerate(code.co_positions()):
        if at * 2 == instruction:
            return start or 0, end or 0
    return 0, 0
