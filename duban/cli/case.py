"""``duban case``: the register, and one case with its timeline."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.cli import codes, objects, scenarios
from duban.cli.house import opened
from duban.cli.options import Actor, BureauDir, DatabaseUrl, Json, Limit, Number, Offset, Viewer
from duban.cli.output import say, show_json, show_table, when
from duban.cli.output import show as print_

app = typer.Typer(help="Cases: list, show.", no_args_is_help=True)
app.command("scenario")(scenarios.record)


@app.command("list")
def list_(
    *,
    status: Annotated[str | None, typer.Option(help="open or ended.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only of this unit.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only from this channel.")] = None,
    matter: Annotated[str | None, typer.Option(help="Only of this matter.")] = None,
    weight: Annotated[str | None, typer.Option(help="Only of this weight.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only in this phase.")] = None,
    text: Annotated[str | None, typer.Option(help="Only with this in number or ask.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past a deadline.")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
    viewer: Viewer = "",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List petitions, newest first."""
    from duban.desk import cases
    from duban.desk.cases import Wanted

    with opened(bureau, database) as desk:
        codes.check(desk, unit=unit, channel=channel, matter=matter)
        wanted = Wanted(
            is_open=True if overdue else {"open": True, "ended": False}.get(status or ""),
            unit=unit,
            channel=channel,
            matter=matter,
            weight=weight,
            stage=stage,
            words=text,
            overdue_at=desk.now() if overdue else None,
        )
        page = cases.list_(desk, wanted, viewer=viewer, limit=limit, offset=offset)
        if as_json:
            show_json(page.rows)
            return
        show_table(
            ("number", "received", "channel", "unit", "stage", "due", "ask"),
            ((r.number, r.received_at, r.channel, r.unit, r.stage, r.next_due, r.ask[:40]) for r in page.rows),
        )
        say(f"{len(page.rows)} of {page.total}")


@app.command("open")
def open_(
    kind: Annotated[str, typer.Argument(help="Kind of case, as in bureau.toml [kinds].")],
    actor: Actor,
    data: Annotated[
        str | None, typer.Option(help="Start data as a JSON object; @FILE reads it from a file, - from stdin.")
    ] = None,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Open a case by hand: a station whistles, an office holds a talk, the chief orders a campaign."""
    from duban.desk import openings

    given = objects.read(data) if data else {}
    with opened(bureau, database) as desk:
        done = openings.open_(desk, kind, given, actor)
        if as_json:
            show_json(done)
            return
        print_(done.number)
        first = f": duban work show {done.number} {done.tasks[0]}" if done.tasks else ""
        say(f"{kind} {done.number} is open; {len(done.tasks)} work item(s) wait{first}")


@app.command()
def show(
    number: Number,
    viewer: Viewer = "",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Show a case: what is asked, who has it, which deadlines run, and what happened so far."""
    from duban.desk import cases

    with opened(bureau, database) as desk:
        look = cases.show(desk, number, viewer)
        if as_json:
            show_json(look)
            return
        print_(f"{look.case.number}  {look.row.ask if look.row else ''}")
        print_(f"state: {'open' if look.case.is_open else f'ended ({look.case.end})'}")
        for item in look.work:
            print_(
                f"work {item.task}: {item.name}  {item.unit or ''} {item.role}  {item.claimed_by or item.person or ''}"
            )
        for due in look.dues:
            print_(f"due {when(due.at)}: {due.name or due.element}{' (warning)' if due.warning else ''}")
        for trouble in look.incidents:
            print_(f"incident {trouble.task}: {trouble.reason} at {trouble.element}: {trouble.message}")
        for letter in look.letters:
            print_(f"letter {letter.number}: {letter.title}")
        print_("")
        show_table(("at", "who", "what"), ((entry.at, entry.actor_name, entry.title) for entry in look.timeline))
