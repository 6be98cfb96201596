"""The store: one database, written in units of work and read in snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

from duban.errors import DubanError
from duban.store.unit import Unit

T = TypeVar("T")


class Store:
    """The record of one bureau, on SQLite or PostgreSQL.

    ``sqlite://`` is a database in memory, ``sqlite:///var/duban.db`` a file, ``postgresql://…`` a server.
    """

    def __init__(self, url: str) -> None:
        raise NotImplementedError

    def migrate(self) -> None:
        """Create the tables or bring them to this release's version; safe to call at every start.

        Raises:
            BureauError: The database was made by a newer release.
            OutsideError: The database is away or locked.
        """
        raise NotImplementedError

    def write(self, fn: Callable[[Unit], T]) -> T:
        """Run *fn* in one transaction and return its result once the commit is durable.

        *fn* does nothing but read and write its unit: it may be run again when the database asks for it
        (deadlock). An exception rolls everything back and is raised here.
        """
        raise NotImplementedError

    def write_many(self, fns: Sequence[Callable[[Unit], T]]) -> list[T | DubanError]:
        """Run several in one commit, each in its own savepoint; a failing one answers with its error."""
        raise NotImplementedError

    def read(self, fn: Callable[[Unit], T]) -> T:
        """Run *fn* on one consistent snapshot that cannot be written."""
        raise NotImplementedError

    def close(self) -> None:
        """Close every connection."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
