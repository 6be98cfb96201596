"""Changes: the same settings with a few values put otherwise, held together as a whole once more."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from duban.bureau.reading import read_root
from duban.bureau.settings import Settings
from duban.bureau.table import nearest
from duban.errors import BureauError, Problem


def changed(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return *settings* with each dotted path of *values* put to its value.

    A row of a list is named by its id or code, dots and all: ``limits.C.t2.length``.

    Raises:
        BureauError: A path leads nowhere, or the settings no longer hold together.
    """
    root = copy.deepcopy(dict(settings.raw))
    problems = [problem for path, value in values.items() if (problem := _put(root, path, value)) is not None]
    if problems:
        raise BureauError(problems)
    return read_root("bureau.toml", root, years=settings.years)


def _put(root: Any, path: str, value: Any) -> Problem | None:
    """Put *value* at *path*; a problem where nothing stands above it."""
    node, parts = root, path.split(".")
    while True:
        key, rest = _step(node, parts)
        if key is None:
            return Problem(file="bureau.toml", element=path, message=f"leads nowhere{nearest(parts[0], _names(node))}")
        if not rest:
            node[key] = value
            return None
        node, parts = node[key], rest


def _step(node: Any, parts: list[str]) -> tuple[Any, list[str]]:
    """Return the key of the next node and what is left of the path; None: there is no such node."""
    if isinstance(node, list):
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            for n, row in enumerate(node):
                if isinstance(row, dict) and name in {row.get("id"), row.get("code")}:
                    return n, parts[length:]
        return None, parts
    if isinstance(node, dict) and (parts[0] in node or len(parts) == 1):
        return parts[0], parts[1:]
    return None, parts


def _names(node: Any) -> list[str]:
    if isinstance(node, list):
        return [str(row.get("id", row.get("code"))) for row in node if isinstance(row, dict)]
    return list(node) if isinstance(node, dict) else []
