"""The whitelist: what an expression may consist of, and how each part is rewritten before it runs."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from duban.engine.assembly import FILE, METER, all_data, called, extra_value
from duban.engine.functions import CONSUMERS, ENGINE_FUNCTIONS, FUNCTIONS, modulo, multiply, plus, power
from duban.errors import BureauError

LONGEST_TEXT = 2_000
"""Most characters of an expression."""
DEEPEST = 60
"""Deepest nesting, of brackets before parsing and of the parsed tree."""

_SPOTS = re.compile(r"\"\"\"|'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[()\[\]{}#\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Cannot be written in UTF-8, so no record can hold it."""
_SINGLE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_LITERALS = (str, int, float, bool, type(None))
_INLINE = (ast.Sub, ast.Div, ast.FloorDiv)
_GUARDED: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: plus,
    ast.Mult: multiply,
    ast.Pow: power,
    ast.Mod: modulo,
}
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)


class ExpressionError(BureauError):
    """An expression cannot be read, or cannot be evaluated on this data."""

    def __init__(self, message: str, offset: int = 0) -> None:
        self.message = message
        self.offset = offset
        """Where in the text, in characters from 0."""
        super().__init__(message)


def prepared(text: str) -> str:
    """Return *text* on one line, refused if it is too long, too deep or has a comment; offsets stay."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(f"the expression is longer than {LONGEST_TEXT} characters; use a script or a table")
    if not text.strip():
        raise ExpressionError("the expression is empty")
    depth = 0
    for spot in _SPOTS.finditer(text):
        if spot[0] in ('"""', "'''", "#"):
            raise ExpressionError(f"{spot[0]} is not allowed in an expression", spot.start())
        depth += (spot[0] in "([{") - (spot[0] in ")]}")
        if depth > DEEPEST:
            raise ExpressionError(f"more than {DEEPEST} brackets inside each other", spot.start())
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def parsed(source: str) -> ast.expr:
    """Return the tree of a prepared text."""
    lead = len(source) - len(source.lstrip())
    try:
        return ast.parse(source[lead:], FILE, "eval").body
    except SyntaxError as error:
        message = f"not an expression: {error.msg}{_advice(source[lead:])}"
        raise ExpressionError(message, lead + max((error.offset or 1) - 1, 0)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"not an expression: {error}") from error


def _advice(source: str) -> str:
    """Return what to do about the expression languages that other modellers write."""
    if source.startswith(("${", "#{")):
        return f"; write what stands between {source[0]}{{ and }} alone, with and, or, not"
    if source.startswith("="):
        return "; leave out the = in front"
    return "; equality is written ==" if _SINGLE_EQUALS.search(source) else ""


