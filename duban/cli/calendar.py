"""``duban calendar``: a year's holidays, as the State Council's notice orders them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.cli.house import opened
from duban.cli.options import Actor, BureauDir, DatabaseUrl, Json
from duban.cli.output import say, show_json, show_table

app = typer.Typer(help="The working calendar: load a year.", no_args_is_help=True)


@app.callback()
def default() -> None:
    """Keep ``load`` a command of its own: more about calendars will come."""


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="TOML with year, off = [days], on = [make-up days], source.", exists=True)
    ],
    actor: Actor,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would move.")] = False,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Take in a year's holidays and count every open deadline again, with a list of what moves.

    A running `duban serve` counts by the new calendar within a second. Loading the same file again moves nothing.
    """
    from duban.desk import calendars

    with opened(bureau, database) as desk:
        done = calendars.load(desk, file, actor=actor, dry_run=dry_run)
        if as_json:
            show_json(done)
            return
        show_table(
            ("number", "deadline", "", "before", "after"),
            ((m.number, m.name, "warning" if m.warning else "", m.before, m.after) for m in done.moved),
        )
        would = "would move" if dry_run else "moved"
        say(f"{done.year} ({done.source}): {len(done.moved)} deadlines of {done.cases} open cases {would}.")
        say("Nothing was changed." if dry_run else f"The year stands in {done.file}.")
