"""Values: what may stand in a case's data is what JSON has, checked where it comes in."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from duban.engine.kernel.tasks import pack

DEEPEST: Final = 64
"""Most levels of mappings and lists inside each other."""


def plain(value: Any) -> Any:
    """Return a copy of *value* made of mappings, lists, texts, numbers, truth values and None.

    Times become ISO text, tuples lists; nothing is shared with what was given.

    Raises:
        ValueError: It holds something else, a number too large to be stored, or is nested too deeply.
    """
    try:
        copy = msgspec.to_builtins(value, str_keys=True)
        pack(copy)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise ValueError(f"it cannot be stored: {error}") from error
    if _depth(copy, DEEPEST) < 0:
        raise ValueError(f"it cannot be stored: more than {DEEPEST} levels inside each other")
    return copy


def _depth(value: Any, left: int) -> int:
    """Return how many levels are left under *value*; below 0 when it is too deep."""
    if left < 0 or not isinstance(value, dict | list):
        return left
    inner = value.values() if isinstance(value, dict) else value
    return min((_depth(item, left - 1) for item in inner), default=left)
