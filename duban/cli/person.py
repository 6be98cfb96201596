"""``duban person``: who may act."""

from __future__ import annotations

import typer

from duban.cli import codes
from duban.cli.house import opened
from duban.cli.options import BureauDir, DatabaseUrl, Json
from duban.cli.output import show_json, show_table

app = typer.Typer(help="People, units and roles.", no_args_is_help=True)


@app.command("list")
def list_(
    unit: str | None = typer.Option(None, help="Only those of this unit."),
    role: str | None = typer.Option(None, help="Only those with this role."),
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List people with the roles they hold today."""
    from duban.desk import people

    with opened(bureau, database) as desk:
        codes.check(desk, unit=unit, role=role)
        settings = desk.bureau.settings
        held = [
            (who, membership)
            for who in people.list_(desk)
            for membership in who.memberships
            if unit in (None, membership.unit) and role in (None, membership.role)
        ]
        if as_json:
            show_json(list(dict.fromkeys(who for who, _ in held)))
            return
        show_table(
            ("person", "name", "unit", "", "role", ""),
            (
                (who.id, who.name, m.unit, settings.units[m.unit].name if m.unit in settings.units else "", m.role,
                 settings.roles.get(m.role, ""))
                for who, m in held
            ),
        )  # fmt: skip
