"""Assembly: a checked tree becomes a function that reaches the data and the functions it is given, nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

STEPS = 50_000
"""Most items that the comprehensions of one evaluation walk over, together."""
KEPT_PER_STEP = 64
"""Characters or items that may be kept in a list for one more step, so that steps bound the memory as well."""
FILE = "<expression>"
"""Name of the code in tracebacks."""
METER = "the meter"
"""Variable of the meter. No identifier contains a space, so no text can name this or the two below."""

_DATA, _EXTRA = "the data", "the extra"


class Meter:
    """Counts the steps of one evaluation's comprehensions."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = STEPS

    def walk(self, items: Any) -> Iterator[Any]:
        """Yield *items*, each for one step."""
        if not isinstance(items, list | tuple | str | Mapping):
            raise TypeError("only lists, texts and mappings can be walked over")
        for item in items:
            self._spend(1)
            yield item

    def keep(self, item: Any) -> Any:
        """Return *item*, which a list is about to keep, for as many steps as it is large."""
        if isinstance(item, list | tuple | str | Mapping):
            self._spend(len(item) // KEPT_PER_STEP)
        return item

    def _spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise ValueError(f"more than {STEPS} steps")


def assembled(body: ast.expr, functions: Mapping[str, Any], *, metered: bool = False) -> Callable[..., Any]:
    """Return a function of (data, extra) that computes *body*, with *functions* and no builtins around it."""
    if metered:
        inner = ast.Lambda(args=_arguments(METER), body=body)
        body = ast.Call(func=inner, args=[called("Meter", [])], keywords=[])
    tree = ast.Expression(body=ast.Lambda(args=_arguments(_DATA, _EXTRA), body=body))
    code = compile(ast.fix_missing_locations(tree), FILE, "eval")
    # The one eval of the house: the tree consists of checked nodes only.
    return eval(code, {**functions, "__builtins__": {}})  # type: ignore[no-any-return]  # noqa: S307


def called(function: str, arguments: list[ast.expr], place: ast.AST | None = None) -> ast.Call:
    """Return a call of the published *function*, whose name no text can write."""
    node = ast.Call(func=ast.Name(id=f"{function}()", ctx=ast.Load()), args=arguments, keywords=[])
    if place is None:
        return node
    ast.copy_location(node.func, place)
    return ast.copy_location(node, place)


def all_data() -> ast.expr:
    """Return the node that reads the first argument of an assembled function."""
    return ast.Name(id=_DATA, ctx=ast.Load())


def extra_value() -> ast.expr:
    """Return the node that reads the second argument of an assembled function."""
    return ast.Name(id=_EXTRA, ctx=ast.Load())


def _arguments(*names: str) -> ast.arguments:
    return ast.arguments(
        posonlyargs=[], args=[ast.arg(arg=name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
