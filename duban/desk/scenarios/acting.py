"""Acting: people and messages move the scenario's cases, as at the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from duban.bureau.table import nearest
from duban.desk import messages, rights, staff, work
from duban.desk.engine import process
from duban.desk.scenarios.script import Do, Say
from duban.desk.scenarios.stage import Stage
from duban.desk.steps import write
from duban.desk.work import Item
from duban.errors import DubanError
from duban.model.calls import Message
from duban.model.people import SYSTEM
from duban.store import Unit

_INSTANCE = re.compile(r"#(\d+)")


class Stumbled(DubanError):
    """A scenario's step cannot be taken."""


def act(stage: Stage, step: Do | Say) -> None:
    """Take *step*, then let everything happen that happens by itself.

    Raises:
        Stumbled: Nothing or several things are meant.
        DubanError: The desk refuses it.
    """
    if isinstance(step, Say):
        message = Message(name=step.name, payload=dict(step.payload), correlation=dict(step.to))
        messages.deliver(stage.desk, stage.case(step.case).number, message, step.actor or SYSTEM)
    else:
        _complete(stage, step)
    stage.settle()


def _complete(stage: Stage, step: Do) -> None:
    item = find(stage, step)
    if step.actor == SYSTEM:
        write(stage.desk, partial(_complete_alone, stage, item, step.fields))
        return
    person = step.actor or item.claimed_by or worker(stage, item)
    sheet = work.show(stage.desk, item.number, item.task)
    data = staff.fill_in(stage.desk, sheet, fitted(step.fields, sheet.schema), person)
    work.complete(stage.desk, item.number, item.task, data, person)


def _complete_alone(stage: Stage, item: Item, fields: Mapping[str, Any], record: Unit) -> None:
    """Complete *item* as the house does by itself what is complete when it arrives."""
    at, schema = stage.clock.now(), stage.desk.shelf.form(item.form).schema if item.form else None
    case = record.cases.load(item.case)
    written = work.step_data(stage.desk, record, item, fitted(fields, schema), actor=SYSTEM, acting=None, at=at)
    work.complete_item(stage.desk, record, case, item, written, actor=SYSTEM, at=at)


def find(stage: Stage, step: Do) -> Item:
    """Return the open item that *step* is about.

    Raises:
        Stumbled: There is none, or there are several.
    """
    case = stage.case(step.case)
    items = stage.desk.store.read(lambda record: record.worklist.of(case.id))
    found = [item for item in items if item.element == step.element]
    if step.place is not None:
        found = [item for item in found if _is_at(stage, item, step.place)]
    if len(found) == 1:
        return found[0]
    where = "" if step.place is None else f" in {step.place}"
    what = f"{step.element}{where}" if step.case is None else f"{step.element}{where} of {case.number}"
    if not found:
        there = ", ".join(told(item) for item in items) or "nothing"
        near = nearest(step.element, {item.element for item in items} - {step.element})
        raise Stumbled(f"{what} is not open{near}; open is: {there}")
    raise Stumbled(f"{what} is open {len(found)} times: {', '.join(told(item) for item in found)}; say which: in: …")


def told(item: Item) -> str:
    """Return how an open item is written in an expectation."""
    return f"{item.element}@{item.unit}" if item.unit else item.element


def _is_at(stage: Stage, item: Item, place: str) -> bool:
    """Tell whether *place* is the item's unit, person or instance number, or one of the values it works on."""
    if place in {item.unit, item.person, instance_of(item.scope)}:
        return True
    return item.unit is None and place in _values(stage, item)


def instance_of(scope: str) -> str | None:
    """Return the number of the innermost instance of several that *scope* lies in, or None."""
    found = _INSTANCE.findall(scope)
    return found[-1] if found else None


def _values(stage: Stage, item: Item) -> set[str]:
    """Return the single values that the item sees at the top of its data, and those of small records there."""

    def read(record: Unit) -> Mapping[str, Any]:
        case = record.cases.load(item.case)
        return process.look(stage.desk.shelf.by_digest(case.definition, record), case.state, item.task).data

    found: set[str] = set()
    for value in stage.desk.store.read(read).values():
        parts = value.values() if isinstance(value, Mapping) else (value,)
        found |= {str(part) for part in parts if isinstance(part, str | int)}
    return found


def worker(stage: Stage, item: Item) -> str:
    """Return somebody who may do *item* today.

    Raises:
        Stumbled: Nobody may.
    """
    if item.person:
        return item.person
    desk, at = stage.desk, stage.clock.now()

    def read(record: Unit) -> str | None:
        holders = desk.roster.holders(record, item.role, item.unit, at)
        return next((who for who in holders if rights.may_do(desk.roster.standing(record, who, at), item)), None)

    if (person := desk.store.read(read)) is None:
        raise Stumbled(
            f"nobody may do {told(item)} today: it asks for {item.role} of {item.unit or 'any unit'}; say who: as: …"
        )
    return person


def fitted(fields: Mapping[str, Any], schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return *fields* with numbers written as texts where the form asks for texts (a matter's code 1201)."""
    parts: Mapping[str, Any] = (schema or {}).get("properties", {})
    return {name: _fitted(value, parts.get(name, {})) for name, value in fields.items()}


def _fitted(value: Any, schema: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_fitted(each, schema.get("items", {})) for each in value]
    if isinstance(value, Mapping):
        return fitted(value, schema)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and schema.get("type") == "string" else value