class Checker:
    """Checks and rewrites a parsed expression, node by node; whatever is not named here is refused."""

    def __init__(self, source: str) -> None:
        self.lead = len(source) - len(source.lstrip())
        self.source = source[self.lead :]
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self.metered = False
        self.bound: list[str] = []
        """Variables of the comprehensions around the present node."""

    def checked(self, node: ast.expr, depth: int) -> ast.expr:
        """Return *node* rewritten, or refuse it."""
        if depth > DEEPEST:
            raise self.refused(node, f"more than {DEEPEST} operators inside each other")
        check: Callable[[Any, int], ast.expr] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if check is None:
            raise self.refused(node, f"{_WORDS.get(type(node), type(node).__name__)} not allowed in an expression")
        return check(node, depth + 1)

    def refused(self, node: ast.AST, message: str) -> ExpressionError:
        """Return the error for *node*."""
        return ExpressionError(message, self.lead + characters(self.source, getattr(node, "col_offset", 0)))

    def _all(self, nodes: Iterable[ast.expr], depth: int) -> list[ast.expr]:
        return [self.checked(node, depth) for node in nodes]

    def _constant(self, node: ast.Constant, _: int) -> ast.expr:
        if not isinstance(node.value, _LITERALS):
            raise self.refused(node, f"{node.value!r} is no literal of the language")
        if isinstance(node.value, float) and node.value in (float("inf"), -float("inf")):
            raise self.refused(node, "the number is too large")
        if isinstance(node.value, str) and _SURROGATE.search(node.value):
            raise self.refused(node, "the text has half a character")
        return node

    def _name(self, node: ast.Name, _: int) -> ast.expr:
        if node.id in self.bound:
            return node
        self._plain(node, node.id)
        self.names.add(node.id)
        return _data_item(node.id, node)

    def _attribute(self, node: ast.Attribute, depth: int) -> ast.expr:
        self._plain(node, node.attr)
        return ast.copy_location(_item(self.checked(node.value, depth), node.attr), node)

    def _plain(self, node: ast.expr, name: str) -> None:
        if name.startswith("__"):
            raise self.refused(node, f"names starting with two underscores are not allowed: {name}")

    def _subscript(self, node: ast.Subscript, depth: int) -> ast.expr:
        value = self.checked(node.value, depth)
        return ast.copy_location(
            ast.Subscript(value=value, slice=self.checked(node.slice, depth), ctx=ast.Load()), node
        )

    def _slice(self, node: ast.Slice, depth: int) -> ast.expr:
        lower, upper, step = (part and self.checked(part, depth) for part in (node.lower, node.upper, node.step))
        return ast.copy_location(ast.Slice(lower=lower, upper=upper, step=step), node)

    def _boolop(self, node: ast.BoolOp, depth: int) -> ast.expr:
        return ast.copy_location(ast.BoolOp(op=node.op, values=self._all(node.values, depth)), node)

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> ast.expr:
        if isinstance(node.op, ast.Invert):
            raise self.refused(node, "~ is not allowed in an expression")
        return ast.copy_location(ast.UnaryOp(op=node.op, operand=self.checked(node.operand, depth)), node)

    def _binop(self, node: ast.BinOp, depth: int) -> ast.expr:
        left, right = self._all((node.left, node.right), depth)
        if isinstance(node.op, _INLINE):
            return ast.copy_location(ast.BinOp(left=left, op=node.op, right=right), node)
        guard = _GUARDED.get(type(node.op))
        if guard is None:
            raise self.refused(node, f"the operator {type(node.op).__name__} is not allowed in an expression")
        return called(guard.__name__, [left, right], node)

    def _compare(self, node: ast.Compare, depth: int) -> ast.expr:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            is_none = (
                isinstance(operator, ast.Is | ast.IsNot) and isinstance(right, ast.Constant) and right.value is None
            )
            if not is_none and not isinstance(operator, _COMPARISONS):
                raise self.refused(node, "is and is not compare with None only; use == or !=")
        left, *comparators = self._all((node.left, *node.comparators), depth)
        return ast.copy_location(ast.Compare(left=left, ops=node.ops, comparators=comparators), node)

    def _ifexp(self, node: ast.IfExp, depth: int) -> ast.expr:
        test, body, orelse = self._all((node.test, node.body, node.orelse), depth)
        return ast.copy_location(ast.IfExp(test=test, body=body, orelse=orelse), node)

    def _list(self, node: ast.List, depth: int) -> ast.expr:
        return ast.copy_location(ast.List(elts=self._all(node.elts, depth), ctx=ast.Load()), node)

    def _tuple(self, node: ast.Tuple, depth: int) -> ast.expr:
        return ast.copy_location(ast.Tuple(elts=self._all(node.elts, depth), ctx=ast.Load()), node)

    def _dict(self, node: ast.Dict, depth: int) -> ast.expr:
        keys = [key for key in node.keys if key is not None]
        if len(keys) < len(node.keys):
            raise self.refused(node, "** is not allowed in a mapping")
        rewritten = self._all(keys, depth)
        return ast.copy_location(ast.Dict(keys=[*rewritten], values=self._all(node.values, depth)), node)

    def _listcomp(self, node: ast.ListComp, depth: int) -> ast.expr:
        element, generators = self._comprehension(node, depth)
        kept = called("keep", [ast.Name(id=METER, ctx=ast.Load()), element], node.elt)
        return ast.copy_location(ast.ListComp(elt=kept, generators=generators), node)

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp, depth: int
    ) -> tuple[ast.expr, list[ast.comprehension]]:
        """Return the element and the loops of *node*, rewritten."""
        held = len(self.bound)
        generators = [self._generator(generator, depth) for generator in node.generators]
        element = self.checked(node.elt, depth)
        del self.bound[held:]
        return element, generators

    def _generator(self, node: ast.comprehension, depth: int) -> ast.comprehension:
        if node.is_async:
            raise self.refused(node.target, "async is not allowed in an expression")
        items = called("walk", [ast.Name(id=METER, ctx=ast.Load()), self.checked(node.iter, depth)], node.iter)
        self.metered = True
        self._bind(node.target)
        return ast.comprehension(target=node.target, iter=items, ifs=self._all(node.ifs, depth), is_async=0)

    def _bind(self, target: ast.expr) -> None:
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        for name in names:
            if not isinstance(name, ast.Name):
                raise self.refused(target, "for takes plain names")
            self._plain(name, name.id)
            self.bound.append(name.id)

    def _call(self, node: ast.Call, depth: int) -> ast.expr:
        if isinstance(node.func, ast.Attribute):
            raise self.refused(node, f"values have no methods here; write {node.func.attr}(…) if it is published")
        if not isinstance(node.func, ast.Name):
            raise self.refused(node, "only published functions can be called")
        name = node.func.id
        self._counted(node, name)
        self.calls.add(name)
        if name in CONSUMERS and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            return called(name, [self._consumed(node.args[0], depth)], node)
        arguments = self._all(node.args, depth)
        if name in FUNCTIONS:
            return called(name, arguments, node)
        function = ast.copy_location(_item(extra_value(), name), node.func)
        return ast.copy_location(ast.Call(func=function, args=arguments, keywords=[]), node)

    def _consumed(self, node: ast.GeneratorExp, depth: int) -> ast.expr:
        element, generators = self._comprehension(node, depth)
        return ast.copy_location(ast.GeneratorExp(elt=element, generators=generators), node)

    def _counted(self, node: ast.Call, name: str) -> None:
        """Refuse a function that is not published, or the wrong number of arguments."""
        published = FUNCTIONS.get(name)
        least, most = (published.least, published.most) if published else ENGINE_FUNCTIONS.get(name, (0, -1))
        if most < 0:
            raise self.refused(node, f"{name} is no published function; {nearest(name, FUNCTIONS)}")
        if node.keywords or not least <= len(node.args) <= most:
            count = f"{least}" if least == most else f"{least} to {most}"
            raise self.refused(node, f"{name} takes {count} argument{'s' if count != '1' else ''}, without names")


