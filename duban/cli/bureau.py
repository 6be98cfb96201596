"""``duban bureau``: is the bureau's content fit to run?"""

from __future__ import annotations

from pathlib import Path

import typer

from duban.cli import scenarios
from duban.cli.house import settings
from duban.cli.options import BureauDir
from duban.cli.output import say

app = typer.Typer(help="The bureau's content.", no_args_is_help=True)


@app.callback()
def content() -> None:
    """Check the bureau's content."""


@app.command()
def check(bureau: BureauDir = None) -> None:
    """Read diagrams, tables, forms, handlers and settings, and say every problem at once."""
    from duban import opening
    from duban.bureau import find_folder, open_bureau
    from duban.desk.shelf import Shelf

    found = open_bureau(find_folder(given=settings(bureau, None).bureau, environment=None, start=Path.cwd()))
    opening.check(Shelf(found), opening.letters_of(found))
    say(
        f"{found.settings.name}: {len(found.files)} diagrams and tables, {len(found.forms)} forms, "
        f"{len(found.handlers)} handlers, {len(found.templates)} templates. No problems."
    )


app.command("test")(scenarios.play)
