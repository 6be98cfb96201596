"""Whereabouts: at which elements the cases of a kind wait, and what they know; for handlers that look around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.desk.engine import process
from duban.model.case import Case
from duban.store import Snapshot, Unit

PAGE = 200
"""Cases that are read at a time."""


def cases_of(
    desk: Desk,
    record: Unit,
    kind: str,
    *,
    waits_at: str | None,
    ended: str | None,
    number: str | None,
    since: datetime | None,
    from_case: int,
) -> list[Mapping[str, Any]]:
    """Return the cases of *kind*, oldest first: see duban.api.Tools.cases."""
    is_open = True if waits_at is not None else False if ended is not None else None
    sees_all = record.shields.of(from_case) is not None
    found = [
        _told(desk, record, record.cases.load(case.id))
        for case in (_walk(record, kind, is_open) if number is None else _named(record, kind, number))
        if (since is None or case.opened_at >= since) and (sees_all or not record.shields.of(case.id))
    ]
    return [
        told
        for told in found
        if (waits_at is None or waits_at in told["waits_at"])
        and (ended is None or ended in (told["end"] or "").split())
    ]


def _walk(record: Unit, kind: str, is_open: bool | None) -> Iterator[Case]:
    after = 0
    while page := record.cases.list_(kind=kind, is_open=is_open, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def _named(record: Unit, kind: str, number: str) -> list[Case]:
    case = record.cases.find(number)
    return [case] if case is not None and case.kind == kind else []


def _told(desk: Desk, record: Unit, case: Snapshot) -> Mapping[str, Any]:
    definition = desk.shelf.by_digest(case.definition, record)
    view = process.look(definition, case.state)
    elements = [*(work.element for work in view.work), *(wait.element for wait in view.waits)]
    return {
        "number": case.number,
        "opened_at": case.opened_at.isoformat(),
        "ended_at": case.ended_at.isoformat() if case.ended_at else None,
        "end": case.end,
        "waits_at": _with_gateways(desk.shelf.drawing(definition), elements),
        "data": dict(view.data),
    }


def _with_gateways(drawing: Drawing, elements: list[str]) -> list[str]:
    """Return the elements, and the event gateways in front of those that wait behind one."""
    gateways = (drawing.gateways[element] for element in elements if element in drawing.gateways)
    return list(dict.fromkeys((*elements, *gateways)))


def standing_at(desk: Desk, record: Unit, kind: str, digest: str) -> dict[str, int]:
    """Return how many open cases of *kind* on the definition *digest* stand at each element."""
    found: dict[str, int] = {}
    for case in _walk(record, kind, is_open=True):
        if case.definition == digest:
            for element in _told(desk, record, record.cases.load(case.id))["waits_at"]:
                found[element] = found.get(element, 0) + 1
    return found
