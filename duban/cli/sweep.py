"""``duban sweep``: by hand what the clock does again and again."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl, Json
from duban.cli.output import say, show_json, show_table


def sweep(
    name: Annotated[str | None, typer.Argument(help="Which one; none: list them.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Do one sweep now: what the flows do by schedule. Doing it again does nothing twice."""
    from duban.desk import sweeps

    if name is None:
        _list(as_json=as_json)
        return
    with opened(bureau, database) as desk:
        did = sweeps.sweep(desk, name, dry_run=dry_run)
        if as_json:
            show_json(did)
            return
        said = ", ".join(f"{what.replace('_', ' ')}: {_shown(value)}" for what, value in did.items())
        say(f"{name}{' (nothing was done)' if dry_run else ''}: {said}.")


def _list(*, as_json: bool) -> None:
    from duban.desk.sweeps import SWEEPS

    if as_json:
        show_json([{"name": each.name, "does": each.does} for each in SWEEPS.values()])
        return
    show_table(("sweep", "does"), ((each.name, each.does) for each in SWEEPS.values()))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(each) for each in value) or "none"
    return str(value)
