"""``duban bureau``: is the bureau's content fit to run?"""

from __future__ import annotations

import typer

from duban.cli import adopting, checking, scenarios

app = typer.Typer(help="The bureau's content.", no_args_is_help=True)


@app.callback()
def content() -> None:
    """Check the bureau's content."""


app.command("check")(checking.check)
app.command("adopt")(adopting.adopt)
app.command("test")(scenarios.play)
app.command("coverage")(scenarios.coverage)
