"""Replies: what a case waits to hear from outside and a person hands on: a withdrawal, an SMS, an organ's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from duban.bureau.settings import Said
from duban.desk import sight
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.messages import hand_over
from duban.desk.steps import write
from duban.desk.texts import put_away
from duban.errors import InvalidForm, NotWaiting, NotYourWork
from duban.model.calls import Message
from duban.store import Snapshot, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """A message that a case waits for and that people hand on."""

    task: int
    """The token that waits."""
    message: str
    name: str
    """What it is called on a button."""
    element: str
    scope: str
    correlation: Mapping[str, Any]
    schema: Mapping[str, Any]
    """JSON Schema of what is said."""


def awaited(desk: Desk, number: str, viewer: str) -> list[Awaited]:
    """Return what the case *number* waits to hear and *viewer* may hand on, oldest first.

    Raises:
        NotFound: There is no such case or person, or *viewer* may not know of it.
    """
    at = desk.now()

    def read(record: Unit) -> list[Awaited]:
        case = record.cases.load(number)
        seeing = sight.require(desk, record, case, viewer, at)
        return [each for each in _waits(desk, record, case) if _may(desk, each.message, seeing.roles)]

    return desk.store.read(read)


def say(desk: Desk, number: str, task: int, data: Mapping[str, Any], actor: str) -> None:
    """Hand on to the token *task* of a case what it waits to hear; words are kept as they were said.

    Raises:
        NotFound: There is no such case or person.
        NotWaiting: Nothing waits there for what people hand on.
        NotYourWork: *actor* holds none of the roles that may hand it on.
        InvalidForm: The data do not fit; every field is named.
    """
    write(desk, partial(_say, desk, number, task, data, actor, desk.now()))


def _say(desk: Desk, number: str, task: int, data: Mapping[str, Any], actor: str, at: datetime, record: Unit) -> None:
    case = record.cases.load(number)
    sight.require(desk, record, case, actor, at)
    found = next((each for each in _waits(desk, record, case) if each.task == task), None)
    if found is None:
        raise NotWaiting(f"nothing in {number} waits at task {task} for what people hand on; look at the case again")
    said = desk.bureau.settings.said[found.message]
    unit = _unit(desk, record, said, actor, at)
    if own := [name for name in data if name.startswith("_")]:
        raise InvalidForm(dict.fromkeys(own, "这一栏由系统填写"))
    form = desk.shelf.form(said.form)
    form.check(data)
    stored = put_away(record, data, words=form.words, at=at, by=actor, case=case.id)
    payload = {**found.correlation, **stored, "_by": actor, "_unit": unit, "_at": at.isoformat()}
    message = Message(name=found.message, payload=payload, correlation=found.correlation)
    hand_over(desk, record, case, message, at=at, noticed_at=at, actor=actor)


def _waits(desk: Desk, record: Unit, case: Snapshot) -> list[Awaited]:
    said = desk.bureau.settings.said
    if not case.is_open or not said:
        return []
    view = process.look(desk.shelf.by_digest(case.definition, record), case.state)
    return [
        Awaited(
            task=wait.task,
            message=wait.name,
            name=said[wait.name].name,
            element=wait.element,
            scope=wait.scope,
            correlation=wait.correlation,
            schema=desk.shelf.form(said[wait.name].form).schema,
        )
        for wait in view.waits
        if wait.kind == "message" and wait.name in said
    ]


def _may(desk: Desk, message: str, roles: frozenset[str] | None) -> bool:
    return roles is None or bool(roles & {*desk.bureau.settings.said[message].by})


def _unit(desk: Desk, record: Unit, said: Said, actor: str, at: datetime) -> str | None:
    """Return the unit for which *actor* may hand it on."""
    for held in desk.roster.standing(record, actor, at).memberships:
        if held.role in said.by:
            return held.unit
    may = "、".join(desk.bureau.settings.roles.get(role, role) for role in said.by)
    raise NotYourWork(f"{actor} may not hand on {said.message} ({said.name}); these may: {may}")
