"""The command ``duban``: its nouns, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from duban.cli import (
    bureau,
    calendar,
    case,
    database,
    due,
    flows,
    importing,
    incident,
    person,
    sample,
    serving,
    sweep,
    work,
)
from duban.cli.failing import tell
from duban.cli.output import show
from duban.errors import DubanError

app = typer.Typer(
    name="duban",
    help="A police bureau's petitions, run as BPMN: durable, on time, replayable.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for noun, commands in (
    ("case", case.app),
    ("work", work.app),
    ("due", due.app),
    ("calendar", calendar.app),
    ("incident", incident.app),
    ("person", person.app),
    ("sample", sample.app),
    ("bureau", bureau.app),
):
    app.add_typer(commands, name=noun)
app.command("init")(database.init)
app.command("import")(importing.import_)
app.command("serve")(serving.serve)
app.command("run")(serving.run)
app.command("sweep")(sweep.sweep)
app.command("flows")(flows.flows)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """A police bureau's petitions, run as BPMN: durable, on time, replayable."""
    if version:
        from importlib.metadata import version as installed

        show(f"duban {installed('duban')}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with the exit code of what happened."""
    try:
        app(arguments)
    except DubanError as error:
        sys.exit(tell(error))
    except BrokenPipeError:  # duban case list | head
        sys.stderr.close()
        sys.exit(0)
