"""Sight: who may see a case that is shielded, and what a step wrote for few eyes only (条例 30)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from duban.desk import rights
from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.outcome import Outcome
from duban.model.people import SYSTEM
from duban.model.petition import Envelope
from duban.petitions.intake import Checked
from duban.store import Unit

HIDDEN = "（仅限有权人员查看）"
"""What stands where a step's data are not shown."""


def shield(desk: Desk, record: Unit, case: Case, parent: Case | None) -> None:
    """Shield a new case whose kind few may see, and the petition that it came from; a child is like its parent.

    What the shielded petition has opened before is shielded with it: a prompt would tell of it otherwise.
    """
    above = record.shields.of(parent.id) if parent else None
    if desk.bureau.settings.kinds[case.kind].seen_by:
        record.shields.raise_(case.id, case.kind)
        if parent is not None and _is_petition(record, parent):
            raise_over(record, parent.id, case.kind)
    elif above is not None:
        record.shields.raise_(case.id, above)


def raise_over(record: Unit, case: int, kind: str) -> None:
    """Shield a case and everything that it opened."""
    record.shields.raise_(case, kind)
    for child in record.cases.children(case):
        raise_over(record, child.id, kind)


def shielding_kind(desk: Desk) -> str | None:
    """Return the kind whose rule shields what arrives as an accusation; None: the bureau has none."""
    return next((kind.id for kind in desk.bureau.settings.kinds.values() if kind.seen_by), None)


def is_accusation(desk: Desk, envelope: Envelope, checked: Checked) -> bool:
    """Tell whether what arrives reads like an accusation, or comes from where accusations come from."""
    return desk.bureau.settings.channels[envelope.channel].shielded or checked.found.get("accusation") is True


def follow(desk: Desk, record: Unit, case: Case, outcome: Outcome) -> None:
    """Raise or lower the shield of a case as its classification says (``classify.shield``)."""
    classified = outcome.written.get("classify")
    said = classified.get("shield") if isinstance(classified, Mapping) else None
    if said is True and (kind := shielding_kind(desk)) is not None:
        raise_over(record, case.id, kind)
    elif said is False:
        record.shields.lower(case.id)


def seen_kinds(desk: Desk, record: Unit, person: str | None, at: datetime) -> frozenset[str] | None:
    """Return the shielded kinds that *person* may see today; None for the house itself, which sees everything."""
    if person is None or person == SYSTEM:
        return None
    roles = roles_of(desk, record, person, at)
    return frozenset(kind.id for kind in desk.bureau.settings.kinds.values() if roles & {*kind.seen_by})


def roles_of(desk: Desk, record: Unit, person: str, at: datetime) -> frozenset[str]:
    """Return the roles that *person* holds or stands in for today."""
    return frozenset(held.role for held in desk.roster.standing(record, person, at).memberships)


def require(desk: Desk, record: Unit, case: Case, person: str | None, at: datetime) -> None:
    """Refuse whoever may not know of *case*, in the words for a case that is not there.

    Whoever has open work in it may see it: the diagram's lanes are held against the law by the gate.

    Raises:
        NotFound: *person* may not see it.
    """
    kinds = seen_kinds(desk, record, person, at)
    if kinds is None or person is None or (by := record.shields.of(case.id)) is None or by in kinds:
        return
    who = desk.roster.standing(record, person, at)
    if not any(rights.may_do(who, item) for item in record.worklist.of(case.id)):
        raise NotFound(f"there is no case {case.number}")


def without_hidden(drawing: Drawing, data: Mapping[str, Any], roles: Collection[str] | None) -> dict[str, Any]:
    """Return *data* with what only other roles may see replaced by a remark; None: whoever asks sees everything."""
    if roles is None or not drawing.hidden:
        return dict(data)
    return {key: HIDDEN if is_hidden(drawing, key, roles) else value for key, value in data.items()}


def is_hidden(drawing: Drawing, key: str, roles: Collection[str] | None) -> bool:
    """Tell whether what stands under *key* is for other roles only."""
    seen_by = drawing.hidden.get(key)
    return roles is not None and seen_by is not None and not seen_by & {*roles}


def _is_petition(record: Unit, case: Case) -> bool:
    try:
        record.register.get(case.id)
    except NotFound:
        return False
    return True
