"""JSON objects given on the command line: as text, from a file, or from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typer


def read(given: str) -> dict[str, Any]:
    """Return the object that *given* is, or that ``@FILE`` or ``-`` (standard input) holds."""
    if given == "-":
        return parsed(sys.stdin.read())
    if given.startswith("@"):
        file = Path(given[1:])
        if not file.is_file():
            raise typer.BadParameter(f"there is no file {file}")
        return parsed(file.read_text("utf-8"))
    return parsed(given)


def parsed(text: str) -> dict[str, Any]:
    """Return the object that stands in *text*."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    if not isinstance(found, dict):
        raise typer.BadParameter('it must be a JSON object, such as {"decision": "签收"}')
    return found
