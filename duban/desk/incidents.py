"""Incidents: tokens, calls and timers that cannot go on until a person decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from duban.desk import calls, sight
from duban.desk.desk import Desk
from duban.desk.steps import take_step, write
from duban.desk.texts import put_away
from duban.engine import process
from duban.engine.process import Choose, Retry
from duban.errors import AlreadyDone, Refused
from duban.model.calls import Answer
from duban.model.facts import Happening, Kind
from duban.store import Snapshot, Unit
from duban.store.incidents import Open

__all__ = ["Alternative", "Disagreement", "Open", "answer", "disagreements", "list_", "resolve", "retry"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """What one branch says."""

    flow: str
    """The sequence flow by which the branch came."""
    value: Any
    is_gone: bool
    """The branch has deleted the key; *value* says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """A path on which branches disagree."""

    path: str
    """Keys joined by dots."""
    base: Any
    """What stood there before the branches parted, or None."""
    values: tuple[Alternative, ...]


def list_(
    desk: Desk, *, number: str | None = None, viewer: str | None = None, limit: int = 100, offset: int = 0
) -> list[Open]:
    """List open incidents, oldest first, as far as *viewer* may see their cases (None: the house itself).

    Raises:
        NotFound: There is no case *number*, or *viewer* may not know of it.
    """
    at = desk.now()

    def read(record: Unit) -> list[Open]:
        if number is None:
            sees = sight.sight_of(desk, record, viewer, at).kinds
            return record.incidents.list_(limit=limit, offset=offset, sees=sees)
        case = record.cases.load(number)
        sight.require(desk, record, case, viewer, at)
        return record.incidents.of(case.id)

    return desk.store.read(read)


def retry(desk: Desk, number: str, task: int, actor: str, data: Mapping[str, Any] | None = None) -> None:
    """Let the token, the call or (task 0) the case's timers try again, once the cause is mended.

    *data*: top-level keys that are put right first, each replaced whole, where the token stopped for its data.

    Raises:
        NotFound: There is no such case, incident or person.
        Refused: *data* for a call or a timer, which do not read it again.
    """
    write(desk, partial(_retry, desk, number, task, actor, desk.now(), dict(data or {})))


def answer(desk: Desk, number: str, task: int, result: Mapping[str, Any], actor: str) -> None:
    """Answer by hand a call whose handler keeps failing.

    Raises:
        NotFound: There is no such case, incident or person.
        Refused: It is no failed call.
    """
    write(desk, partial(_answer, desk, number, task, result, actor, desk.now()))


def disagreements(incident: Open) -> list[Disagreement]:
    """Return what a person has to choose; nothing where the incident is no merge conflict."""
    return [
        Disagreement(
            path=".".join(told["path"]),
            base=told.get("base"),
            values=tuple(
                Alternative(flow=each["flow"], value=each.get("value"), is_gone="value" not in each)
                for each in told["values"]
            ),
        )
        for told in incident.detail.get("paths", ())
    ]


def resolve(
    desk: Desk, number: str, task: int, choices: Mapping[str, Any], actor: str, gone: Collection[str] = ()
) -> None:
    """Choose a value for each path on which two branches disagree; paths in *gone* are deleted.

    Raises:
        NotFound: There is no such case, incident or person.
        Refused: It is no conflict, or a path was left out.
    """
    at = desk.now()

    def settle(record: Unit) -> None:
        case, incident = _find(desk, record, number, task, actor)
        if incident.reason != "merge_conflict":
            raise Refused(f"the incident at task {task} of {number} is no conflict ({incident.reason}); retry it")
        decision = Choose(values=_stored(record, case, choices, actor, at), gone=frozenset(gone))
        _settle(desk, record, case, task, decision, actor, at)

    write(desk, settle)


def _retry(desk: Desk, number: str, task: int, actor: str, at: datetime, data: Mapping[str, Any], record: Unit) -> None:
    case, incident = _find(desk, record, number, task, actor)
    if data and incident.reason in {"call", "message", "tick"}:
        raise Refused(f"the incident at task {task} of {number} is no mistake in the data; retry it without any")
    if incident.reason == "call":
        record.outbox.again(case.id, task, at=at, attempts=0)
        _close(record, case, incident, "retry", actor, at)
    elif incident.reason == "message":
        record.messages.again(incident.detail["message"], at=at, error="")
        _close(record, case, incident, "retry", actor, at)
    elif incident.reason == "tick":
        record.due.put_off(case.id, at)
        _close(record, case, incident, "retry", actor, at)
    else:
        _settle(desk, record, case, task, Retry(data=_stored(record, case, data, actor, at)), actor, at)


def _answer(
    desk: Desk, number: str, task: int, result: Mapping[str, Any], actor: str, at: datetime, record: Unit
) -> None:
    case, incident = _find(desk, record, number, task, actor)
    given = Answer(task=task, result=dict(result))
    if incident.reason == "error":  # a BPMN error that no event catches: the engine waits for an answer all the same
        _answer_error(desk, record, case, given, actor, at)
        return
    call = record.outbox.get(case.id, task)
    if incident.reason != "call" or call is None:
        raise Refused(f"the incident at task {task} of {number} is no failed call ({incident.reason}); retry it")
    case = _close(record, case, incident, "answered by hand", actor, at)
    calls.deliver(desk, record, call, given, at=at, actor=actor, more=[])


def _answer_error(desk: Desk, record: Unit, case: Snapshot, given: Answer, actor: str, at: datetime) -> None:
    try:
        take_step(
            desk,
            record,
            case,
            lambda definition, state: process.deliver(definition, state, given, now=at, deadlines=desk.deadlines),
            at=at,
            actor=actor,
        )
    except AlreadyDone as error:
        raise Refused(f"the error at task {given.task} of {case.number} came from no call; retry it") from error


def _settle(
    desk: Desk, record: Unit, case: Snapshot, task: int, decision: Retry | Choose, actor: str, at: datetime
) -> None:
    take_step(
        desk,
        record,
        case,
        lambda definition, state: process.settle(definition, state, task, decision, now=at, deadlines=desk.deadlines),
        at=at,
        actor=actor,
    )


def _stored(record: Unit, case: Snapshot, data: Mapping[str, Any], actor: str, at: datetime) -> dict[str, Any]:
    return put_away(record, data, words=(), at=at, by=actor, case=case.id)


def _close(record: Unit, case: Snapshot, incident: Open, decision: str, actor: str, at: datetime) -> Snapshot:
    record.incidents.settle(case.id, incident.task)
    payload = {"task": incident.task, "element": incident.element, "scope": incident.scope, "decision": decision}
    return record.note(case, [Happening(kind=Kind.INCIDENT_SETTLED, payload=payload)], at=at, actor=actor)


def _find(desk: Desk, record: Unit, number: str, task: int, actor: str) -> tuple[Snapshot, Open]:
    desk.roster.require(record, actor)
    case = record.cases.load(number)
    sight.require(desk, record, case, actor, desk.now())
    return case, record.incidents.get(case.id, task)
