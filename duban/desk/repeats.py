"""Repeats: what the first petition of a matter learns when another one repeats it (processes.md 4.1, scenario 8)."""

from __future__ import annotations

from datetime import datetime

from duban.desk.desk import Desk
from duban.desk.kin import ADDRESS
from duban.model.calls import Thrown
from duban.store import Unit
from duban.store.outbox import Queued

WEIGHTY = "weighty"
"""Weight that the register shows from the second repeat on."""
SECOND = 2
"""So many repeats make a matter weighty."""
NAME = "petition.repeated"
"""Message to the first petition, each time: ``{n, weighty, by}``."""


def tell_first(desk: Desk, record: Unit, call: Queued, first: int, *, by: str, at: datetime) -> None:
    """Tell the first petition how often its matter has been repeated, if its diagram listens; raise its weight."""
    row = record.register.get(first)
    if row.repeat_n >= SECOND and row.weight != WEIGHTY:
        record.register.update(first, {"weight": WEIGHTY})
        row = record.register.get(first)
    case = record.cases.find(first)
    if case is None or not case.is_open:
        return
    if NAME not in desk.shelf.drawing(desk.shelf.by_digest(case.definition, record)).caught:
        return
    message = Thrown(
        task=call.task,
        element=call.element,
        scope=call.scope,
        name=NAME,
        payload={ADDRESS: case.number, "n": row.repeat_n, "weighty": row.weight == WEIGHTY, "by": by},
        correlation={},
    )
    record.messages.send(f"{call.case}/{NAME}/{call.task}", call.case, message, at=at, not_before=at)
