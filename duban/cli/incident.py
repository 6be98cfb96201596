"""``duban incident``: where cases stand still until a person decides."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from duban.cli.house import opened
from duban.cli.options import Actor, BureauDir, DatabaseUrl, Json, Limit, Number, Offset, Task, Viewer
from duban.cli.output import say, show_json, show_table

app = typer.Typer(help="Incidents: list, retry, answer, resolve.", no_args_is_help=True)


@app.command("list")
def list_(
    number: Annotated[str | None, typer.Option(help="Only of this case.")] = None,
    viewer: Viewer = "",
    limit: Limit = 50,
    offset: Offset = 0,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List open incidents, oldest first."""
    from duban.desk import incidents

    with opened(bureau, database) as desk:
        troubles = incidents.list_(desk, number=number, viewer=viewer, limit=limit, offset=offset)
        if as_json:
            show_json(troubles)
            return
        show_table(
            ("number", "task", "since", "reason", "at", "what happened"),
            ((t.number, t.task, t.opened_at, t.reason, t.element, t.message) for t in troubles),
        )


@app.command()
def retry(
    number: Number,
    task: Task,
    actor: Actor,
    data: Annotated[str, typer.Option(help="Top-level keys to put right first, as a JSON object.")] = "{}",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Let the token, the call or (task 0) the case's timers try again."""
    from duban.desk import incidents

    given = _object(data)
    with opened(bureau, database) as desk:
        incidents.retry(desk, number, task, actor, given)
        _told(number, task, "trying again.", as_json=as_json)


@app.command()
def answer(
    number: Number,
    task: Task,
    actor: Actor,
    result: Annotated[str, typer.Option(help="What the call brought, as a JSON object.")] = "{}",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Answer by hand a call whose handler keeps failing."""
    from duban.desk import incidents

    given = _object(result)
    with opened(bureau, database) as desk:
        incidents.answer(desk, number, task, given, actor)
        _told(number, task, "answered by hand.", as_json=as_json)


@app.command()
def resolve(
    number: Number,
    task: Task,
    actor: Actor,
    choices: Annotated[str, typer.Option("--choose", help='Path to value, as a JSON object: {"route.unit": "PCS01"}.')],
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Choose a value for each path on which two branches disagree."""
    from duban.desk import incidents

    given = _object(choices)
    with opened(bureau, database) as desk:
        incidents.resolve(desk, number, task, given, actor)
        _told(number, task, "resolved.", as_json=as_json)


def _told(number: str, task: int, what: str, *, as_json: bool) -> None:
    """Say what was done about an incident."""
    if as_json:
        show_json({"number": number, "task": task, "done": what.rstrip(".")})
    else:
        say(f"{number}, task {task}: {what}")


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(value, dict):
        raise typer.BadParameter("must be a JSON object")
    return value
