"""``duban bureau``: is the bureau's content fit to run?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from duban.cli.house import settings
from duban.cli.options import BureauDir
from duban.cli.output import say
from duban.errors import BureauError, Problem

if TYPE_CHECKING:
    from duban.desk.shelf import Shelf

app = typer.Typer(help="The bureau's content.", no_args_is_help=True)


@app.callback()
def content() -> None:
    """Check the bureau's content."""


@app.command()
def check(bureau: BureauDir = None) -> None:
    """Read diagrams, tables, forms, handlers and settings, and say every problem at once."""
    from duban.bureau import find_folder, open_bureau
    from duban.desk.shelf import Shelf
    from duban.petitions import statutes

    folder = find_folder(given=settings(bureau, None).bureau, environment=None, start=Path.cwd())
    found = open_bureau(folder)
    problems = [*statutes.check(found.settings), *_problems_of(Shelf(found))]
    if problems:
        raise BureauError(problems)
    say(
        f"{found.settings.name}: {len(found.files)} diagrams and tables, {len(found.forms)} forms, "
        f"{len(found.handlers)} handlers, {len(found.templates)} templates. No problems."
    )


def _problems_of(shelf: Shelf) -> tuple[Problem, ...]:
    try:
        shelf.check()
    except BureauError as error:
        return error.problems
    return ()