_WORDS: Mapping[type[ast.expr], str] = {
    ast.JoinedStr: "an f-text is",
    ast.Lambda: "lambda is",
    ast.NamedExpr: ":= is",
    ast.Set: "a set is",
    ast.SetComp: "a set is",
    ast.DictComp: "a mapping made by for is",
    ast.Starred: "* before a value is",
    ast.GeneratorExp: "a generator outside any, all, sum, min, max and sorted is",
    ast.Await: "await is",
    ast.Yield: "yield is",
    ast.YieldFrom: "yield is",
}


def _data_item(name: str, place: ast.AST) -> ast.expr:
    """Return the node that reads *name* from the data."""
    return ast.copy_location(_item(all_data(), name), place)


def _item(container: ast.expr, key: str) -> ast.Subscript:
    return ast.Subscript(value=container, slice=ast.Constant(value=key), ctx=ast.Load())


def nearest(name: str, names: Iterable[str]) -> str:
    """Return which names there are, near ones first."""
    known = sorted(str(n) for n in names)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    shown = ", ".join(known[:12])
    return f"there are: {shown}{', …' if len(known) > 12 else ''}" if known else "there is nothing"  # noqa: PLR2004  a line's worth


def characters(source: str, offset: int) -> int:
    """Return the character offset of a byte offset."""
    return len(source.encode()[:offset].decode(errors="ignore"))
