"""``duban init``: make the database, or bring it to this release."""

from __future__ import annotations

from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl, Json
from duban.cli.output import say, show_json


def init(bureau: BureauDir = None, database: DatabaseUrl = None, as_json: Json = False) -> None:
    """Make the database of DUBAN_DATABASE_URL, or bring it to this release; running it again changes nothing."""
    from duban.opening import deploy

    with opened(bureau, database) as desk:
        warnings = deploy(desk)
        people = len(desk.bureau.settings.people)
        if as_json:
            show_json({"people": people})
            return
        if warnings:
            say(f"The diagrams pass the gate; warnings: {len(warnings)}. duban bureau check tells them.")
        say(f"The database is ready; {people} people of {desk.bureau.settings.name} are entered.")
