"""The schema's versions."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from duban.errors import BureauError
from duban.store import Store, Unit
from duban.store.schema import REVISION, metadata
from duban.store.versions import MIGRATIONS


def test_migrations_lead_to_the_schema_as_written(bare_database_url: str) -> None:
    """The tables are said twice, in schema.py and in the migrations; a difference would show only at a customer's."""
    with Store(bare_database_url) as store:
        store.migrate()
    engine = create_engine(bare_database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_the_code_knows_the_newest_migration() -> None:
    """Starting reads one row instead of walking the migrations; the constant must not lag behind."""
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == REVISION


def test_migrating_again_changes_nothing(database_url: str) -> None:
    """Every start migrates."""
    with Store(database_url) as store:
        store.write(lambda unit: unit.numbers.next("register/2026"))
        store.migrate()

        assert store.read(lambda unit: unit.numbers.last("register/2026")) == 1


def test_two_processes_may_start_on_a_new_database_at_once(bare_database_url: str) -> None:
    """`duban serve` twice on a fresh server: one makes the tables, the other waits."""
    failures: list[BaseException] = []

    def start() -> None:
        try:
            with Store(bare_database_url) as store:
                store.migrate()
        except BaseException as error:  # noqa: BLE001 (told by the main thread)
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_database_without_tables_is_refused_with_what_to_do(bare_database_url: str) -> None:
    """Whoever forgot to make the database must read it here, not in a driver's words."""
    with Store(bare_database_url) as store, pytest.raises(BureauError, match="no Duban tables yet; run `duban init`"):
        store.read(lambda unit: unit.cases.count())


def test_a_newer_database_is_refused(database_url: str) -> None:
    """An old release on a new database would write rows that the new one cannot read."""

    def age(unit: Unit) -> None:
        unit.wire.say("UPDATE alembic_version SET version_num = '9999'")

    with Store(database_url) as store:
        store.write(age)
    with Store(database_url) as store:
        with pytest.raises(BureauError, match="made by a newer release"):
            store.read(lambda unit: unit.cases.count())
        with pytest.raises(BureauError, match="made by a newer release"):
            store.migrate()
