"""``duban case``: the register, and one case with its timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from duban.cli import codes, objects, scenarios
from duban.cli.house import opened
from duban.cli.options import Actor, BureauDir, DatabaseUrl, Json, Limit, Number, Offset, Viewer
from duban.cli.output import say, show_json, show_table, when
from duban.cli.output import show as print_

if TYPE_CHECKING:
    from duban.desk.desk import Desk

app = typer.Typer(help="Cases: list, show, open, say.", no_args_is_help=True)
app.command("scenario")(scenarios.record)


@app.command("list")
def list_(
    *,
    kind: Annotated[str | None, typer.Option(help="Cases of this kind instead of petitions.")] = None,
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
    """List petitions (or the cases of another kind), newest first."""
    from duban.desk import cases
    from duban.desk.cases import Wanted

    with opened(bureau, database) as desk:
        if kind is not None and kind != "petition":
            is_open = {"open": True, "ended": False}.get(status or "")
            _list_kind(desk, kind, viewer=viewer, is_open=is_open, limit=limit, offset=offset, as_json=as_json)
            return
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


def _list_kind(
    desk: Desk, kind: str, *, viewer: str, is_open: bool | None, limit: int, offset: int, as_json: bool
) -> None:
    from duban.desk import kinds

    page = kinds.list_(desk, kind, viewer=viewer, is_open=is_open, limit=limit, offset=offset)
    if as_json:
        show_json(page.lines)
        return
    show_table(
        ("number", "opened", "at", "unit", "from", "due", "about"),
        (
            (c.number, c.opened_at, "、".join(c.at), "、".join(c.units), c.parent, c.next_due, c.about[:40])
            for c in page.lines
        ),
    )
    say(f"{len(page.lines)} of {page.total}")


@app.command("say")
def say_(
    number: Number,
    message: Annotated[str, typer.Argument(help="Name of the message, as in bureau.toml [said].")],
    actor: Actor,
    data: Annotated[str, typer.Option(help="What is said, as a JSON object; @FILE or - reads it.")] = "{}",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
) -> None:
    """Hand on to a case what it waits to hear: a withdrawal, an SMS answer, another organ's decision."""
    from duban.desk import replies

    given = objects.read(data)
    with opened(bureau, database) as desk:
        waiting = replies.awaited(desk, number, actor)
        for wait in waiting:
            if wait.message == message:
                replies.say(desk, number, wait.task, given, actor)
                say(f"{message} ({wait.name}) is handed on to {number}.")
                return
        known = ", ".join(each.message for each in waiting) or "nothing"
        raise typer.BadParameter(f"{number} does not wait for {message} from {actor}; it waits for: {known}")


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
        print_("  ".join(each for each in (look.case.number, "" if look.row else look.kind, look.about) if each))
        print_(f"state: {'open' if look.case.is_open else f'ended ({look.case.end})'}")
        for item in look.work:
            print_(
                f"work {item.task}: {item.name}  {item.unit or ''} {item.role}  {item.claimed_by or item.person or ''}"
            )
        if look.parent:
            print_(f"opened by: {look.parent.number}")
        for due in look.dues:
            print_(f"due {when(due.at)}: {due.name or due.element}{' (warning)' if due.warning else ''}")
            if due.why.get("en") and not due.warning:
                print_(f"    {due.why['en']} ({due.why.get('source', '')})")
        for child in look.children:
            print_(f"child {child.number}: {child.kind}, {'open' if child.is_open else f'ended ({child.end})'}")
        for trouble in look.incidents:
            print_(f"incident {trouble.task}: {trouble.reason} at {trouble.element}: {trouble.message}")
        for letter in look.letters:
            print_(f"letter {letter.number}: {letter.title}")
        print_("")
        show_table(("at", "who", "what"), ((entry.at, entry.actor_name, entry.title) for entry in look.timeline))
