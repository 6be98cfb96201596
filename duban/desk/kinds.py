"""Kinds: how many cases of each kind there are, and the cases of one kind as lines of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from duban.bureau.settings import Kind
from duban.bureau.table import nearest
from duban.desk import sight
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.standing import title_of, waits_for
from duban.errors import NotFound
from duban.model.case import Case
from duban.store import Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many cases of a kind there are."""

    kind: Kind
    open: int
    ended: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A case as a list of its kind shows it."""

    number: str
    kind: str
    opened_at: datetime
    ended_at: datetime | None
    at: tuple[str, ...]
    """Labels of its open work, of what it waits for where nobody has to act, or of the events at which it ended."""
    waits: bool
    """Whether ``at`` is what it waits for: it has not happened yet."""
    units: tuple[str, ...]
    """Codes of the units that have the open work."""
    parent: str | None
    """Number of the case that opened it."""
    about: str
    """What it is about: its own title, else what the petition at the root of its family asks."""
    next_due: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some lines, and how many there are in all."""

    lines: list[Line]
    total: int


def counts(desk: Desk, viewer: str | None = None) -> list[Count]:
    """Count the cases of each kind that *viewer* may see (None: the house itself), in the order of bureau.toml."""
    at = desk.now()

    def read(record: Unit) -> list[Count]:
        sees = sight.sight_of(desk, record, viewer, at).kinds
        found = record.cases.tally(sees=sees)
        return [
            Count(kind=kind, open=found.get((kind.id, True), 0), ended=found.get((kind.id, False), 0))
            for kind in desk.bureau.settings.kinds.values()
            if sees is None or not kind.seen_by or kind.id in sees
        ]

    return desk.store.read(read)


def list_(
    desk: Desk,
    kind: str,
    *,
    viewer: str | None = None,
    is_open: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Page:
    """List the cases of *kind* that *viewer* may see (None: the house itself), newest first.

    Raises:
        NotFound: There is no such kind, or *viewer* may not know of its cases.
    """
    at = desk.now()

    def read(record: Unit) -> Page:
        seeing = sight.sight_of(desk, record, viewer, at)
        sees = seeing.kinds
        known = desk.bureau.settings.kinds.get(kind)
        if known is None or (sees is not None and known.seen_by and kind not in sees):
            shown = [each.id for each in desk.bureau.settings.kinds.values() if sees is None or not each.seen_by]
            raise NotFound(f"there is no kind {kind!r}{nearest(kind, shown)}")
        cases = record.cases.newest(kind, is_open=is_open, sees=sees, limit=limit, offset=offset)
        total = sum(
            n for (one, opened), n in record.cases.tally(sees=sees).items() if one == kind and is_open in (None, opened)
        )
        return Page(lines=[_line(desk, record, case, seeing) for case in cases], total=total)

    return desk.store.read(read)


def _line(desk: Desk, record: Unit, case: Case, seeing: sight.Sight) -> Line:
    items = record.worklist.of(case.id)
    definition = desk.shelf.by_digest(case.definition, record)
    drawing = desk.shelf.drawing(definition)
    view = process.look(definition, record.cases.load(case.id).state)
    title = title_of(desk, record, case, sight.without_hidden(drawing, view.data, seeing))
    labels = [item.name for item in items] if case.is_open else [drawing.label(end) for end in (case.end or "").split()]
    parent = record.cases.find(case.parent) if case.parent else None
    dues = [due.at for due in record.due.of(case.id) if due.name and not due.warning]
    return Line(
        number=case.number,
        kind=case.kind,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        at=tuple(dict.fromkeys(labels)) or (waits_for(drawing, view) if case.is_open else ()),
        waits=case.is_open and not labels,
        units=tuple(dict.fromkeys(item.unit for item in items if item.unit)),
        parent=parent.number if parent else None,
        about=title or record.register.ask_of(case.family) or "",
        next_due=min(dues, default=None),
    )
