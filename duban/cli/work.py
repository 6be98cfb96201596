"""``duban work``: what waits for people, taken, given back, completed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli import codes, objects
from duban.cli.house import opened
from duban.cli.options import Actor, BureauDir, DatabaseUrl, Json, Limit, Number, Offset, Task, Viewer
from duban.cli.output import say, show_json, show_table
from duban.cli.output import show as print_

if TYPE_CHECKING:
    from duban.desk.work import Item

_WIDE = 48
"""Characters that a value or a choice may take in a table."""

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
        codes.check(desk, unit=unit, role=role)
        items = work.list_(desk, person=person, unit=unit, role=role, viewer=person or "", limit=limit, offset=offset)
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
    number: Number,
    task: Task,
    field: Annotated[str | None, typer.Option(help="List what this field may hold.")] = None,
    viewer: Viewer = "",
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Show a work item with the fields of its form."""
    from duban.desk import work

    with opened(bureau, database) as desk:
        sheet = work.show(desk, number, task, viewer)
        if as_json:
            show_json(sheet)
            return
        _show_item(sheet.item)
        schema = sheet.schema or {}
        if field:
            _show_field(schema.get("properties", {}), field)
            return
        required = set(schema.get("required", ()))
        show_table(
            ("field", "title", "needed", "filled in", "kind"),
            (
                (
                    name,
                    part.get("title", ""),
                    "yes" if name in required else "",
                    _short(sheet.values.get(name)),
                    _kind(name, part),
                )
                for name, part in schema.get("properties", {}).items()
            ),
        )
        unit = f" --unit {sheet.item.unit}" if sheet.item.unit else ""
        say(f"Who may do it: {sheet.item.person or f'duban person list --role {sheet.item.role}{unit}'}")


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
        typer.Option("--set", metavar="FIELD=VALUE", help="One field; a text, or JSON for other kinds. Repeatable."),
    ] = None,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Complete a work item with the fields of its form.

    With --data or --file the form is what they say. Without them it is what `duban work show` shows as filled in, with
    each --set put over it.
    """
    from duban.desk import work

    form, changes = _form(data, file), [_named(value) for value in values or []]
    with opened(bureau, database) as desk:
        if form is None or changes:
            sheet = work.show(desk, number, task, actor)
            fields = (sheet.schema or {}).get("properties", {})
            form = dict(sheet.values) if form is None else form
            form |= {name: _value(text, fields.get(name, {})) for name, text in changes}
        done = work.complete(desk, number, task, form, actor)
        if as_json:
            show_json(done)
            return
        follows = ", ".join(done.opened) or (
            "what the house does itself (`duban serve`, or once: `duban serve --once`)"
            if done.is_open
            else "the case has ended"
        )
        say(f"{done.element} ({number}, task {task}) is completed; next: {follows}")


def _form(data: str | None, file: Path | None) -> dict[str, Any] | None:
    """Return the form given as JSON, None when none was given."""
    if data is None and file is None:
        return None
    return objects.parsed(file.read_text("utf-8")) if file and data is None else objects.read(data or "{}")


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"--set {text}: write FIELD=VALUE")
    return name, value


def _value(text: str, field: dict[str, Any]) -> Any:
    """Read a value as its field means it: 0801 is a code where a text is wanted, and a number elsewhere."""
    if field.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _kind(name: str, part: dict[str, Any]) -> str:
    """Say what a field may hold."""
    if "enum" in part:
        values = " | ".join(str(value) for value in part["enum"])
        return values if len(values) <= _WIDE else f"one of {len(part['enum'])}: --field {name} lists them"
    kind = part.get("type", "string")
    return f"{kind} ({part['format']})" if "format" in part else str(kind)


def _short(value: Any) -> str:
    """Write a value so that it leaves room for its neighbours."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _show_field(fields: dict[str, Any], name: str) -> None:
    """Show one field: the values it may hold under their names, or its JSON Schema."""
    if name not in fields:
        raise typer.BadParameter(f"the form has no field {name}; it has {', '.join(fields) or 'none'}")
    part = fields[name]
    if "enum" not in part:
        show_json(part)
        return
    labels = part.get("x-labels", {})
    show_table(("value", part.get("title", "")), ((value, labels.get(str(value), "")) for value in part["enum"]))


def _show_item(item: Item) -> None:
    titles = ("number", "task", "work", "role", "unit", "held by", "due")
    holder = item.claimed_by or item.person
    show_table(titles, [(item.number, item.task, item.name, item.role, item.unit, holder, item.due_at)])
    print_(item.ask or "")
