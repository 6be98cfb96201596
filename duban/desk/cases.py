"""Cases: the register, and one case with its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from duban.bureau.settings import Settings
from duban.desk import sight, timeline
from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.desk.due import of_case
from duban.desk.engine import process
from duban.desk.sight import Sight
from duban.desk.standing import title_of, waits_for
from duban.desk.texts import put_in
from duban.desk.timeline import Entry, Names
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.facts import Kind
from duban.store import Unit
from duban.store.due import Running
from duban.store.incidents import Open
from duban.store.letters import Letter
from duban.store.register import Entry as Row
from duban.store.register import Wanted
from duban.store.worklist import Item

__all__ = ["Counts", "Entry", "Letter", "Look", "Page", "Row", "Wanted", "counts", "list_", "show"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some rows of the register, and how many there are in all."""

    rows: list[Row]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many petitions there are."""

    open: int
    overdue: int
    """Open ones with a named deadline that has ended."""
    ended: int
    incidents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Everything that one page shows of a case."""

    case: Case
    row: Row | None
    """Its row of the register; None for a case that is no petition."""
    repeats: str | None
    """Number of the petition that it repeats."""
    parent: Case | None
    """The case that opened it."""
    kind: str
    """What such a case is called."""
    about: str
    """What it is about, in one line: what the petition asks; empty: nothing says it."""
    ends: str
    """At what it ended, in words."""
    waits: tuple[str, ...]
    """What it waits for while nobody has to act, in words."""
    data: Mapping[str, Any]
    """The case's data at the top, long texts put in."""
    work: list[Item]
    dues: list[Running]
    """Named deadlines that have passed while their activity goes on (``fired_at`` says when), then what runs."""
    incidents: list[Open]
    letters: list[Letter]
    children: list[Case]
    timeline: list[Entry]


def list_(
    desk: Desk, wanted: Wanted | None = None, *, viewer: str | None = None, limit: int = 50, offset: int = 0
) -> Page:
    """List petitions of the register, newest received first, as far as *viewer* may see them (None: the house)."""
    at = desk.now()

    def read(record: Unit) -> Page:
        chosen = replace(wanted or Wanted(), sees=sight.sight_of(desk, record, viewer, at).kinds)
        rows = record.register.list_(chosen, limit=limit, offset=offset)
        return Page(rows=rows, total=record.register.count(chosen))

    return desk.store.read(read)


def counts(desk: Desk, *, viewer: str | None = None) -> Counts:
    """Count petitions: open, overdue, ended; and incidents: as far as *viewer* may see them (None: the house)."""
    now = desk.now()

    def read(record: Unit) -> Counts:
        sees = sight.sight_of(desk, record, viewer, now).kinds
        return Counts(
            open=record.register.count(Wanted(is_open=True, sees=sees)),
            overdue=record.register.count(Wanted(is_open=True, overdue_at=now, sees=sees)),
            ended=record.register.count(Wanted(is_open=False, sees=sees)),
            incidents=record.incidents.count(sees=sees),
        )

    return desk.store.read(read)


def show(desk: Desk, number: str, viewer: str | None = None) -> Look:
    """Show one case with its work, deadlines, letters and timeline, as far as *viewer* may see it (None: the house).

    Raises:
        NotFound: There is no such case, or *viewer* may not know of it.
    """
    at = desk.now()

    def read(record: Unit) -> Look:
        case = record.cases.load(number)
        seeing = sight.require(desk, record, case, viewer, at)
        definition = desk.shelf.by_digest(case.definition, record)
        drawing = desk.shelf.drawing(definition)
        view = process.look(definition, case.state)
        row = _row(record, case.id)

        def known(other: Case | None) -> Case | None:
            return other if other and sight.is_visible(desk, record, other.id, seeing, at) else None

        first = known(record.cases.find(row.repeat_of)) if row and row.repeat_of else None
        return Look(
            case=case,
            row=row,
            repeats=first.number if first else None,
            parent=known(record.cases.find(case.parent)) if case.parent else None,
            kind=desk.bureau.settings.kinds[case.kind].name if case.kind in desk.bureau.settings.kinds else case.kind,
            about=row.ask if row else _about(desk, record, case, drawing, view.data, seeing),
            ends="、".join(drawing.label(end) for end in (case.end or "").split()),
            waits=waits_for(drawing, view) if case.is_open else (),
            data=put_in(record, sight.without_hidden(drawing, view.data, seeing)),
            work=record.worklist.of(case.id),
            dues=[due for due in of_case(record, case.id) if not sight.is_hidden(drawing, due.element, seeing)],
            incidents=record.incidents.of(case.id),
            letters=record.letters.of(case.id),
            children=[child for child in record.cases.children(case.id) if known(child)],
            timeline=_timeline(record, case.id, _names(desk, record, drawing), seeing),
        )

    return desk.store.read(read)


def _about(desk: Desk, record: Unit, case: Case, drawing: Drawing, data: Mapping[str, Any], seeing: Sight) -> str:
    """Say in one line what a case is about that is no petition: by its own data, else by the petition of its family."""
    own = title_of(desk, record, case, sight.without_hidden(drawing, data, seeing))
    return own or record.register.ask_of(case.family) or ""


def _timeline(record: Unit, case: int, names: Names, seeing: Sight) -> list[Entry]:
    """Return the facts of a case as people read them; what was written in forms stands there in full."""
    facts = sight.without_hidden_facts(names.drawing, record.journal.of(case), seeing)
    told = timeline.tell_all(facts, names)
    done = {entry.n: entry.payload for entry in told if entry.kind is Kind.WORK_COMPLETED}
    worded = put_in(record, done)
    return [replace(entry, payload=worded[entry.n]) if entry.n in worded else entry for entry in told]


def _row(record: Unit, case: int) -> Row | None:
    try:
        return record.register.get(case)
    except NotFound:
        return None


def _names(desk: Desk, record: Unit, drawing: Drawing) -> Names:
    settings = desk.bureau.settings
    return Names(
        drawing=drawing,
        people={person.id: person.name for person in record.people.list_()},
        units={code: unit.name for code, unit in settings.units.items()},
        roles=settings.roles,
        limits={limit.id: limit.name for limit in settings.limits.values()},
        letters={letter.id: letter.title for letter in settings.letters.values()},
        messages=_messages(settings),
    )


_BETWEEN = {"start": "开始", "request": "申请", "stop": "停止", "ended": "结束", "closed": "结束"}
"""How messages between cases end, after the kind (docs/messages.md), in words."""


def _messages(settings: Settings) -> dict[str, str]:
    """Return what messages are called: those that people hand on as on their buttons, the others by their kind."""
    between = {
        f"{kind.id}.{verb}": f"{kind.name}：{word}"
        for kind in settings.kinds.values()
        for verb, word in _BETWEEN.items()
    }
    return between | {said.message: said.name for said in settings.said.values()}
