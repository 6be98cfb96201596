"""Versions of the schema: which one a database has, and how it is brought to this release's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import StaticPool, create_engine

from duban.errors import BureauError
from duban.store.databases import Database, Sqlite
from duban.store.schema import REVISION
from duban.store.wall import is_missing_table
from duban.store.wire import DRIVER_ERRORS, Wire

MIGRATIONS = Path(__file__).parent / "migrations"

_image: bytes | None = None
"""An empty database of this release, made once per process: what ``sqlite://`` starts from (tests open hundreds)."""


def revision(wire: Wire) -> str | None:
    """Return the revision that the database says it has, or None where there are no tables."""
    try:
        found = wire.text("SELECT version_num FROM alembic_version")
    except DRIVER_ERRORS as error:
        if is_missing_table(error):
            return None
        raise
    return found[0][0] if found else None


def check(wire: Wire, where: str) -> None:
    """Refuse a database that this release cannot work on.

    Raises:
        BureauError: It has no tables, older or newer ones; the message says what to do.
    """
    found = revision(wire)
    if found == REVISION:
        return
    if found is None:
        raise BureauError(f"the database {where} has no Duban tables yet; run `duban init`")
    if found in _known():
        raise BureauError(f"the database {where} has the tables of an earlier release ({found}); run `duban init`")
    raise BureauError(_newer(where, found))


def migrate(database: Database, wire: Wire, where: str) -> None:
    """Bring the database to this release's revision, in one transaction."""
    found = revision(wire)
    if found == REVISION:
        return
    if found is not None and found not in _known():
        raise BureauError(_newer(where, found))
    if isinstance(database, Sqlite) and database.file is None:
        _migrate_in_memory(database, wire)
    else:
        _upgrade(database, wire)


def _newer(where: str, found: str) -> str:
    return (
        f"the database {where} was made by a newer release (its tables are version {found}, "
        f"this release knows {REVISION}); start that release, or name another database"
    )


def _migrate_in_memory(database: Sqlite, wire: Wire) -> None:
    global _image  # noqa: PLW0603 (a cache of a constant)
    driver: Any = wire.driver
    if _image is None:
        _upgrade(database, wire)
        _image = driver.serialize()
    else:
        driver.deserialize(_image)


def _upgrade(database: Database, wire: Wire) -> None:
    """Let Alembic run on our connection, inside our transaction, so that two starting processes take turns."""
    from alembic import command

    engine = create_engine(database.engine.url, creator=lambda: wire.driver, poolclass=StaticPool)
    with engine.connect() as connection:
        wire.say(database.begin_migration)
        with connection.begin():
            command.upgrade(config(connection), "head")


def config(connection: object) -> Any:
    """Return Alembic's configuration for migrations on *connection*."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _known() -> set[str]:
    """Return the revisions that this release knows."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
