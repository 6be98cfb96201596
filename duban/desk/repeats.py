"""Repeats: from the second on, the matter of the first petition is weighty (processes.md 4.1, scenario 8)."""

from __future__ import annotations

from duban.store import Unit

WEIGHTY = "weighty"
"""Weight that the register shows then; the diagram asks for the count itself (``Tools.repeats``)."""
SECOND = 2


def count(record: Unit, first: int) -> None:
    """Raise the weight of the first petition when its matter was repeated often enough."""
    if record.register.get(first).repeat_n >= SECOND:
        record.register.update(first, {"weight": WEIGHTY})
