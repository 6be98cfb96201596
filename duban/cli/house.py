"""Opening the house for one command, and letting go of it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # opening imports engine and store: half a second that --help need not wait for
    from duban.desk.desk import Desk
    from duban.opening import Settings


def settings(bureau: Path | None, database: str | None) -> Settings:
    """Return the settings of the environment with what the command line says instead."""
    from duban.opening import Settings

    found = Settings.of()
    return replace(found, bureau=bureau or found.bureau, database_url=database or found.database_url)


@contextmanager
def opened(bureau: Path | None, database: str | None) -> Generator[Desk, None, None]:
    """Open the desk for a command."""
    from duban.opening import open_desk

    desk = open_desk(settings(bureau, database))
    try:
        yield desk
    finally:
        desk.close()
