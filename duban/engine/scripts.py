"""Scripts: the text of script tasks, checked when a diagram is loaded and run in the sandbox (docs/scripts.md)."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from symtable import SymbolTable, symtable
from typing import Any, TypeGuard

import pydantic_monty as monty

from duban.engine.sandbox import BYTES, SECONDS, run_fresh
from duban.errors import BureauError, OutsideError

LONGEST_TEXT = 20_000
"""Most characters of a script."""
MODULES = frozenset({"collections", "datetime", "decimal", "functools", "itertools", "json", "math", "random", "re"})
"""What a script may import."""

_FORBIDDEN = frozenset({"breakpoint", "compile", "eval", "exec", "exit", "globals", "input", "locals", "open", "quit"})
_PARSED = "duban has parsed this script"
_CHECK = f"raise RuntimeError({_PARSED!r})\n"
"""Put before a script, this stops it after the sandbox has parsed it and before its first line."""
_NO_VALUE = re.compile(r"<(function|module|built-in function|class) .*>", re.DOTALL)
"""How the sandbox hands out what is no value."""
_NOT_YET = "The monty syntax parser does not yet support "
_MARK = "bpmn_error "
_DEEPEST = 40
_WIDEST = 2**63
"""Whole numbers from here on do not fit into the record."""
_SCOPES = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_GONE = "$gone"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class ScriptError(BureauError):
    """A script cannot be read, or failed."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.message = message
        self.line = line
        """Line of the script, from 1."""
        super().__init__(message if line is None else f"line {line}: {message}")


class RaisedError(ScriptError):
    """A script ended in a BPMN error on purpose, by ``bpmn_error(code, message)``."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        self.code = code
        super().__init__(message or code, line)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptResult:
    """What a script changed in the data."""

    written: dict[str, Any]
    """Top-level key to its new value, in the order of the script's text; JSON values only."""
    gone: tuple[str, ...]
    """Top-level keys that it deleted."""


def check_script(text: str) -> None:
    """Refuse *text* unless it is a script of the published dialect.

    Raises:
        ScriptError: It is not; with the line.
    """
    script = _read(text)
    try:
        run_fresh(_CHECK + script.code, inputs={}, now=_EPOCH, functions={})
    except monty.MontyError as error:
        if str(error.exception()) != _PARSED:
            line = _line(error)
            raise ScriptError(_said(error), line and line - 1) from error
    except TimeoutError as error:
        raise OutsideError("no sandbox was free to check a script; try again") from error


def run_script(text: str, data: Mapping[str, Any], now: datetime) -> ScriptResult:
    """Run *text* on a copy of *data* with the clock standing at *now*; say what it changed.

    Raises:
        RaisedError: It called ``bpmn_error``.
        ScriptError: It failed, ran out of time or memory, or made something that is no JSON value.
        OutsideError: No sandbox was free.
    """
    script = _read(text)
    inputs = {name: data[name] for name in script.used if name in data}
    raised: list[tuple[str, str]] = []
    try:
        found = run_fresh(script.code, inputs=inputs, now=now, functions={"bpmn_error": _raiser(raised)})
    except monty.MontyError as error:
        if raised and str(error.exception()) == _MARK + raised[-1][0]:
            raise RaisedError(*raised[-1], _line(error)) from error
        raise ScriptError(_said(error), _line(error)) from error
    except TimeoutError as error:
        raise OutsideError("no sandbox was free to run a script; it will be tried again") from error
    return _result(script, inputs, found)


# -- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Script:
    """A script that was read."""

    code: str
    """What the sandbox runs: the text, then an expression that hands out the values."""
    used: tuple[str, ...]
    """Public names that occur in it, in order: those in the data are handed in."""
    assigned: frozenset[str]
    """Public names that it assigns: written even if the value is the one that was there."""


@lru_cache(maxsize=1_024)
def _read(text: str) -> _Script:
    """Return the script *text*, refused where the dialect ends."""
    if len(text) > LONGEST_TEXT:
        raise ScriptError(f"the script is longer than {LONGEST_TEXT} characters; move the work to a handler in tasks/")
    try:
        tree = ast.parse(text, "<script>")
    except SyntaxError as error:
        raise ScriptError(f"not a script: {error.msg}", error.lineno) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ScriptError(f"not a script: {error}") from error
    for node in ast.walk(tree):
        _refuse(node)
    own = _own(tree)
    names = {node.id: None for node in ast.walk(tree) if isinstance(node, ast.Name) and not node.id.startswith("_")}
    outer = _outer_names(symtable(text, "<script>", "exec"))
    used = tuple(name for name in names if name in outer and name not in own)
    assigned = frozenset(node.id for node in _outside_functions(tree) if _assigns(node)) & frozenset(used)
    values = f"_names = locals()\n{{_k: _names[_k] for _k in {used!r} if _k in _names}}"
    return _Script(code=f"{_without_del(text, tree)}\n{values}", used=used, assigned=assigned)


def _refuse(node: ast.AST) -> None:
    """Refuse *node* if the dialect does not have it."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        asked = [node.module or "."] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        for module in asked:
            if module not in MODULES:
                raise ScriptError(
                    f"{module} cannot be imported; scripts have: {', '.join(sorted(MODULES))}", node.lineno
                )
    if isinstance(node, ast.Name) and (node.id in _FORBIDDEN or node.id.startswith("__")):
        raise ScriptError(f"{node.id} is not there for scripts", node.lineno)
    if isinstance(node, ast.Attribute) and node.attr.startswith("__"):
        raise ScriptError(f"{node.attr} is not there for scripts", node.lineno)
    if isinstance(node, ast.Global | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await):
        word = "global" if isinstance(node, ast.Global) else "async"
        raise ScriptError(f"{word} is not there for scripts", node.lineno)
    if isinstance(node, ast.Delete) and not all(isinstance(target, ast.Name) for target in node.targets):
        raise ScriptError("del takes names of the data only; write mapping.pop(key)", node.lineno)


def _outside_functions(node: ast.AST) -> Iterator[Any]:
    """Yield the nodes under *node* that are in no function, class or comprehension."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _outside_functions(child)


