"""Cells: one text of a decision, compiled once and kept."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from duban.engine.assembly import assembled
from duban.engine.feel import operators, values
from duban.engine.feel.functions import FEEL_FUNCTIONS
from duban.engine.feel.grammar import Parser
from duban.engine.feel.tokens import FeelError


class Knowledge:
    """A business knowledge model: a function that the file itself defines."""

    def __init__(self, parameters: tuple[str, ...], body: Callable[[Mapping[str, Any]], Any]) -> None:
        self.parameters = parameters
        self.body = body

    def __call__(self, *arguments: Any) -> Any:
        """Return its value, with missing arguments null."""
        given = dict.fromkeys(self.parameters) | dict(zip(self.parameters, arguments, strict=False))
        return self.body(given)


def invoke(knowledge: Any, *arguments: Any) -> Any:
    """Return the value of *knowledge*; null if there is none or it takes fewer arguments."""
    if not isinstance(knowledge, Knowledge) or len(arguments) > len(knowledge.parameters):
        return None
    return knowledge(*arguments)


_OPERATORS: tuple[Callable[..., Any], ...] = (
    operators.between,
    operators.both,
    operators.divided,
    operators.either,
    operators.element,
    values.equal,
    operators.greater,
    operators.greater_or_equal,
    operators.holds,
    operators.interval,
    operators.item,
    operators.less,
    operators.less_or_equal,
    operators.matches,
    operators.minus,
    operators.negation,
    operators.negative,
    operators.plus,
    operators.power,
    operators.times,
    operators.unequal,
    invoke,
)
_GLOBALS: Mapping[str, Any] = {
    **{f"{name}()": function.call for name, function in FEEL_FUNCTIONS.items()},
    **{f"{function.__name__}()": function for function in _OPERATORS},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A compiled cell."""

    text: str
    names: frozenset[str]
    """Top-level names of the data that it reads."""
    paths: frozenset[str]
    """The same with what is read of them: ``route.unit``."""
    run: Callable[[Mapping[str, Any], Any], Any] = field(repr=False, compare=False)
    kinds: frozenset[str] = frozenset()
    """Of a test: kinds of the literal values that it compares the input with."""

    def evaluate(self, data: Mapping[str, Any], value: Any = None) -> Any:
        """Return its value over *data*, with *value* as the input that ``?`` means."""
        return self.run(data, value)


@lru_cache(maxsize=8_192)
def compile_value(text: str, names: frozenset[str] = frozenset(), functions: frozenset[str] = frozenset()) -> Cell:
    """Return the expression *text* compiled; *names* are known names with spaces, *functions* business knowledge.

    Raises:
        FeelError: It cannot be read.
    """
    parser = Parser(text, names, functions)
    node = parser.expression()
    parser.end()
    return _cell(text, parser, node)


@lru_cache(maxsize=8_192)
def compile_test(
    text: str, names: frozenset[str] = frozenset(), functions: frozenset[str] = frozenset()
) -> Cell | None:
    """Return the test *text* of an input compiled: True when the input passes; None when every input passes.

    Raises:
        FeelError: It cannot be read.
    """
    parser = Parser(text, names, functions)
    node = parser.tests()
    parser.end()
    return None if node is None else _cell(text, parser, node)


def _cell(text: str, parser: Parser, node: ast.expr) -> Cell:
    functions = {**_GLOBALS, **parser.constants} if parser.constants else _GLOBALS
    try:
        run = assembled(node, functions)
    except (RecursionError, MemoryError) as error:
        raise FeelError("the cell has too many parts") from error
    return Cell(
        text=text,
        names=frozenset(parser.names),
        paths=frozenset(parser.paths),
        run=run,
        kinds=frozenset(parser.kinds),
    )
