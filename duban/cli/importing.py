"""``duban import``: petitions from a file, each row accepted, a repeat, known already, or refused with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl, Json
from duban.cli.output import say, show_json


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX or JSON-lines file.", exists=True, dir_okay=False)],
    channel: Annotated[str | None, typer.Option(help="Code of the channel it came through (bureau.toml).")] = None,
    actor: Annotated[str, typer.Option("--as", metavar="PERSON", envvar="DUBAN_AS", help="Who imports.")] = "system",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Import petitions from a file; importing it again changes nothing."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from duban.desk import imports

    talk = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        opened(bureau, database) as desk,
        Progress(*columns, console=talk, transient=True, disable=not talk.is_terminal) as bar,
    ):
        rows = bar.add_task(file.name, total=None)
        report = imports.import_file(
            desk, file, channel=channel, actor=actor, progress=lambda done: bar.update(rows, completed=done)
        )
    if as_json:
        show_json(report)
        return
    say(f"{report.rows} rows: {report.accepted} accepted, {report.repeat} repeats, {report.known} known already, "
        f"{report.refused} refused")  # fmt: skip
    if report.refused_file:
        say(f"The refused rows stand in {report.refused_file} with the reason of each.")
