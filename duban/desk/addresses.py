"""Addresses: which kinds of case a message begins, and which wait for it."""

from __future__ import annotations

from duban.desk.desk import Desk


def kind_started_by(desk: Desk, name: str) -> str | None:
    """Return the kind whose diagram begins at the message *name*, or None."""
    for kind in desk.bureau.settings.kinds:
        if name in desk.shelf.drawing(desk.shelf.of_kind(kind)).started_by:
            return kind
    return None


def catching(desk: Desk, name: str) -> list[str]:
    """Return the kinds in whose diagrams something waits for the message *name* once they run."""
    return [kind for kind in desk.bureau.settings.kinds if name in desk.shelf.drawing(desk.shelf.of_kind(kind)).caught]
