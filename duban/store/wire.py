"""The wire: statements, compiled once per dialect, sent straight to the driver.

One human step writes a dozen rows. Going through SQLAlchemy's execution for each costs more than SQLite's own work, so
Core writes the SQL (once) and the driver runs it; figures in docs/decisions/0004.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import ClauseElement, Dialect, Executable, Table, bindparam
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.sql.compiler import SQLCompiler

from duban.errors import Corrupted

Row = tuple[Any, ...]

DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)


class Cursor(Protocol):
    """What we use of a driver's cursor."""

    @property
    def rowcount(self) -> int:
        """Return how many rows the last statement touched."""
        ...

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Any:
        """Run *sql*."""
        ...

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]], /) -> Any:
        """Run *sql* once per row."""
        ...

    def fetchone(self) -> Row | None:
        """Return the next row."""
        ...

    def fetchall(self) -> list[Row]:
        """Return the remaining rows."""
        ...


class Driver(Protocol):
    """What we use of a driver's connection."""

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Statement:
    """A statement of Core; its parameters are the binds that were left open."""

    __slots__ = ("_clause", "_prepared")

    def __init__(self, clause: Executable) -> None:
        self._clause = clause
        self._prepared: dict[str, Prepared] = {}

    def on(self, dialect: Dialect) -> Prepared:
        """Return the statement as *dialect* says it."""
        known = self._prepared.get(dialect.name)
        if known is None:
            known = self._prepared[dialect.name] = Prepared(self._clause, dialect)
        return known


class Prepared:
    """SQL of one dialect, the order of its parameters, and those whose value stands in the statement."""

    __slots__ = ("fixed", "order", "sql")

    def __init__(self, clause: Executable, dialect: Dialect) -> None:
        compiler = cast("SQLCompiler", cast("ClauseElement", clause).compile(dialect=dialect, compile_kwargs=_EXPANDED))
        self.sql = str(compiler)
        self.order: Sequence[str] = tuple(compiler.positiontup or ())
        open_ones = {name for name, bind in compiler.binds.items() if bind.required}
        self.fixed = {name: value for name, value in compiler.params.items() if name not in open_ones}

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return *values* in order."""
        if self.fixed:
            values = {**self.fixed, **values}
        return [values[name] for name in self.order]


_EXPANDED = {"render_postcompile": True}  # the driver is handed finished SQL: lists must stand in it one by one


def insertion(table: Table, *, without: Collection[str] = ()) -> Insert:
    """Return the statement that adds a row of *table*; columns *without* fill themselves."""
    return Insert(table).values({c.name: bindparam(c.name) for c in table.columns if c.name not in without})


class Wire:
    """One connection, used by one thread at a time; transactions are begun and ended by duban.store.store."""

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        self.driver = driver
        self.dialect = dialect
        self.broken = False
        """The connection is of no further use."""
        self.reads = False
        """The transaction cannot write."""
        self._cursor = driver.cursor()

    def say(self, sql: str) -> None:
        """Run a word of transaction control."""
        self._cursor.execute(sql)

    def text(self, sql: str) -> list[Row]:
        """Return the rows of plain SQL that both databases understand."""
        self._cursor.execute(sql)
        return self._cursor.fetchall()

    def send(self, statement: Statement, /, **values: Any) -> int:
        """Run *statement* and return how many rows it touched."""
        prepared = statement.on(self.dialect)
        cursor = self._cursor
        cursor.execute(prepared.sql, prepared.arguments(values))
        return cursor.rowcount

    def send_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run *statement* once per row; no row costs nothing."""
        if not rows:
            return
        if len(rows) == 1:
            self.send(statement, **rows[0])
            return
        prepared = statement.on(self.dialect)
        self._cursor.executemany(prepared.sql, [prepared.arguments(row) for row in rows])

    def send_rows(self, statement: Statement, rows: Sequence[Row]) -> None:
        """Run *statement* once per row of values that stand in its own order; the quickest way for many."""
        if rows:
            self._cursor.executemany(statement.on(self.dialect).sql, rows)

    def one(self, statement: Statement, /, **values: Any) -> Row:
        """Return the one row of a statement that always has one."""
        row = self.row(statement, **values)
        if row is None:
            raise Corrupted("the database answered nothing where it must answer one row")
        return row

    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        """Return the first row, or None."""
        prepared = statement.on(self.dialect)
        cursor = self._cursor
        cursor.execute(prepared.sql, prepared.arguments(values))
        return cursor.fetchone()

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        """Return all rows."""
        prepared = statement.on(self.dialect)
        cursor = self._cursor
        cursor.execute(prepared.sql, prepared.arguments(values))
        return cursor.fetchall()

    def select(self, clause: Executable) -> list[Row]:
        """Return the rows of a statement that was composed for this one question."""
        prepared = Prepared(clause, self.dialect)
        self._cursor.execute(prepared.sql, prepared.arguments({}))
        return self._cursor.fetchall()

    def change(self, clause: Executable) -> int:
        """Run a statement that was composed for this one change and return how many rows it touched."""
        prepared = Prepared(clause, self.dialect)
        self._cursor.execute(prepared.sql, prepared.arguments({}))
        return self._cursor.rowcount

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Undo what happens inside, and only that, when it fails."""
        self.say("SAVEPOINT step")
        try:
            yield
        except BaseException:
            with suppress(*DRIVER_ERRORS):  # gone when the database has undone the whole transaction
                self.say("ROLLBACK TO SAVEPOINT step")
                self.say("RELEASE SAVEPOINT step")
            raise
        self.say("RELEASE SAVEPOINT step")

    def pipeline(self) -> AbstractContextManager[object]:
        """Send what is inside without waiting for each answer, where the driver can (errors come at the end)."""
        pipeline = getattr(self.driver, "pipeline", None)
        return nullcontext() if pipeline is None else pipeline()

    def close(self) -> None:
        """Close the connection."""
        self.driver.close()
