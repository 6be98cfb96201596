"""Reads: which values of the data an expression or a script looks at, and which of them in any case."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import lru_cache

from duban.model.chart import Read

_OPTIONAL = frozenset({"get", "contains"})
"""Functions that answer where their first argument is not there."""
_SPECIAL = frozenset({"numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances", "loopCounter"})


@lru_cache(maxsize=8_192)
def reads_of(text: str, at: str = "") -> tuple[Read, ...]:
    """Return what the expression *text* reads; nothing where it cannot be read (told elsewhere)."""
    tree = parsed(text)
    if tree is None:
        return ()
    found = dict.fromkeys(_walk(tree, sure=True, bound=frozenset()))
    return tuple(Read(path=path, sure=sure, text=text.strip(), at=at) for path, sure in found)


def parsed(text: str) -> ast.expr | None:
    """Return the tree of an expression; None where it is none."""
    try:
        return ast.parse(text.strip().replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None


def path_of(node: ast.expr) -> str:
    """Return ``a.b`` of ``a.b`` or ``a["b"]``; empty for what is no plain path."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = path_of(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        inner = path_of(node.value)
        return f"{inner}.{node.slice.value}" if inner else ""
    return ""


def _walk(node: ast.AST, *, sure: bool, bound: frozenset[str]) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.expr) and (path := path_of(node)):
        top = path.partition(".")[0]
        if top not in bound and top not in _SPECIAL:
            yield path, sure
        return
    if isinstance(node, ast.BoolOp):
        yield from _walk(node.values[0], sure=sure, bound=bound)
        for value in node.values[1:]:
            yield from _walk(value, sure=False, bound=bound)
    elif isinstance(node, ast.IfExp):
        yield from _walk(node.test, sure=sure, bound=bound)
        yield from _walk(node.body, sure=False, bound=bound)
        yield from _walk(node.orelse, sure=False, bound=bound)
    elif isinstance(node, ast.Call):
        optional = isinstance(node.func, ast.Name) and node.func.id in _OPTIONAL
        for number, argument in enumerate(node.args):
            yield from _walk(argument, sure=sure and not (optional and number == 0), bound=bound)
    elif isinstance(node, ast.ListComp | ast.GeneratorExp):
        yield from _comprehension(node, sure=sure, bound=bound)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, sure=sure, bound=bound)


def _comprehension(
    node: ast.ListComp | ast.GeneratorExp, *, sure: bool, bound: frozenset[str]
) -> Iterator[tuple[str, bool]]:
    for number, generator in enumerate(node.generators):
        yield from _walk(generator.iter, sure=sure and number == 0, bound=bound)
        bound = bound | {name.id for name in ast.walk(generator.target) if isinstance(name, ast.Name)}
        for condition in generator.ifs:
            yield from _walk(condition, sure=False, bound=bound)
    yield from _walk(node.elt, sure=False, bound=bound)


# -- scripts ------------------------------------------------------------------------------------------


def script_reads(text: str) -> tuple[Read, ...]:
    """Return the names that a script reads before it has assigned them itself."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    local = _local(tree)
    found: dict[tuple[str, bool], None] = {}
    assigned: set[str] = set()
    for statement in tree.body:
        for name, sure in _names(statement, sure=True):
            if name not in local and name not in assigned and not name.startswith("_"):
                found[name, sure] = None
        assigned |= _surely(statement)
    return tuple(Read(path=name, sure=sure, text=text.strip().splitlines()[0]) for name, sure in found)


def script_writes(text: str) -> frozenset[str]:
    """Return the top-level names that a script assigns or changes by a method; its own names begin with ``_``."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    written: set[str] = set()
    for node in _outside(tree):
        written |= _targets(node)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            written |= {node.func.value.id} if node.func.attr in _CHANGES else set()
    gone = {name for node in tree.body if isinstance(node, ast.Delete) for name in _deleted(node)}
    loops = {name for node in _outside(tree) if isinstance(node, ast.For) for name in _stored(node.target)}
    return frozenset(name for name in written - loops - gone if not name.startswith("_"))


def script_deletes(text: str) -> frozenset[str]:
    """Return the names that a script deletes, sometimes or always, and does not make itself."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    made = {name for node in tree.body for name in _targets(node)}
    gone = {name for node in _outside(tree) if isinstance(node, ast.Delete) for name in _deleted(node)}
    return frozenset(gone - made)


def script_sets(text: str) -> dict[str, str | int | float | bool | None]:
    """Return the names to which a script gives a literal, whatever else it does."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[str, str | int | float | bool | None] = {}
    for node in tree.body:
        for name in _targets(node):
            found.pop(name, None)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and isinstance(node.value.value, str | int | float | bool | None):
                found[target.id] = node.value.value
    others = [statement for statement in tree.body if not isinstance(statement, ast.Assign)]
    touched = {name for statement in others for inner in ast.walk(statement) for name in _targets(inner)}
    return {name: value for name, value in found.items() if name not in touched}


def _deleted(node: ast.Delete) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _surely(statement: ast.stmt) -> set[str]:
    """Return the names that are assigned once *statement* is done, in whichever branch it went."""
    if isinstance(statement, ast.If):
        branches = [statement.body, statement.orelse]
        return set[str].intersection(*({name for inner in branch for name in _surely(inner)} for branch in branches))
    if isinstance(statement, ast.For | ast.While | ast.Try | ast.With):
        return {name for inner in statement.body for name in _surely(inner)}
    return _targets(statement)


_CHANGES = frozenset({"append", "extend", "insert", "pop", "remove", "update", "clear", "setdefault", "sort"})


def _outside(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that stand in no function of the script."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        yield child
        yield from _outside(child)


def _targets(node: ast.AST) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    found: set[str] = set()
    for target in targets:
        found |= _stored(target)
        base = target
        while isinstance(base, ast.Subscript | ast.Attribute):
            base = base.value
        if isinstance(base, ast.Name):
            found.add(base.id)
    return found


def _stored(target: ast.expr) -> set[str]:
    return {name.id for name in ast.walk(target) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}


def _names(node: ast.AST, *, sure: bool) -> Iterator[tuple[str, bool]]:
    """Yield the names that a part of a script reads, and whether it does so in any case."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id, sure
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, sure
    first, later = _in_order(node)
    for child in first:
        yield from _names(child, sure=sure)
    for child in later:
        yield from _names(child, sure=False)


def _in_order(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """Return the parts of *node* that are read in any case, and those that depend on them."""
    if isinstance(node, ast.IfExp):
        return [node.test], [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return [node.values[0]], [*node.values[1:]]
    if isinstance(node, ast.If | ast.While):
        return [node.test], [*node.body, *node.orelse]
    if isinstance(node, ast.For):
        return [node.iter], [*node.body, *node.orelse]
    return list(ast.iter_child_nodes(node)), []


def _local(tree: ast.AST) -> set[str]:
    """Return the names that a script has of itself: functions, arguments, loop variables, imports, Python's own."""
    found = {*dir(builtins), "bpmn_error"}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.For | ast.comprehension):
            found |= _stored(node.target)
        elif isinstance(node, ast.NamedExpr):
            found.add(node.target.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found
