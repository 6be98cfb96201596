"""Openings: cases that a person opens by hand, and those that time opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from duban.bureau.settings import Kind, Rhythm
from duban.bureau.table import nearest
from duban.desk import sight
from duban.desk.beginnings import Beginning, begin
from duban.desk.desk import Desk
from duban.desk.steps import write
from duban.desk.texts import put_away, references
from duban.errors import NotFound, NotYourWork, Refused
from duban.model.clock import SHANGHAI
from duban.model.people import SYSTEM
from duban.petitions import rhythm as rhythms
from duban.store import Unit

LAST = "rhythm/"
"""Number series, per kind, of the last time opened: seconds since 1970."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A case that was opened."""

    number: str
    kind: str
    tasks: tuple[int, ...]
    """Work that waits in it now, in order."""


def openable(desk: Desk, person: str) -> list[Kind]:
    """Return the kinds that *person* may open by hand today.

    Raises:
        NotFound: There is no such person.
    """
    at = desk.now()

    def read(record: Unit) -> list[Kind]:
        held = {membership.role for membership in desk.roster.standing(record, person, at).memberships}
        return [kind for kind in desk.bureau.settings.kinds.values() if held & {*kind.open_by}]

    return desk.store.read(read)


def open_(desk: Desk, kind: str, data: Mapping[str, Any], actor: str) -> Opened:
    """Open a case of *kind* by hand with start *data* (top-level keys).

    Without a key ``<kind>_in`` the case is told who opened it, for which unit: ``{"ref_no": null, "unit", "by"}``.

    Raises:
        NotFound: There is no such kind or person.
        NotYourWork: *actor* holds none of the roles that may open one.
        Refused: No one opens such a case by hand, or the data cannot be kept.
    """
    known = desk.bureau.settings.kinds.get(kind)
    if known is None:
        raise NotFound(f"there is no kind {kind!r}{nearest(kind, desk.bureau.settings.kinds)}")
    if not known.open_by:
        raise Refused(f"nobody opens a case of kind {kind} by hand: a message, a caller or time opens it")
    return write(desk, partial(_open, desk, known, data, actor, desk.now()))


def given(desk: Desk, kind: str, actor: str, ref: str) -> dict[str, Any]:
    """Return ``<kind>_in`` of a case that *actor* opens by hand about the case *ref*.

    Raises:
        NotFound: There is no such kind, person or case, or *actor* may not know of it.
        NotYourWork: *actor* may not open one.
    """
    known = desk.bureau.settings.kinds.get(kind)
    if known is None:
        raise NotFound(f"there is no kind {kind!r}{nearest(kind, desk.bureau.settings.kinds)}")
    at = desk.now()

    def read(record: Unit) -> dict[str, Any]:
        sight.require(desk, record, record.cases.load(ref), actor, at)
        return {"ref_no": ref, "unit": _unit_opening(desk, record, known, actor, at), "by": actor}

    return desk.store.read(read)


def _open(desk: Desk, kind: Kind, data: Mapping[str, Any], actor: str, at: datetime, record: Unit) -> Opened:
    unit = _unit_opening(desk, record, kind, actor, at)
    stored = put_away(record, data, words=(), at=at, by=actor, case=None)
    given = {f"{kind.id}_in": {"ref_no": None, "unit": unit, "by": actor}, **stored}
    beginning = Beginning(kind=kind.id, data=given, at=at, noticed_at=at, actor=actor)
    case, outcome = begin(desk, record, beginning)
    record.texts.adopt(references(stored), case.id)
    return Opened(number=case.number, kind=kind.id, tasks=tuple(sorted(work.task for work in outcome.opened)))


def _unit_opening(desk: Desk, record: Unit, kind: Kind, actor: str, at: datetime) -> str:
    units = [held.unit for held in desk.roster.standing(record, actor, at).memberships if held.role in kind.open_by]
    if units:
        return min(units, key=lambda unit: _is_grid(desk, unit))
    may = "、".join(desk.bureau.settings.roles.get(role, role) for role in kind.open_by)
    raise NotYourWork(f"{actor} may not open a case of kind {kind.id} ({kind.name}); these may: {may}")


def _is_grid(desk: Desk, unit: str) -> bool:
    """Tell whether a unit is a cell of the grid: whoever serves there too speaks for the station first."""
    return desk.bureau.settings.units[unit].kind == "grid"


def open_due(desk: Desk) -> list[Opened]:
    """Open the cases whose time has come, each once; a house that slept opens the last one missed, not all of them.

    A rhythm that the house meets for the first time begins with its next time: nobody holds last year's meetings.
    """
    now = desk.now()
    opened: list[Opened] = []
    for kind in desk.bureau.settings.kinds.values():
        if kind.rhythm:
            rhythm = desk.bureau.settings.rhythms[kind.rhythm]
            if (one := write(desk, partial(_open_one, desk, kind, rhythm, now))) is not None:
                opened.append(one)
    return opened


def next_due(desk: Desk) -> datetime | None:
    """Return when time opens the next case, or None."""
    now = desk.now()
    named = [kind for kind in desk.bureau.settings.kinds.values() if kind.rhythm]
    last = desk.store.read(lambda record: {kind.id: _last(record, kind) for kind in named})
    times = [
        rhythms.next_time(desk.bureau.settings.rhythms[kind.rhythm], desk.calendar, last[kind.id] or now)
        for kind in named
    ]
    return min(times, default=None)


def _open_one(desk: Desk, kind: Kind, rhythm: Rhythm, now: datetime, record: Unit) -> Opened | None:
    last = _last(record, kind)
    if last is None:
        record.numbers.reach(LAST + kind.id, int(now.timestamp()))
        return None
    times = rhythms.times(rhythm, desk.calendar, after=last, until=now)
    if not times or not record.numbers.reach(LAST + kind.id, int(times[-1].timestamp())):
        return None
    at = times[-1].astimezone(UTC)
    missed = [time.astimezone(SHANGHAI).date().isoformat() for time in times[:-1]]
    told = {
        f"{kind.id}_in": {"ref_no": None, "unit": None, "by": None},
        "rhythm": {"id": rhythm.id, "on": times[-1].date().isoformat(), "missed": missed},
    }
    case, outcome = begin(desk, record, Beginning(kind=kind.id, data=told, at=at, noticed_at=now, actor=SYSTEM))
    return Opened(number=case.number, kind=kind.id, tasks=tuple(sorted(work.task for work in outcome.opened)))


def _last(record: Unit, kind: Kind) -> datetime | None:
    seconds = record.numbers.last(LAST + kind.id)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
