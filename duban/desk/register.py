"""The register row: which columns change when a step has written its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.desk.drawing import Drawing
from duban.model.outcome import Outcome

OPEN = "open"
"""Status of a petition that goes on; an ended one has the id of its end event."""
ANSWERED = "answered"
"""Status of a petition whose answer was delivered and whose petitioner is still to be asked."""

_COLUMNS = (
    # step, field, column: the last one that was written wins (processes.md 4.1)
    ("found", "matter", "matter"),
    ("found", "nature", "nature"),
    ("register", "matter", "matter"),
    ("register", "nature", "nature"),
    ("classify", "weight", "weight"),
    ("classify", "supervise", "supervising"),
    ("route", "unit", "unit"),
    ("triage", "unit", "unit"),
    ("holder", "unit", "unit"),
)


def changes(drawing: Drawing, outcome: Outcome) -> dict[str, Any]:
    """Return the columns of the register row that *outcome* changes."""
    changed: dict[str, Any] = {}
    for step, field, column in _COLUMNS:
        written = outcome.written.get(step)
        if isinstance(written, Mapping) and isinstance(value := written.get(field), str) and value:
            changed[column] = value
    if "redo_n" in outcome.written:
        changed["status"] = OPEN
    elif "reply" in outcome.written:
        changed["status"] = ANSWERED
    if outcome.ended is not None:
        end = outcome.ended[-1] if outcome.ended else ""
        changed |= {"stage": drawing.label(end), "status": end or "ended"}
    elif outcome.opened:
        changed["stage"] = drawing.phase(outcome.opened[-1].element)
    return changed
