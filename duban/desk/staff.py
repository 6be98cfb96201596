"""Scripted staff: people who fill in forms sensibly; for the sample year and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duban.desk import work
from duban.desk.desk import Desk
from duban.desk.rights import day_of
from duban.desk.work import Completed, Item, Sheet
from duban.errors import InvalidForm, NotFound
from duban.model.clock import SHANGHAI
from duban.model.people import Person
from duban.store import Unit

ROUNDS = 4
"""How often a form is mended before the staff give up: each answer may open more required fields."""


def do(desk: Desk, item: Item, answers: Mapping[str, Any], actor: str | None = None) -> Completed:
    """Complete *item* as *actor* (else whoever may do it), with *answers* where given and sensible ones elsewhere."""
    person = actor or item.claimed_by or worker(desk, item)
    sheet = work.show(desk, item.number, item.task)
    return work.complete(desk, item.number, item.task, fill_in(desk, sheet, answers, person), person)


def worker(desk: Desk, item: Item, *, nth: int = 0) -> str:
    """Return somebody who may do *item*; *nth* chooses among several.

    Raises:
        NotFound: Nobody holds the role today.
    """
    if item.person:
        return item.person
    on = day_of(desk.now())

    def read(record: Unit) -> list[Person]:
        return record.people.holders(item.role, item.unit, on=on)

    if not (holders := desk.store.read(read)):
        raise NotFound(f"nobody holds the role {item.role} in {item.unit or 'any unit'} today ({item.name})")
    return holders[nth % len(holders)].id


def fill_in(desk: Desk, sheet: Sheet, answers: Mapping[str, Any], person: str) -> dict[str, Any]:
    """Return data that fit the form: *answers* (as far as the form asks), what stands there already, what is required.

    Raises:
        InvalidForm: *answers* themselves do not fit.
    """
    if not sheet.item.form:
        return dict(answers)
    form = desk.shelf.form(sheet.item.form)
    fields: Mapping[str, Mapping[str, Any]] = form.schema.get("properties", {})
    guess = _Guess(at=desk.now(), person=person, unit=sheet.item.unit)
    data = {name: value for name, value in {**sheet.values, **answers}.items() if name in fields}
    wanted = [name for name in form.schema.get("required", ()) if name not in data]
    for _ in range(ROUNDS):
        data |= {name: guess.value(fields.get(name, {})) for name in wanted}
        try:
            form.check(data)
        except InvalidForm as error:
            wanted = [name for name in error.fields if name in fields and name not in data]
            if not wanted:
                raise
        else:
            return data
    return data


class _Guess:
    """Finds a value for a field of a JSON Schema."""

    def __init__(self, *, at: datetime, person: str, unit: str | None) -> None:
        self._at = at.astimezone(SHANGHAI)
        self._person = person
        self._unit = unit

    def value(self, schema: Mapping[str, Any]) -> Any:
        """Return a sensible value."""
        for word in ("const", "default"):
            if word in schema:
                return schema[word]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "string")
        match kind if isinstance(kind, str) else kind[0]:
            case "boolean":
                return True
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "array":
                return [self.value(schema.get("items", {}))] * max(1, schema.get("minItems", 1))
            case "object":
                parts = schema.get("properties", {})
                return {name: self.value(parts.get(name, {})) for name in schema.get("required", parts)}
            case _:
                return self._words(schema)

    def _words(self, schema: Mapping[str, Any]) -> str:
        match schema.get("format"):
            case "date":
                return self._at.date().isoformat()
            case "date-time":
                return self._at.isoformat(timespec="minutes")
            case "person":
                return self._person
            case "unit":
                return self._unit or "XFK"
            case _:
                words = f"{schema.get('title', '')}：已按规定办理"
                return words.ljust(schema.get("minLength", 0), "。")[: schema.get("maxLength", 2000)]
