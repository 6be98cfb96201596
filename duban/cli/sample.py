"""``duban sample``: the sample bureau's year."""

from __future__ import annotations

import typer

from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl, Json
from duban.cli.output import say, show_json

app = typer.Typer(help="The sample bureau.", no_args_is_help=True)


@app.callback()
def sample() -> None:
    """Load the sample bureau's year."""


@app.command()
def load(bureau: BureauDir = None, database: DatabaseUrl = None, as_json: Json = False) -> None:
    """Fill the database with 300 sample petitions and the year their officers lived; run again, it goes on."""
    from rich.console import Console
    from rich.progress import Progress

    from duban.desk import sample as year

    talk = Console(stderr=True)
    with (
        opened(bureau, database) as desk,
        Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar,
    ):
        row = bar.add_task("sample", total=None)
        count = year.load(
            desk, lambda stage, done, total: bar.update(row, description=stage, completed=done, total=total)
        )
    show_json({"petitions": count}) if as_json else say(f"{count} sample petitions are loaded.")