def _outer_names(table: SymbolTable) -> set[str]:
    """Return the names that belong to the data: those of the module, wherever they occur."""
    own = {s.get_name() for s in table.get_symbols() if table.get_type() == "module" or s.is_global()}
    return own.union(*(_outer_names(child) for child in table.get_children()))


def _own(tree: ast.Module) -> set[str]:
    """Return the names that are the script's own: loop variables, functions, modules; unless assigned as well."""
    own: set[str] = set()
    targets: set[int] = set()
    for node in _outside_functions(tree):
        if isinstance(node, ast.For):
            names = [n for n in ast.walk(node.target) if isinstance(n, ast.Name)]
            own.update(n.id for n in names)
            targets.update(id(n) for n in names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            own.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.FunctionDef | ast.ClassDef) and node.name:
            own.add(node.name)
    return own - {n.id for n in _outside_functions(tree) if _assigns(n) and id(n) not in targets}


def _assigns(node: Any) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _without_del(text: str, tree: ast.Module) -> str:
    """Return *text* with ``del a, b`` as assignments of a mark, for the sandbox has no del; lines stay."""
    lines = text.split("\n")
    deletions = [node for node in ast.walk(tree) if isinstance(node, ast.Delete)]
    for node in sorted(deletions, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        names = "".join(f"{target.id} = " for target in node.targets if isinstance(target, ast.Name))
        line = lines[node.lineno - 1].encode()
        end = node.end_col_offset if node.end_lineno == node.lineno else len(line)
        lines[node.lineno - 1] = f"{line[: node.col_offset].decode()}{names}{{'{_GONE}': 1}}{line[end:].decode()}"
        for at in range(node.lineno, node.end_lineno or node.lineno):
            lines[at] = ""
    return "\n".join(lines)


# -- the result -----------------------------------------------------------------------------------


def _result(script: _Script, inputs: Mapping[str, Any], found: Any) -> ScriptResult:
    written: dict[str, Any] = {}
    gone: list[str] = []
    for name, value in found.items():
        if value == {_GONE: 1}:
            gone.append(name)
            continue
        checked = clean(value, name)
        if name in script.assigned or _changed(inputs.get(name), checked):
            written[name] = checked
    return ScriptResult(written=written, gone=tuple(gone))


def _changed(before: Any, after: Any) -> bool:
    """Tell whether *after* is another value; 1, 1.0 and true are three values here."""
    return json.dumps(before, ensure_ascii=False) != json.dumps(after, ensure_ascii=False)


def clean(value: Any, where: str, depth: int = 0) -> Any:
    """Return *value* as a JSON value, tuples as lists; refuse what is none."""
    if depth > _DEEPEST:
        raise ScriptError(f"{where} is nested more than {_DEEPEST} deep")
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < _WIDEST):
        return value
    if isinstance(value, str) and not _NO_VALUE.fullmatch(value):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple):
        return [clean(item, f"{where}[{at}]", depth + 1) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return {_key(key, where): clean(item, f"{where}.{key}", depth + 1) for key, item in value.items()}
    raise ScriptError(f"{where} is {_kind(value)}, which the record cannot hold")


def _key(key: Any, where: str) -> str:
    if isinstance(key, str):
        return key
    raise ScriptError(f"{where} has the key {key!r}; keys of the record are texts")


def _kind(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return "a date or time (write .isoformat() behind it)"
    if isinstance(value, timedelta):
        return "a length of time (write .days or .total_seconds() behind it)"
    if isinstance(value, set | frozenset):
        return "a set (write sorted(…) around it)"
    if isinstance(value, int):
        return "too large a number"
    if isinstance(value, str):
        return f"no value but {value}"
    return f"{value!r}"


# -- errors ---------------------------------------------------------------------------------------


def _raiser(raised: list[tuple[str, str]]) -> Callable[..., None]:
    def bpmn_error(code: Any, message: Any = "") -> None:
        raised.append((str(code), str(message)))
        raise ValueError(_MARK + str(code))

    return bpmn_error


def _line(error: monty.MontyError) -> int | None:
    """Return the line of the script where *error* arose; the innermost call."""
    if isinstance(error, monty.MontyRuntimeError | monty.MontySyntaxError):
        frames = error.traceback()
        return frames[-1].line if frames else None
    return None


def _said(error: monty.MontyError) -> str:
    """Return what went wrong, in a reader's words."""
    if isinstance(error, monty.MontyCrashedError):
        return "the script broke its sandbox and was stopped"
    cause = error.exception()
    if isinstance(cause, TimeoutError):
        return f"the script ran longer than {SECONDS} s and was stopped"
    if isinstance(cause, MemoryError):
        return f"the script used more than {BYTES // 2**20} MiB and was stopped"
    if isinstance(cause, NotImplementedError):
        return f"scripts do not have {str(cause).removeprefix(_NOT_YET)}"
    if isinstance(cause, SyntaxError):
        return f"not a script: {cause}"
    hint = "; write mapping['key'] in scripts" if str(cause).startswith("'dict' object has no attribute") else ""
    return f"{type(cause).__name__}: {cause}{hint}"
