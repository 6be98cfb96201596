"""``duban due``: the deadlines that run, and firing them by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl, Json, Limit, Offset, Viewer
from duban.cli.output import say, show_json, show_table

app = typer.Typer(help="Times due: list, fire.", invoke_without_command=True)

OfCase = Annotated[str | None, typer.Option("--number", help="Only of this case.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Deadlines that have passed and are not met.")]


@app.callback()
def default(
    context: typer.Context,
    number: OfCase = None,
    overdue: Overdue = False,
    viewer: Viewer = "",
    limit: Limit = 50,
    offset: Offset = 0,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Times due: list (also when nothing more is said), fire."""
    if context.invoked_subcommand is None:
        list_(number, overdue, viewer, limit, offset, bureau, database, as_json)


@app.command("list")
def list_(
    number: OfCase = None,
    overdue: Overdue = False,
    viewer: Viewer = "",
    limit: Limit = 50,
    offset: Offset = 0,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List running timers, nearest first."""
    from duban.desk import due

    with opened(bureau, database) as desk:
        running = due.list_(desk, number=number, missed=overdue, viewer=viewer, limit=limit, offset=offset)
        if as_json:
            show_json(running)
            return
        show_table(
            ("due", "number", "deadline", "", "why"),
            (
                (d.at, d.number, d.name or d.element, "warning" if d.warning else "", d.why.get("en", ""))
                for d in running
            ),
        )


@app.command()
def fire(
    limit: Annotated[int, typer.Option(min=1, help="How many timers at most.")] = 500,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would fire.")] = False,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Fire what is due now; firing twice changes nothing."""
    from duban.desk import due

    with opened(bureau, database) as desk:
        if dry_run:
            count = len(due.list_(desk, before=desk.now(), limit=limit))
            _report({"would_fire": count}, f"{count} timers are due; nothing was fired.", as_json=as_json)
            return
        fired = due.fire(desk, limit)
        failed = f"; {fired.failed} cases failed (duban incident list)" if fired.failed else ""
        _report(fired, f"{fired.timers} timers fired in {fired.cases} cases{failed}.", as_json=as_json)


def _report(result: object, talk: str, *, as_json: bool) -> None:
    if as_json:
        show_json(result)
    else:
        say(talk)
