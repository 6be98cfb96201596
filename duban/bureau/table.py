"""Reading TOML tables so that every mistake is told at once, each with its path and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, cast

from duban.errors import Problem

_MISSING: Any = object()
_TABLE = re.compile(r"^\[(?P<array>\[)?\s*(?P<name>[\w.-]+)")
_ARRAY = re.compile(r"^(?P<name>[\w-]+)\s*=\s*\[\s*(#.*)?$")
_KEY = re.compile(r"^(?P<name>[\w-]+)\s*=")


def nearest(word: str, known: Collection[str]) -> str:
    """Say which known words *word* may have meant: `` (did you mean …?)``, or nothing."""
    near = close(word, known)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def close(word: str, known: Collection[str]) -> list[str]:
    """Return up to two known words that look like *word*, the nearest first."""
    return difflib.get_close_matches(word, list(known), n=2, cutoff=0.6)


class Source:
    """A TOML file being read: its problems, and the line on which each table stands."""

    def __init__(self, file: str, data: bytes) -> None:
        """Parse *data*; a file that is no TOML leaves one problem and an empty root."""
        self.file = file
        self.problems: list[Problem] = []
        self._lines: dict[str, int] = {}
        self.root: dict[str, Any] = {}
        try:
            text = data.decode("utf-8-sig")
            self.root = tomllib.loads(text)
        except UnicodeDecodeError as error:
            self.problem("", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            self.problem("", f"is not TOML: {error}", int(found[1]) if found else None)
        else:
            self._lines = _lines_of(text)

    def problem(self, path: str, message: str, line: int | None = None) -> None:
        """Note that what stands at *path* (``limits[3].length``) is wrong."""
        self.problems.append(
            Problem(file=self.file, element=path or None, message=message, line=line or self.line_of(path))
        )

    def line_of(self, path: str) -> int | None:
        """Return the line on which *path*, or the nearest table around it, stands."""
        while path and path not in self._lines:
            path = path.rpartition(".")[0]
        return self._lines.get(path)

    def table(self, name: str) -> Table:
        """Return the table *name*; an empty one, with a problem, where it is missing."""
        value = self.root.get(name, _MISSING)
        if not isinstance(value, dict):
            self.problem(name, "the table is missing" if value is _MISSING else "must be a table")
            value = {}
        return Table(self, name, cast("dict[str, Any]", value))

    def rows(self, name: str, *, optional: bool = False) -> list[Table]:
        """Return the tables of the array *name*."""
        return _rows(self, name, self.root.get(name, [] if optional else _MISSING))


def _rows(source: Source, path: str, value: Any) -> list[Table]:
    if value is _MISSING:
        source.problem(path, "the list of tables is missing")
        return []
    items: list[Any] = value if isinstance(value, list) else [value]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in items):
        source.problem(path, "must be a list of tables")
        return []
    return [Table(source, f"{path}[{n}]", item) for n, item in enumerate(items)]


class Table:
    """One table being read; what nobody asked for is a problem in the end."""

    def __init__(self, source: Source, path: str, values: Mapping[str, Any]) -> None:
        self.source = source
        self.path = path
        self.values = values
        self._asked: set[str] = set()

    def problem(self, key: str, message: str) -> None:
        """Note that the value of *key* is wrong."""
        self.source.problem(".".join(part for part in (self.path, key) if part), message)

    def text(self, key: str, default: str = _MISSING) -> str:
        """Return a text."""
        value: str = self._typed(key, str, "a text", default, "")
        return value

    def whole(self, key: str, default: int = _MISSING) -> int:
        """Return a whole number."""
        value: int = self._typed(key, int, "a whole number", default, 0)
        if isinstance(value, bool):
            self.problem(key, "must be a whole number, not true or false")
            return 0
        return value

    def number(self, key: str, default: float = _MISSING) -> float:
        """Return a number."""
        return float(self._typed(key, (int, float), "a number", default, 0.0))

    def flag(self, key: str, default: bool = _MISSING) -> bool:
        """Return true or false."""
        value: bool = self._typed(key, bool, "true or false", default, instead=False)
        return value

    def day(self, key: str, default: date | None = _MISSING) -> date | None:
        """Return a day."""
        value: date | None = self._typed(key, (date, type(None)), "a day (2026-01-31)", default, None)
        return value

    def texts(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._typed(key, (list, tuple), "a list of texts", default, ())
        if not all(isinstance(item, str) for item in value):
            self.problem(key, f"must be a list of texts, not {list(value)!r}")
            return ()
        return tuple(value)

    def wholes(self, key: str, default: tuple[int, ...] = _MISSING) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        value = self._typed(key, (list, tuple), "a list of whole numbers", default, ())
        if not all(type(item) is int for item in value):
            self.problem(key, f"must be a list of whole numbers, not {list(value)!r}")
            return ()
        return tuple(value)

    def days(self, key: str) -> frozenset[date]:
        """Return a set of days."""
        value = self._typed(key, list, "a list of days (2026-01-31)", _MISSING, [])
        if not all(type(item) is date for item in value):
            self.problem(key, "must be a list of days, written 2026-01-31 without quotes")
            return frozenset()
        return frozenset(value)

    def one_of(self, key: str, known: Collection[str], default: str = _MISSING) -> str:
        """Return a text that must be one of *known* (or the default)."""
        value = self.text(key, default)
        if value not in known and value != default and key in self.values:
            self.unknown(key, value, known)
        return value

    def some_of(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """Return a list of texts, each one of *known*; nothing where the key is missing."""
        values = self.texts(key, ())
        for value in values:
            if value not in known:
                self.unknown(key, value, known)
        return values

    def unknown(self, key: str, value: str, known: Collection[str]) -> None:
        """Note that *value* names nothing that is known."""
        few = ", ".join(list(known)[:12]) + (" …" if len(known) > 12 else "")  # noqa: PLR2004 - a readable list
        self.problem(key, f"{value!r} is not known{nearest(value, known)}; known: {few}")

    def ignore(self, *keys: str) -> None:
        """Accept *keys* unread: others take them from the raw file."""
        self._asked.update(keys)

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return a free table, empty where it is missing."""
        value = self._typed(key, dict, "a table", {}, {})
        return cast("dict[str, Any]", value)

    def rows(self, key: str) -> list[Table]:
        """Return the tables of an array in this table, none where it is missing."""
        self._asked.add(key)
        return _rows(self.source, f"{self.path}.{key}", self.values.get(key, []))

    def done(self) -> None:
        """Note every key that nobody asked for: most are misspelt."""
        for key in self.values:
            if key not in self._asked:
                self.problem(key, f"this key is not known here{nearest(key, self._asked)}")

    def _typed(self, key: str, kind: type | tuple[type, ...], name: str, default: Any, instead: Any) -> Any:
        self._asked.add(key)
        value = self.values.get(key, default)
        if value is _MISSING:
            self.problem(key, f"is missing: {name} is needed")
            return instead
        if not isinstance(value, kind):
            self.problem(key, f"must be {name}, not {value!r}")
            return instead
        return value


def _lines_of(text: str) -> dict[str, int]:
    """Return path to line for tables, keys, and arrays that have one inline table per line."""
    return dict(_walk(text))


def _walk(text: str) -> Iterator[tuple[str, int]]:
    counts: dict[str, int] = {}
    table, array = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if array:
            if stripped.startswith("{"):
                yield f"{array}[{counts[array]}]", number
                counts[array] += 1
            elif stripped.startswith("]"):
                array = ""
            continue
        if found := _TABLE.match(stripped):
            table = found["name"]
            if found["array"]:
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            yield table, number
        elif found := _KEY.match(stripped):
            path = f"{table}.{found['name']}" if table else found["name"]
            yield path, number
            if _ARRAY.match(stripped):
                array = path
                counts[array] = 0
