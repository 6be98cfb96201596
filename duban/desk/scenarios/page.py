"""Pages: YAML read into plain values, each with the line it stands on.

Read as YAML 1.2 says, and no cleverer: ``null``, ``true``, ``false`` and numbers are what they look like; everything
else is a text, so that ``on``, ``no``, ``0801``, ``2026-02-03`` and ``09:30`` mean what somebody typed.
"""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are a package of their own, for one file

from duban.bureau.table import Source

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML has it: six times as quick."""


class Page(Source):
    """A YAML file being read: its problems, and the line on which each value stands."""

    def __init__(self, file: str, data: bytes) -> None:
        """Parse *data*; a file that is no YAML leaves one problem and an empty root."""
        super().__init__(file, b"")
        try:
            node = _LOADER(data.decode("utf-8-sig")).get_single_node()
        except UnicodeDecodeError as error:
            self.problem("", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            said = " ".join(str(getattr(error, "problem", None) or error).split())
            self.problem("", f"is not YAML: {said}", mark.line + 1 if mark else 1)
        else:
            root = None if node is None else self._value(node, "")
            if isinstance(root, dict):
                self.root = root
            else:
                self.problem("", "must begin with `diagram:` and `scenarios:`", 1)

    def problem(self, path: str, message: str, line: int | None = None) -> None:
        """Note that what stands at *path* (``scenarios[3].when[2].do``) is wrong."""
        super().problem(path.lstrip("."), message, line)

    def line_of(self, path: str) -> int | None:
        """Return the line on which *path*, or the nearest value around it, stands."""
        return super().line_of(path.lstrip("."))

    def _value(self, node: Any, path: str) -> Any:
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node.value) if node.style in {None, ""} else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, f"{path}[{n}]") for n, item in enumerate(node.value)]
        return self._table(node, path)

    def _table(self, node: Any, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.problem(path, "a key must be a word", line)
                continue
            name = str(key.value)
            if name in found:
                self.problem(f"{path}.{name}".lstrip("."), "this key is there twice", line)
            below = f"{path}.{name}".lstrip(".")
            found[name] = self._value(value, below)
            self._lines[below] = line
        return found


def _scalar(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    return float(word) if _NUMBER.fullmatch(word) else word
