"""Beginnings: the one way in which a case comes to be, whoever or whatever opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from duban.desk import sight
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.kin import with_farewell
from duban.desk.numbers import case_number
from duban.desk.register import changes
from duban.model.case import Case
from duban.model.outcome import Outcome
from duban.store import NewCase, Snapshot, Unit

CASE = "case"
"""Key of the start data that says which case this is: number, kind, parent's number, when it counts as begun."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """What a case begins with."""

    kind: str
    data: Mapping[str, Any]
    at: datetime
    """When it counts as begun; for a case that a message begins: when the message was thrown."""
    noticed_at: datetime
    actor: str
    message: str | None = None
    """Name of the message that begins it; None: the start without one."""
    parent: Case | None = None
    key: Mapping[str, Any] = field(default_factory=dict)
    """Correlation of that message."""
    begins_family: bool = False


def begin(
    desk: Desk, record: Unit, beginning: Beginning, *, register: Mapping[str, Any] | None = None
) -> tuple[Snapshot, Outcome]:
    """Number a case, start it and write everything that came of it.

    *register*: its row of the register, for a petition, to which the columns are added that the first step changes.
    """
    definition = desk.shelf.of_kind(beginning.kind)
    drawing = desk.shelf.drawing(definition)
    number = case_number(desk, record, beginning.kind, beginning.at)
    parent = beginning.parent.id if beginning.parent else None
    outcome = process.start(
        definition,
        {**beginning.data, CASE: _told(number, beginning)},
        message=beginning.message,
        now=beginning.at,
        deadlines=desk.deadlines,
    )
    record.definitions.add(definition, at=beginning.noticed_at)
    case = record.open_case(
        NewCase(
            number=number,
            kind=beginning.kind,
            process=definition.process,
            definition=definition.digest,
            parent=parent,
            begins_family=beginning.begins_family,
        ),
        with_farewell(
            desk, record, outcome, kind=beginning.kind, number=number, parent=parent, key=lambda: beginning.key
        ),
        at=beginning.at,
        noticed_at=beginning.noticed_at,
        actor=beginning.actor,
        register=None if register is None else {**register, **changes(drawing, outcome)},
        hosts=drawing.hosts,
    )
    sight.shield(desk, record, case, beginning.parent, beginning.data)
    return case, outcome


def _told(number: str, beginning: Beginning) -> Mapping[str, Any]:
    return {
        "no": number,
        "kind": beginning.kind,
        "parent": beginning.parent.number if beginning.parent else None,
        "at": beginning.at.isoformat(),
    }
