"""Work: what people see on their desks, take, give back and complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from duban.desk import guards, rights, sight
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.forms import Form
from duban.desk.steps import take_step, write
from duban.desk.texts import put_away, put_in
from duban.errors import InvalidForm, NotFound
from duban.model.facts import Happening, Kind
from duban.store import Snapshot, Unit
from duban.store.worklist import Item, WantedWork

__all__ = [
    "Completed",
    "Counts",
    "Item",
    "Sheet",
    "claim",
    "complete",
    "counts",
    "give_back",
    "list_",
    "may_do",
    "show",
]

REGISTER = "register"
"""Work that opens with what intake has found, and that the desk does itself when nothing is missing."""
NEAR = timedelta(days=3)
"""Work whose deadline ends within this time is near due."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A work item with everything that is needed to do it."""

    item: Item
    schema: Mapping[str, Any] | None
    """JSON Schema of its form, or None when it only has to be confirmed."""
    values: Mapping[str, Any]
    """What is filled in beforehand."""
    seen: Mapping[str, Any]
    """The case's data as this work sees it, long texts put in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """What completing a work item led to."""

    number: str
    task: int
    element: str
    at: datetime
    opened: tuple[str, ...]
    """Elements of the work that was opened in the same step."""
    is_open: bool
    """Whether the case goes on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How much work there is for a person."""

    mine: int
    """Claimed by the person."""
    unit: int
    """What the person may do."""
    near: int
    """Of these: the deadline ends within three days."""
    over: int
    """Of these: the deadline has ended."""


def list_(
    desk: Desk,
    *,
    person: str | None = None,
    claimed_by: str | None = None,
    unit: str | None = None,
    role: str | None = None,
    element: str | None = None,
    due_before: datetime | None = None,
    viewer: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Item]:
    """List open work, nearest deadline first.

    Args:
        desk: The desk.
        person: Only what that person may do or has claimed.
        claimed_by: Only what that person has claimed.
        unit: Only of that unit.
        role: Only for that role.
        element: Only at that element.
        due_before: Only what is due before this instant.
        viewer: Who looks: shielded cases of others are left out; None: the house itself.
        limit: How many at most.
        offset: How many to leave out first.
    """
    at = desk.now()

    def read(record: Unit) -> list[Item]:
        own = person is not None and person == viewer
        wanted = WantedWork(
            person=person,
            **_standing(desk, record, person, at),
            sees=None if own else sight.sight_of(desk, record, viewer, at).kinds,
            claimed_by=claimed_by,
            unit=unit,
            role=role,
            element=element,
            due_before=due_before,
        )
        return record.worklist.list_(wanted, limit=limit, offset=offset)

    return desk.store.read(read)


def counts(desk: Desk, person: str) -> Counts:
    """Count what waits for *person*."""
    at = desk.now()

    def read(record: Unit) -> Counts:
        who = _standing(desk, record, person, at)
        count = record.worklist.count
        over = count(WantedWork(person=person, **who, due_before=at))
        return Counts(
            mine=count(WantedWork(claimed_by=person)),
            unit=count(WantedWork(person=person, **who)),
            near=count(WantedWork(person=person, **who, due_before=at + NEAR)) - over,
            over=over,
        )

    return desk.store.read(read)


def may_do(desk: Desk, number: str, person: str) -> frozenset[int]:
    """Return the open tasks of a case that *person* may complete now.

    Raises:
        NotFound: There is no such case or person.
    """
    at = desk.now()

    def read(record: Unit) -> frozenset[int]:
        who = desk.roster.standing(record, person, at)
        items = record.worklist.of(record.cases.load(number).id)
        return frozenset(item.task for item in items if rights.may_do(who, item))

    return desk.store.read(read)


def show(desk: Desk, number: str, task: int, viewer: str | None = None) -> Sheet:
    """Show a work item with its form and the case's data, as far as *viewer* may see it (None: the house itself).

    Raises:
        NotFound: There is no such case, or *viewer* may not know of it.
        AlreadyDone: The item is no longer open.
    """
    at = desk.now()

    def read(record: Unit) -> Sheet:
        case = record.cases.load(number)
        seeing = sight.require(desk, record, case, viewer, at)
        sheet = blank(desk, record, number, task)
        drawing = desk.shelf.drawing(desk.shelf.by_digest(case.definition, record))
        values = {} if sight.is_hidden(drawing, sheet.item.element, seeing) else sheet.values
        return replace(sheet, values=values, seen=put_in(record, sight.without_hidden(drawing, sheet.seen, seeing)))

    return desk.store.read(read)


def blank(desk: Desk, record: Unit, number: str, task: int) -> Sheet:
    """Return a work item as ``show`` does, but with long texts of the case's data left as references."""
    case, item = _find(record, number, task)
    view = process.look(desk.shelf.by_digest(case.definition, record), case.state, task)
    schema = desk.shelf.form(item.form).schema if item.form else None
    return Sheet(item=item, schema=schema, values=put_in(record, prefilled(item, schema, view.data)), seen=view.data)


