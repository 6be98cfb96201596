"""Writing: plain values as YAML that page.py reads back to the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[\w〔（《][\w.@/+:〔〕（）《》：，。、-]*", re.UNICODE)
_TAKEN = re.compile(r"null|true|false|~|-?[0-9]+(\.[0-9]+)?|.*:")
WIDTH = 110
_SHORT = 0xFFFF


def written(value: Mapping[str, Any]) -> str:
    """Return *value* as a YAML file: tables of tables indented, small ones on one line."""
    return "".join(f"{line}\n" for line in _table(value, 0))


def _table(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, each in value.items():
        yield from _entry(f"{' ' * indent}{_word(key)}:", each, indent + 2)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    line = f"{head} {inline(value)}"
    if len(line) <= WIDTH and not _is_long(value):
        yield line
    elif isinstance(value, Mapping):
        yield head
        yield from _table(value, indent)
    elif isinstance(value, list) and value:
        yield head
        for each in value:
            yield from _item(each, indent)
    else:
        yield line


def _item(value: Any, indent: int) -> Iterator[str]:
    line = f"{' ' * indent}- {inline(value)}"
    if not isinstance(value, Mapping) or (len(line) <= WIDTH and not _is_long(value)):
        yield line
        return
    for n, inner in enumerate(_table(value, indent + 2)):
        yield inner if n else f"{' ' * indent}- {inner.lstrip()}"


def _is_long(value: Any) -> bool:
    """Tell whether a value reads better on several lines: a table in a table."""
    if isinstance(value, Mapping):
        return any(isinstance(each, Mapping) and each for each in value.values())
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def inline(value: Any) -> str:
    """Return *value* on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(key)}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return _word(value) if isinstance(value, str) else json.dumps(value)


def _word(text: str) -> str:
    """Return a text plainly where it reads back as itself, else in quotes."""
    if _PLAIN.fullmatch(text) and not _TAKEN.fullmatch(text):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    """Return a character as it stands between double quotes."""
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > _SHORT else f"\\u{code:04x}"
