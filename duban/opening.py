"""Composition root: settings become a desk; every concrete choice is made here."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duban
from duban.bureau import Bureau, find_folder, open_bureau
from duban.bureau.changes import changed
from duban.desk import deployed, people
from duban.desk.counting import CurrentDeadlines
from duban.desk.desk import Desk
from duban.desk.rights import Roster
from duban.desk.shelf import Shelf
from duban.desk.virtual import Fresh, MovableClock
from duban.errors import BureauError, Problem
from duban.model.clock import Clock, SystemClock
from duban.outside.letters import Letters
from duban.outside.post import Folder, Memory, Post
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines
from duban.store import Store

DATABASE_URL = "sqlite:///var/duban.db"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may choose from outside."""

    database_url: str = DATABASE_URL
    bureau: Path | None = None
    """The content folder; None: the nearest one here or above, else the one that came with the package."""
    var: Path = Path("var")
    """Where this house writes files of its own (what was sent)."""

    @staticmethod
    def of(environment: Mapping[str, str] = os.environ) -> Settings:
        """Read DUBAN_DATABASE_URL, DUBAN_BUREAU and DUBAN_VAR; nothing else reads the environment."""
        bureau = environment.get("DUBAN_BUREAU")
        return Settings(
            database_url=environment.get("DUBAN_DATABASE_URL") or DATABASE_URL,
            bureau=Path(bureau) if bureau else None,
            var=Path(environment.get("DUBAN_VAR") or "var"),
        )


def open_desk(settings: Settings, clock: Clock | None = None) -> Desk:
    """Open the bureau's content and its database; *clock* is the machine's unless another is handed in.

    Raises:
        OutsideError: The database is away.
        BureauError: The content folder cannot be used; every problem is named.
    """
    folder = find_folder(given=settings.bureau, environment=None, start=Path.cwd())
    bureau = open_bureau(folder)
    store = Store(settings.database_url)
    desk = desk_of(bureau=bureau, store=store, clock=clock or SystemClock(), post=Folder(settings.var / "post"))
    return replace(desk, files=settings.var)


def desk_of(
    *,
    bureau: Bureau,
    store: Store,
    clock: Clock,
    post: Post,
    shelf: Shelf | None = None,
    letters: Letters | None = None,
) -> Desk:
    """Put a desk together from its parts; *shelf* and *letters* of the same bureau may be shared, being compiled."""
    return Desk(
        store=store,
        bureau=bureau,
        clock=clock,
        deadlines=CurrentDeadlines(NamedDeadlines(bureau.settings, Calendar(bureau.settings.years))),
        letters=letters or letters_of(bureau),
        post=post,
        shelf=shelf or Shelf(bureau),
        roster=Roster(),
        name=f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(3)}",
    )


def rehearsals(bureau: Bureau, shelf: Shelf) -> Fresh:
    """Return what opens desks for scenarios, each on an empty record in memory that knows the bureau's people.

    Diagrams and forms are compiled once, on *shelf*; nothing leaves the house. A kind whose diagram cannot be run is
    left out, so that scenarios of the others still can be played.
    """
    images: list[bytes] = []
    letters, roster = letters_of(bureau), Roster()
    kinds = {kind: row for kind, row in bureau.settings.kinds.items() if not shelf.problems_of(kind)}
    sound = replace(bureau, settings=replace(bureau.settings, kinds=kinds))

    def fresh(clock: MovableClock, changes: Mapping[str, Any]) -> Desk:
        store = Store("sqlite://")
        known = replace(sound, settings=replace(changed(bureau.settings, changes), kinds=kinds)) if changes else sound
        desk = desk_of(bureau=known, store=store, clock=clock, post=Memory(), shelf=shelf, letters=letters)
        desk = replace(desk, roster=roster)
        if images:
            store.become(images[0])
        else:
            store.migrate()
            people.enrol(desk)
            images.append(store.image())
        return desk

    return fresh


def letters_of(bureau: Bureau) -> Letters:
    """Return the bureau's templates, ready to render."""
    return Letters([bureau.folder / "templates"])


def check(shelf: Shelf, letters: Letters) -> None:
    """Hold the bureau's whole content together, from diagrams to letters; no database is asked.

    Raises:
        BureauError: Every problem, at once.
    """
    problems = [*_problems_of(shelf), *letters.problems()]
    if problems:
        raise BureauError(problems)


def _problems_of(shelf: Shelf) -> tuple[Problem, ...]:
    try:
        shelf.check()
    except BureauError as error:
        return error.problems
    return ()


def prepare(desk: Desk) -> None:
    """Bring the database to this release, enter the bureau's people, keep its diagrams; safe at every start.

    Raises:
        OutsideError: The database is away.
        BureauError: Diagrams, forms or names do not fit; every problem is named.
    """
    check(desk.shelf, desk.letters)
    enter(desk)


def deploy(desk: Desk) -> tuple[Problem, ...]:
    """Prepare *desk*, but let what was redrawn since the last start pass the gate first; return its warnings.

    The very content that this very release has deployed on this database before is not looked at again: a second start
    compiles a diagram when a case first needs it.

    Raises:
        OutsideError: The database is away.
        BureauError: Something is refused; every problem is named, and the diagrams in the record stay as they are.
    """
    mark = f"content/{_print_of(desk.bureau)}"
    if _stands(desk, mark):
        return ()
    check(desk.shelf, desk.letters)
    desk.store.migrate()
    warnings = deployed.admit(desk)
    enter(desk)
    desk.store.write(lambda record: record.numbers.reach(mark, 1))
    return warnings


def _stands(desk: Desk, mark: str) -> bool:
    try:
        return desk.store.read(lambda record: record.numbers.last(mark)) > 0
    except BureauError:  # no tables yet, or older ones
        return False


def _print_of(bureau: Bureau) -> str:
    """Return what tells this content under this release from any other: a changed rule looks at everything anew."""
    package = Path(duban.__file__).parent
    total = hashlib.sha256(bureau.digest.encode())
    for path in sorted(package.rglob("*.py")):
        found = path.stat()
        total.update(f"{path.relative_to(package)} {found.st_size} {found.st_mtime_ns}".encode())
    return total.hexdigest()[:32]


def enter(desk: Desk) -> None:
    """Bring the database to this release and enter people and diagrams, which have been checked."""
    desk.store.migrate()
    people.enrol(desk)
    at = desk.now()
    desk.store.write(lambda record: desk.shelf.keep(record, at=at))
