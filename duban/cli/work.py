"""``duban work``: what waits for people, taken, given back, completed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.house import opened
from duban.cli.options import Actor, BureauDir, DatabaseUrl, Json, Limit, Number, Offset, Task
from duban.cli.output import say, show_json, show_table
from duban.cli.output import show as print_

if TYPE_CHECKING:
    from duban.desk.work import Item

app = typer.Typer(help="Work items: list, show, claim, return, complete.", no_args_is_help=True)


@app.command("list")
def list_(
    person: Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Only what this person may do.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only of this unit.")] = None,
    role: Annotated[str | None, typer.Option(help="Only for this role.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List open work, nearest deadline first."""
    from duban.desk import work

    with opened(bureau, database) as desk:
        items = work.list_(desk, person=person, unit=unit, role=role, limit=limit, offset=offset)
        if as_json:
            show_json(items)
            return
        show_table(
            ("number", "task", "work", "role", "unit", "held by", "due", "ask"),
            (
                (i.number, i.task, i.name, i.role, i.unit, i.claimed_by or i.person, i.due_at, (i.ask or "")[:40])
                for i in items
            ),
        )
        if len(items) == limit:
            say(f"There may be more: --offset {offset + limit}")


@app.command()
def show(
    number: Number, task: Task, bureau: BureauDir = None, database: DatabaseUrl = None, as_json: Json = False
) -> None:
    """Show a work item with the fields of its form."""
    from duban.desk import work

    with opened(bureau, database) as desk:
        sheet = work.show(desk, number, task)
        if as_json:
            show_json(sheet)
            return
        _show_item(sheet.item)
        schema = sheet.schema or {}
        required = set(schema.get("required", ()))
        show_table(
            ("field", "title", "needed", "kind", "filled in"),
            (
                (name, part.get("title", ""), "yes" if name in required else "", _kind(part), sheet.values.get(name))
                for name, part in schema.get("properties", {}).items()
            ),
        )


@app.command()
def claim(
    number: Number,
    task: Task,
    actor: Actor,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Take a work item, so that others see who is at it."""
    from duban.desk import work

    with opened(bureau, database) as desk:
        item = work.claim(desk, number, task, actor)
        show_json(item) if as_json else say(f"{item.name} ({number}, task {task}) is in the hands of {actor}.")


@app.command("return")
def return_(
    number: Number,
    task: Task,
    actor: Actor,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Give back a work item."""
    from duban.desk import work

    with opened(bureau, database) as desk:
        item = work.give_back(desk, number, task, actor)
        show_json(item) if as_json else say(f"{item.name} ({number}, task {task}) may be taken by others again.")


@app.command()
def complete(
    number: Number,
    task: Task,
    actor: Actor,
    data: Annotated[str | None, typer.Option(help="The form as a JSON object; - reads it from stdin.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the form as a JSON object.", exists=True)] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="One field; VALUE is JSON or a text. Repeatable."),
    ] = None,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Complete a work item with the fields of its form."""
    from duban.desk import work

    form = _form(data, file, values or [])
    with opened(bureau, database) as desk:
        done = work.complete(desk, number, task, form, actor)
        if as_json:
            show_json(done)
            return
        follows = ", ".join(done.opened) or (
            "nothing that waits for a person" if done.is_open else "the case has ended"
        )
        say(f"{done.element} ({number}, task {task}) is completed; next: {follows}")


def _form(data: str | None, file: Path | None, values: list[str]) -> dict[str, Any]:
    """Put together what was given as JSON and field by field."""
    text = sys.stdin.read() if data == "-" else data or (file.read_text("utf-8") if file else "{}")
    try:
        form = json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    if not isinstance(form, dict):
        raise typer.BadParameter('the form must be a JSON object, such as {"decision": "签收"}')
    return form | dict(_field(value) for value in values)


def _field(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"--set {text}: write FIELD=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _kind(part: dict[str, Any]) -> str:
    if "enum" in part:
        return " | ".join(str(value) for value in part["enum"])
    kind = part.get("type", "string")
    return f"{kind} ({part['format']})" if "format" in part else str(kind)


def _show_item(item: Item) -> None:
    titles = ("number", "task", "work", "role", "unit", "held by", "due")
    holder = item.claimed_by or item.person
    show_table(titles, [(item.number, item.task, item.name, item.role, item.unit, holder, item.due_at)])
    print_(item.ask or "")
