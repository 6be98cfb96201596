"""Lists in questions: places for a power of two of values, so that only a handful of questions is ever compiled.

Composing and compiling a question costs SQLAlchemy a millisecond, answering it a few microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam


def places(values: Sequence[Any]) -> int:
    """Return for how many values the question must have a place."""
    return 1 << (len(values) - 1).bit_length()


def filled(values: Sequence[Any]) -> dict[str, Any]:
    """Return the parameters that fill the places; the last value is asked for again in those that are left."""
    rest = places(values) - len(values)
    return {f"place{n}": value for n, value in enumerate([*values, *[values[-1]] * rest])}


def among(column: ColumnElement[Any], count: int) -> ColumnElement[bool]:
    """Say that *column* is one of the values in *count* places."""
    return column.in_([bindparam(f"place{n}") for n in range(count)])
