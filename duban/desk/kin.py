"""Kin: what a case tells its parent when it ends, and what it is told when the activity that it watches is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.model.calls import Thrown
from duban.model.case import Case
from duban.model.facts import Happening, Kind
from duban.model.outcome import Outcome
from duban.store import Snapshot, Unit
from duban.store.keys import CaseKey

ADDRESS = "case_no"
"""Key of a message's payload or correlation that names the case it goes to (processes.md 3.3)."""


def with_farewell(
    desk: Desk,
    record: Unit,
    outcome: Outcome,
    *,
    kind: str,
    number: str,
    parent: int | None,
    key: Callable[[], Mapping[str, Any]],
) -> Outcome:
    """Return *outcome* with the message that tells the parent of the case's end, where the parent waits for it."""
    if outcome.ended is None or parent is None:
        return outcome
    opener = record.cases.find(parent)
    name = f"{kind}.ended"
    if opener is None or not opener.is_open or name not in _drawing(desk, record, opener).caught:
        return outcome
    own = dict(key())
    payload = {**own, "kind": kind, "number": number, "end": " ".join(outcome.ended), ADDRESS: opener.number}
    told = Thrown(task=0, element=(*outcome.ended, "")[-1], scope="", name=name, payload=payload, correlation=own)
    return replace(outcome, thrown=(*outcome.thrown, told))


def key_of(record: Unit, case: int) -> Mapping[str, Any]:
    """Return the correlation by which *case* began; nothing where no message began it."""
    known = record.keys.of(case)
    return {} if known is None else known.key


def tell_watchers(
    desk: Desk, record: Unit, case: Snapshot, drawing: Drawing, outcome: Outcome, *, at: datetime
) -> None:
    """Tell the open cases that watch an activity of *case* that it is over, if this step left it."""
    if case.missed and drawing.hosts:
        watched = drawing.watched
        left = [each for each in _left(outcome) if each[0] in watched]
        for element, scope, completed in left:
            record.messages.over(case.id, element, scope, at=at, completed=completed)
        how = {(element, scope): completed for element, scope, completed in left}
        for watcher in record.keys.watching(case.id, list(how)):
            completed = how[watcher.host or "", watcher.host_scope or ""]
            record.keys.over(watcher.case, at=at, completed=completed)
            stop(desk, record, watcher, done_at=at, completed=completed, at=at)
    _tell_again(desk, record, case, drawing, outcome, at)


def stop(desk: Desk, record: Unit, watcher: CaseKey, *, done_at: datetime, completed: bool, at: datetime) -> None:
    """Send ``<kind>.stop`` to a case that watches, if its diagram catches it."""
    case = record.cases.find(watcher.case)
    name = f"{watcher.kind}.stop"
    if case is None or watcher.parent is None or name not in _drawing(desk, record, case).caught:
        return
    told = {"done_at": done_at.isoformat(), "completed": completed}
    message = Thrown(
        task=0,
        element=watcher.host or "",
        scope=watcher.host_scope or "",
        name=name,
        payload={**watcher.key, **told, ADDRESS: watcher.number},
        correlation=dict(watcher.key),
    )
    id_ = f"{watcher.parent}/{name}/{watcher.case}.{case.version}"
    record.messages.send(id_, watcher.parent, message, at=at, not_before=desk.now())


def _tell_again(desk: Desk, record: Unit, case: Snapshot, drawing: Drawing, outcome: Outcome, at: datetime) -> None:
    """Hand a stop again to a case that was not waiting for it when it came: it may wait now."""
    name = f"{case.kind}.stop"
    if case.parent is None or not case.is_open or name not in drawing.caught or _heard(outcome, name):
        return
    known = record.keys.of(case.id)
    if known is not None and known.over_at is not None:
        stop(desk, record, known, done_at=known.over_at, completed=known.completed, at=at)


def _heard(outcome: Outcome, name: str) -> bool:
    return any(each.kind is Kind.MESSAGE_RECEIVED and each.payload["name"] == name for each in outcome.happenings)


def _left(outcome: Outcome) -> list[tuple[str, str, bool]]:
    """Return (element, scope, completed) of everything that the step left."""
    moves: list[Happening] = [each for each in outcome.happenings if each.kind is Kind.TOKENS_MOVED]
    return [(element, scope, how == "completed") for each in moves for element, scope, _, how in each.payload["left"]]


def _drawing(desk: Desk, record: Unit, case: Case) -> Drawing:
    return desk.shelf.drawing(desk.shelf.by_digest(case.definition, record))
