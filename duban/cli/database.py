"""``duban init``: make the database, or bring it to this release."""

from __future__ import annotations

from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl
from duban.cli.output import say


def init(bureau: BureauDir = None, database: DatabaseUrl = None) -> None:
    """Make the database of DUBAN_DATABASE_URL, or bring it to this release; running it again changes nothing."""
    from duban.opening import prepare

    with opened(bureau, database) as desk:
        prepare(desk)
        people = len(desk.bureau.settings.people)
        say(f"The database is ready; {people} people of {desk.bureau.settings.name} are entered.")
