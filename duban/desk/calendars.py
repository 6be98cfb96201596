"""Calendars: a year's holidays become known, and every open deadline is counted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from duban.bureau import Bureau
from duban.bureau.reading import read_year
from duban.bureau.settings import CalendarYear
from duban.desk import sight
from duban.desk.counting import CurrentDeadlines
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.steps import take_step, write
from duban.errors import NotFound, OutsideError
from duban.model.case import Case
from duban.model.facts import Kind
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines
from duban.store import Snapshot, Unit

LOADED = "calendar"
"""Number series that counts the calendars loaded: a running house reads its files again when it has grown."""
FOLDER = "calendar"
"""Folder of the bureau's content in which each year has a file."""
PAGE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A running limit whose end is another day on the new calendar."""

    number: str
    name: str
    """Id of the limit, as in bureau.toml."""
    warning: bool
    before: datetime | None
    """None: it did not apply."""
    after: datetime | None
    """None: it applies no more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What loading a year's holidays did, or would do."""

    year: int
    source: str
    """The notice, as the file names it."""
    file: str
    """Where the year stands from now on."""
    cases: int
    """Open cases that were counted again."""
    moved: tuple[Moved, ...]


def load(desk: Desk, file: Path, *, actor: str, dry_run: bool = False) -> Loaded:
    """Take in a year's holidays from *file* and count the deadlines of every open case again.

    The file is kept in the bureau's folder, each case moves in a transaction of its own with a fact that says so, and
    loading the same file again moves nothing: after an interruption, load it again. *dry_run* tells and changes
    nothing.

    Raises:
        NotFound: There is no such file or person.
        BureauError: It is no year of a calendar; every problem is named.
        OutsideError: The bureau's folder cannot be written.
    """
    desk.store.read(lambda record: desk.roster.require(record, actor))
    if not file.is_file():
        raise NotFound(f"there is no file {file}")
    data = file.read_bytes()
    year = read_year(file.name, data)
    kept = desk.bureau.folder / FOLDER / f"{year.year}.toml"
    deadlines = deadlines_with(desk.bureau, {**_years(desk.bureau), year.year: year})
    if not dry_run:
        _keep(kept, data)
        desk.store.write(lambda record: record.numbers.next(LOADED))
        if isinstance(desk.deadlines, CurrentDeadlines):
            desk.deadlines.take_in(deadlines)
    cases, moved = recount(replace(desk, deadlines=deadlines), actor=actor, dry_run=dry_run)
    return Loaded(year=year.year, source=year.source, file=str(kept), cases=cases, moved=tuple(moved))


def recount(desk: Desk, *, actor: str, dry_run: bool = False) -> tuple[int, list[Moved]]:
    """Count the limits of every open case again by the desk's deadlines.

    Return how many cases were counted, and what moved, as far as *actor* may see it.
    """
    moved: list[Moved] = []
    cases = 0
    for number in _open_cases(desk):
        cases += 1
        job = partial(_recount_case, desk, number, actor, desk.now(), dry_run)
        moved += desk.store.read(job) if dry_run else write(desk, job)
    return cases, moved


class Newest:
    """Keeps a running house on the newest calendar: another process may load a year at any time."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is read before the first look."""
        self._desk = desk
        self._known: int | None = None

    def look(self) -> bool:
        """Read the calendar files again when a year was loaded since the last look; tell whether it was."""
        loaded = self._desk.store.read(lambda record: record.numbers.last(LOADED))
        known, self._known = self._known, loaded
        if known in (None, loaded):
            return False
        if isinstance(self._desk.deadlines, CurrentDeadlines):
            self._desk.deadlines.take_in(deadlines_with(self._desk.bureau, _years(self._desk.bureau)))
        return True


def deadlines_with(bureau: Bureau, years: Mapping[int, CalendarYear]) -> NamedDeadlines:
    """Return the bureau's limits on a calendar with *years*."""
    return NamedDeadlines(replace(bureau.settings, years=MappingProxyType(dict(years))), Calendar(years))


def _years(bureau: Bureau) -> dict[int, CalendarYear]:
    """Return the years that the bureau knows: those of its settings, and what its folder holds by now."""
    files = sorted((bureau.folder / FOLDER).glob("*.toml"))
    found = [read_year(f"{FOLDER}/{path.name}", path.read_bytes()) for path in files]
    return {**bureau.settings.years, **{year.year: year for year in found}}


def _keep(file: Path, data: bytes) -> None:
    """Write the year's file whole or not at all."""
    try:
        file.parent.mkdir(exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as error:
        raise OutsideError(
            f"{file} cannot be written: {error.strerror}. Let the house write there, then repeat"
        ) from error


def _open_cases(desk: Desk) -> Iterator[str]:
    after = 0
    while page := desk.store.read(partial(_page, after)):
        yield from (case.number for case in page)
        after = page[-1].id


def _page(after: int, record: Unit) -> list[Case]:
    return record.cases.list_(is_open=True, after=after, limit=PAGE)


def _recount_case(desk: Desk, number: str, actor: str, at: datetime, dry_run: bool, record: Unit) -> list[Moved]:
    case = record.cases.load(number)
    if not case.is_open:
        return []
    definition = desk.shelf.by_digest(case.definition, record)
    outcome = process.recount(definition, case.state, now=at, deadlines=desk.deadlines)
    moves = [each.payload for each in outcome.happenings if each.kind in _MOVES and each.payload.get("name")]
    if moves and not dry_run:
        take_step(desk, record, case, lambda *_: outcome, at=at, actor=actor)
    seeing = sight.sight_of(desk, record, actor, at)
    if not sight.is_visible(desk, record, case.id, seeing, at):
        return []
    drawing = desk.shelf.drawing(definition)
    return [_moved(case, payload) for payload in moves if not sight.is_hidden(drawing, payload["element"], seeing)]


_MOVES = frozenset({Kind.TIMER_MOVED, Kind.TIMER_ARMED, Kind.TIMER_CANCELLED})


def _moved(case: Snapshot, payload: Mapping[str, object]) -> Moved:
    why = payload.get("why")
    return Moved(
        number=case.number,
        name=str(payload["name"]),
        warning=isinstance(why, Mapping) and "warns" in why,
        before=_instant(payload.get("before")),
        after=_instant(payload.get("after") or payload.get("due")),
    )


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
