"""Options that many commands share, so that each is spelled and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Actor = Annotated[
    str,
    typer.Option("--as", metavar="PERSON", envvar="DUBAN_AS", help="Who acts: the id of a person (duban person list)."),
]
Viewer = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="PERSON",
        envvar="DUBAN_AS",
        help="Who looks: shielded cases show to those with the right role only; without it, to nobody.",
    ),
]
BureauDir = Annotated[
    Path | None,
    typer.Option("--bureau", metavar="DIR", help="The bureau's folder; else DUBAN_BUREAU, else the nearest one."),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="The database; else DUBAN_DATABASE_URL, else var/duban.db here."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many at most.")]
Offset = Annotated[int, typer.Option("--offset", min=0, help="How many to leave out at the beginning.")]
Number = Annotated[str, typer.Argument(help="Number of the case, as printed on paper.")]
Task = Annotated[int, typer.Argument(help="Number of the work item within its case.")]
