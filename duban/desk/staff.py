"""Scripted staff: people who fill in forms sensibly; for the sample year and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from duban.desk import work
from duban.desk.desk import Desk
from duban.desk.work import Completed, Item, Sheet
from duban.errors import InvalidForm, NotFound
from duban.model.clock import SHANGHAI

RARE = frozenset(
    {
        "about_leader",
        "address_unclear",
        "anonymous",
        "asks_ordinary",
        "is_group",
        "is_secret",
        "media",
        "on_spot",
        "refused",
        "simple",
        "wants_hearing",
        "wants_visit",
    }
)
"""Questions that are usually answered with no."""
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
        NotFound: Nobody who may do it is here today.
    """
    if item.person:
        return item.person
    if not (holders := [each for each in _holders(desk, item.role, item.unit) if each not in item.excluded]):
        raise NotFound(f"nobody holds the role {item.role} in {item.unit or 'any unit'} today ({item.name})")
    return holders[nth % len(holders)]


def fill_in(desk: Desk, sheet: Sheet, answers: Mapping[str, Any], person: str) -> dict[str, Any]:
    """Return data that fit the form: *answers* (as far as the form asks), what stands there already, what is required.

    Raises:
        InvalidForm: *answers* themselves do not fit.
    """
    if not sheet.item.form:
        return dict(answers)
    form = desk.shelf.form(sheet.item.form)
    fields: Mapping[str, Mapping[str, Any]] = form.schema.get("properties", {})
    guess = _Guess(at=desk.now(), unit=_unit(desk, sheet.item), officer=lambda: _officer(desk, sheet.item, person))
    data = {name: value for name, value in {**sheet.values, **answers}.items() if name in fields}
    wanted = [name for name in form.schema.get("required", ()) if name not in data]
    for _ in range(ROUNDS):
        data |= {name: guess.field(name, fields.get(name, {})) for name in wanted}
        try:
            form.check(data)
        except InvalidForm as error:
            wanted = [name for name in error.fields if name in fields and name not in data]
            if not wanted:
                raise
        else:
            return data
    return data


def _unit(desk: Desk, item: Item) -> str:
    """Return a unit that can handle something: the item's own, unless that is a leader's post."""
    units = desk.bureau.settings.units
    if item.unit is not None and item.unit in units and units[item.unit].kind not in {"post", "leadership"}:
        return item.unit
    return next(code for code, unit in units.items() if unit.kind == "station")


def _officer(desk: Desk, item: Item, otherwise: str) -> str:
    """Return an officer of the unit that does *item*: whom a leader would name, or a second one beside oneself."""
    officers = [officer for officer in _holders(desk, "officer", item.unit) if officer != otherwise]
    return officers[item.case % len(officers)] if officers else otherwise


def _holders(desk: Desk, role: str, unit: str | None) -> list[str]:
    at = desk.now()
    return desk.store.read(lambda record: desk.roster.holders(record, role, unit, at))


class _Guess:
    """Finds a value for a field of a JSON Schema."""

    def __init__(self, *, at: datetime, unit: str, officer: Callable[[], str]) -> None:
        self._at = at.astimezone(SHANGHAI)
        self._unit = unit
        self._officer = officer

    def field(self, name: str, schema: Mapping[str, Any]) -> Any:
        """Return a sensible value for the field *name*."""
        return False if name in RARE and schema.get("type") == "boolean" else self.value(schema)

    def value(self, schema: Mapping[str, Any]) -> Any:
        """Return a sensible value for what *schema* describes."""
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
                return {name: self.field(name, parts.get(name, {})) for name in schema.get("required", parts)}
            case _:
                return self._words(schema)

    def _words(self, schema: Mapping[str, Any]) -> str:
        match schema.get("format"):
            case "date":
                return self._at.date().isoformat()
            case "date-time":
                return self._at.isoformat(timespec="minutes")
            case "person":
                return self._officer()
            case "unit":
                return self._unit
            case _:
                words = f"{schema.get('title', '')}：已按规定办理"
                return words.ljust(schema.get("minLength", 0), "。")[: schema.get("maxLength", 2000)]
