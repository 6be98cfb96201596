"""The two databases: how each is opened, and how its transactions begin."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from duban.errors import BureauError
from duban.store.wire import Driver, Wire

BUSY = 15_000
"""Milliseconds that SQLite waits for another process's transaction before it says that it is locked."""
SWITCHES = 50
"""How often the write-ahead log is asked for while other processes ask for it too."""


class Database(Protocol):
    """What differs between the two."""

    engine: Engine
    connections: int
    """How many connections may be open at once."""
    grouped: bool
    """Whether writers take turns on one connection (and share commits) or have a connection each."""
    begin: str
    """Begins a transaction that writes."""
    begin_migration: str
    """Begins the one transaction that changes tables; others who want to wait."""

    def connect(self) -> Wire:
        """Open a connection; the driver's transactions are ours (it commits nothing by itself)."""
        ...

    def begin_reading(self, wire: Wire) -> None:
        """Begin a transaction that sees one snapshot and cannot write."""
        ...

    def end_reading(self, wire: Wire) -> None:
        """End it."""
        ...

    def in_transaction(self, wire: Wire) -> bool:
        """Tell whether the transaction still stands (some errors end it)."""
        ...


def database(url: str) -> Database:
    """Return the database that *url* names.

    Raises:
        BureauError: The URL cannot be read or names a database that Duban does not run on.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind == "sqlite":
            return Sqlite(parsed)
        if kind in {"postgresql", "postgres"}:
            return Postgres(parsed)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BureauError(f"database URL {url!r} cannot be read. {_EXAMPLES}") from error
    raise BureauError(f"Duban does not run on {kind!r}. {_EXAMPLES}")


_EXAMPLES = "Write sqlite:///var/duban.db or postgresql://user:password@host/database"


class Sqlite:
    """SQLite: WAL, a durable commit each time, one writer at a time."""

    grouped = True
    begin = "BEGIN IMMEDIATE"
    begin_migration = "BEGIN IMMEDIATE"

    def __init__(self, url: URL) -> None:
        self.file = None if url.database in {None, "", ":memory:"} else Path(str(url.database))
        self.engine = create_engine(
            url,
            poolclass=NullPool,
            connect_args={"check_same_thread": False, "isolation_level": None, "cached_statements": 512},
        )
        self.connections = 1 if self.file is None else 16

    def connect(self) -> Wire:
        """Open the file (its folder is made when missing)."""
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        driver = cast("sqlite3.Connection", _driver(self.engine))
        driver.execute(f"PRAGMA busy_timeout={BUSY}").close()
        _log_ahead(driver)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # else INSERT OR REPLACE would delete facts past the trigger
            "cache_size=-65536",
            "temp_store=MEMORY",
        ):
            driver.execute(f"PRAGMA {pragma}").close()
        return Wire(cast("Driver", driver), self.engine.dialect)

    def begin_reading(self, wire: Wire) -> None:
        """Begin a transaction that sees one snapshot and cannot write."""
        wire.say("PRAGMA query_only=ON")
        wire.say("BEGIN")
        wire.reads = True

    def end_reading(self, wire: Wire) -> None:
        """End it."""
        wire.reads = False
        if self.in_transaction(wire):
            wire.say("ROLLBACK")
        wire.say("PRAGMA query_only=OFF")

    def in_transaction(self, wire: Wire) -> bool:
        """Tell whether the transaction still stands: a full disk ends it, a refused row does not."""
        return cast("sqlite3.Connection", wire.driver).in_transaction


def _log_ahead(driver: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which several processes may want of a new file at the same moment.

    SQLite does not wait there (each of two holds what the other needs): waiting for the other's transaction and
    asking again does.
    """
    for _ in range(SWITCHES):
        try:
            driver.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_BUSY":
                raise
            driver.executescript("BEGIN IMMEDIATE; COMMIT")
        else:
            return
    driver.execute("PRAGMA journal_mode=WAL").close()


class Postgres:
    """PostgreSQL: a connection per writer, commits shared by the server."""

    grouped = False
    begin = "BEGIN"
    begin_migration = "BEGIN; SELECT pg_advisory_xact_lock(3683419)"
    connections = 20

    def __init__(self, url: URL) -> None:
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            paramstyle="format",
            connect_args={"autocommit": True, "connect_timeout": 10},
        )

    def connect(self) -> Wire:
        """Open a connection."""
        return Wire(cast("Driver", _driver(self.engine)), self.engine.dialect)

    def begin_reading(self, wire: Wire) -> None:
        """Begin a transaction that sees one snapshot and cannot write."""
        wire.say("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        wire.reads = True

    def end_reading(self, wire: Wire) -> None:
        """End it."""
        wire.reads = False
        wire.say("ROLLBACK")

    def in_transaction(self, wire: Wire) -> bool:
        """Tell whether the transaction still stands."""
        status = cast("psycopg.Connection[Any]", wire.driver).info.transaction_status
        return status not in {psycopg.pq.TransactionStatus.IDLE, psycopg.pq.TransactionStatus.UNKNOWN}


def _driver(engine: Engine) -> object:
    """Open a connection of the driver and take it out of SQLAlchemy's pool."""
    fairy = engine.raw_connection()
    driver = fairy.driver_connection
    fairy.detach()
    return driver