def prefilled(item: Item, schema: Mapping[str, Any] | None, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form opens with: intake's findings, or what the same unit wrote in the last round.

    Words are kept to be improved; a decision is never: whoever decides, decides anew.
    """
    if schema is None:
        return {}
    fields: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    values: dict[str, Any] = {name: part["default"] for name, part in fields.items() if "default" in part}
    found = seen.get("found")
    if item.element == REGISTER and isinstance(found, Mapping):
        values |= {name: value for name, value in found.get("prefill", {}).items() if name in fields}
    last = seen.get(item.element)
    if isinstance(last, Mapping) and item.unit in (None, last.get("_unit")):
        values |= {name: value for name, value in last.items() if name in fields and not _is_decision(fields[name])}
    return values


def _is_decision(field: Mapping[str, Any]) -> bool:
    return "enum" in field or "const" in field or field.get("type") == "boolean"


def claim(desk: Desk, number: str, task: int, actor: str) -> Item:
    """Take an item, so that others see who is at it.

    Raises:
        NotYourWork: *actor* may not do it, or somebody else has it.
        AlreadyDone: It is no longer open.
    """
    at = desk.now()

    def step(record: Unit) -> Item:
        case, item = _find(record, number, task)
        rights.unit_acting(desk.roster.standing(record, actor, at), item)
        if item.claimed_by != actor:
            record.worklist.claim(case.id, task, actor, at=at)
            record.note(
                case, [Happening(kind=Kind.WORK_CLAIMED, payload={"task": task, "person": actor})], at=at, actor=actor
            )
        return record.worklist.get(case.id, task)

    return write(desk, step)


def give_back(desk: Desk, number: str, task: int, actor: str) -> Item:
    """Give back an item that *actor* had claimed.

    Raises:
        NotYourWork: *actor* has not claimed it.
        AlreadyDone: It is no longer open.
    """
    at = desk.now()

    def step(record: Unit) -> Item:
        case, _ = _find(record, number, task)
        record.worklist.give_back(case.id, task, actor)
        record.note(
            case, [Happening(kind=Kind.WORK_RETURNED, payload={"task": task, "person": actor})], at=at, actor=actor
        )
        return record.worklist.get(case.id, task)

    return write(desk, step)


def complete(desk: Desk, number: str, task: int, data: Mapping[str, Any], actor: str) -> Completed:
    """Complete an item with the form's *data*.

    Raises:
        InvalidForm: The data do not fit the form; every field is named.
        NotYourWork: *actor* may not do it.
        AlreadyDone: Somebody completed it, or the case moved on.
        Conflict: The case moved at the same moment, twice in a row; look again.
    """
    return write(desk, completion(desk, number, task, data, actor))


def completion(desk: Desk, number: str, task: int, data: Mapping[str, Any], actor: str) -> Callable[[Unit], Completed]:
    """Return the transaction that ``complete`` is, so that several can share a commit."""
    at = desk.now()

    def step(record: Unit) -> Completed:
        case, item = _find(record, number, task)
        acting = rights.unit_acting(desk.roster.standing(record, actor, at), item)
        written = step_data(desk, record, item, data, actor=actor, acting=acting, at=at)
        _check_guards(desk, record, case, item, {**data, **_stamps(actor, acting, at)})
        return complete_item(desk, record, case, item, written, actor=actor, at=at)

    return step


def complete_item(
    desk: Desk, record: Unit, case: Snapshot, item: Item, written: Mapping[str, Any], *, actor: str, at: datetime
) -> Completed:
    """Complete *item* with what the step writes, checked already, within a transaction."""
    data = {item.element: written}
    _, outcome = take_step(
        desk,
        record,
        case,
        lambda definition, state: process.complete(
            definition, state, item.task, data, now=at, deadlines=desk.deadlines
        ),
        at=at,
        actor=actor,
    )
    return Completed(
        number=case.number,
        task=item.task,
        element=item.element,
        at=at,
        opened=tuple(work.element for work in outcome.opened),
        is_open=outcome.ended is None,
    )


def step_data(
    desk: Desk,
    record: Unit,
    item: Item,
    data: Mapping[str, Any],
    *,
    actor: str,
    acting: str | None,
    at: datetime,
) -> dict[str, Any]:
    """Check what was filled in and return what the step writes: fields, long texts by reference, who and when."""
    if own := [name for name in data if name.startswith("_")]:
        raise InvalidForm(dict.fromkeys(own, "这一栏由系统填写"))
    words: frozenset[str] = frozenset()
    if item.form:
        form = desk.shelf.form(item.form)
        form.check(data)
        _check_names(desk, record, form, data)
        words = form.words
    stored = put_away(record, data, words=words, at=at, by=actor, case=item.case)
    return {**stored, **_stamps(actor, acting, at)}


def _stamps(actor: str, acting: str | None, at: datetime) -> dict[str, Any]:
    return {"_by": actor, "_unit": acting, "_at": at.isoformat()}


def _check_guards(desk: Desk, record: Unit, case: Snapshot, item: Item, answer: Mapping[str, Any]) -> None:
    """Hold what was filled in against the diagram's own rules for this step."""
    definition = desk.shelf.by_digest(case.definition, record)
    rules = desk.shelf.drawing(definition).guards.get(item.element)
    if rules:
        guards.check(rules, item.element, answer, process.look(definition, case.state, item.task).data)


def _check_names(desk: Desk, record: Unit, form: Form, data: Mapping[str, Any]) -> None:
    """Refuse people and units that do not exist: work addressed to them would lie there for ever."""
    unknown: dict[str, str] = {}
    for field, kind in form.names.items():
        value = data.get(field, [])
        for name in value if isinstance(value, list) else [value]:
            if kind == "unit" and name not in desk.bureau.settings.units:
                unknown[field] = f"没有代码为 {name} 的单位"
            elif kind == "person" and not _is_known(record, name):
                unknown[field] = f"没有编号为 {name} 的人员"
    if unknown:
        raise InvalidForm(unknown)


def _is_known(record: Unit, person: str) -> bool:
    try:
        record.people.get(person)
    except NotFound:
        return False
    return True


def _find(record: Unit, number: str, task: int) -> tuple[Snapshot, Item]:
    """Return the case and its open item.

    Raises:
        NotFound: There is no such case.
        AlreadyDone: The item is no longer open.
    """
    case = record.cases.load(number)
    return case, record.worklist.get(case.id, task)


def _standing(desk: Desk, record: Unit, person: str | None, at: datetime) -> dict[str, Any]:
    """Return what *person* may act as, in the words of WantedWork."""
    if person is None:
        return {}
    who = desk.roster.standing(record, person, at)
    return {"holds": [(held.unit, held.role) for held in who.memberships], "stands_for": who.stands_for}
