"""What commands print: results on stdout (tables or JSON), talk on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from duban.model.clock import SHANGHAI


def say(text: str) -> None:
    """Talk to the operator."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is where talk goes out


def show(text: str) -> None:
    """Print a result."""
    print(text, flush=True)  # noqa: T201 - this is where results go out


def show_json(value: Any) -> None:
    """Print *value* as one line of JSON."""
    show(json.dumps(plain(value), ensure_ascii=False))


def plain(value: Any) -> Any:
    """Return *value* as JSON can say it: dataclasses as objects, instants and dates in ISO."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.repr}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def show_table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under their titles; Chinese characters count two columns."""
    lines = [list(titles), *([_cell(value) for value in row] for row in rows)]
    widths = [max(_width(line[n]) for line in lines) for n in range(len(titles))]
    for line in lines:
        cells = (text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True))
        show("  ".join(cells).rstrip())


def when(at: datetime) -> str:
    """Write an instant in the bureau's time zone."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return when(value)
    return " ".join(str(value).split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
