"""Composition root: settings become a desk; every concrete choice is made here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duban.desk.desk import Desk
from duban.model.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may choose from outside."""

    database_url: str = "sqlite:///var/duban.db"
    bureau: Path | None = None
    """The content folder; None: the nearest parent that has one, else the one that came with the package."""
    var: Path = Path("var")
    """Where this house writes files of its own (what was sent)."""

    @staticmethod
    def of(environment: Mapping[str, str] = os.environ) -> Settings:
        """Read DUBAN_DATABASE_URL, DUBAN_BUREAU and DUBAN_VAR; nothing else reads the environment."""
        bureau = environment.get("DUBAN_BUREAU")
        return Settings(
            database_url=environment.get("DUBAN_DATABASE_URL") or Settings.database_url,
            bureau=Path(bureau) if bureau else None,
            var=Path(environment.get("DUBAN_VAR") or Settings.var),
        )


def open_desk(settings: Settings, clock: Clock | None = None) -> Desk:
    """Open the bureau and its database; *clock* is the machine's unless a test hands in its own.

    Raises:
        OutsideError: The database is away.
        BureauError: The content folder cannot be used; every problem is named.
    """
    raise NotImplementedError
