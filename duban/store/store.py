"""The store: one database, written in units of work and read in snapshots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from duban.errors import DubanError
from duban.store import versions
from duban.store.databases import database
from duban.store.groupcommit import GroupCommit
from duban.store.pool import Pool
from duban.store.transactions import check_standing, committed, glimpsed
from duban.store.unit import Unit
from duban.store.wall import is_passing, shown, wall
from duban.store.wire import DRIVER_ERRORS

T = TypeVar("T")

ATTEMPTS = 5
"""How often a job is run when the database undoes it for the sake of another transaction."""


def _nothing(_unit: Unit) -> None:
    """Begin no transaction."""


class Store:
    """The record of one bureau, on SQLite or PostgreSQL.

    ``sqlite://`` is a database in memory, ``sqlite:///var/duban.db`` a file, ``postgresql://…`` a server.
    Any number of threads may use one store.
    """

    def __init__(self, url: str) -> None:
        self._database = database(url)
        self._pool = Pool(self._opened, self._database.connections)
        self._writers = self._pool if self._database.connections == 1 else Pool(self._opened, 1)
        self._group = GroupCommit(self._database, self._writers) if self._database.grouped else None
        self._inside = threading.local()
        self._checked = False

    @property
    def url(self) -> str:
        """Return the database's URL without its password."""
        return shown(self._database.engine.url)

    def migrate(self) -> None:
        """Create the tables or bring them to this release's version; safe to call at every start.

        Raises:
            BureauError: The database was made by a newer release.
            OutsideError: The database is away or locked.
        """
        with wall(self._database.engine.url), self._writers.begun(_nothing) as unit:
            versions.migrate(self._database, unit.wire, self.url)
        self._checked = True

    def write(self, fn: Callable[[Unit], T]) -> T:
        """Run *fn* in one transaction and return its result once the commit is durable.

        *fn* does nothing but read and write its unit: it may be run again when the database asks for it
        (deadlock). An exception rolls everything back and is raised here.
        """
        with self._entered():
            if self._group is not None:
                return self._group.run(fn)
            return self._write_alone(fn)

    def write_many(self, fns: Sequence[Callable[[Unit], T]]) -> list[T | DubanError]:
        """Run several in one commit, each in its own savepoint; a failing one answers with its error."""
        return self.write(lambda unit: [self._attempted(unit, fn) for fn in fns])

    def read(self, fn: Callable[[Unit], T]) -> T:
        """Run *fn* on one consistent snapshot that cannot be written."""
        with self._entered(), self._pool.begun(lambda unit: self._database.begin_reading(unit.wire)) as unit:
            return glimpsed(self._database, unit, fn)

    @contextmanager
    def remade_if_lost(self) -> Generator[None]:
        """Let commits inside not wait for the disk: only for what is made again when the power fails meanwhile.

        Nothing is torn: a file holds some moment of what was written (write-ahead log, synchronous=NORMAL). A server
        decides by itself how its commits wait.
        """
        self._waits_for_disk(wanted=False)
        try:
            yield
        finally:
            self._waits_for_disk(wanted=True)

    def _waits_for_disk(self, *, wanted: bool) -> None:
        if self._group is None:
            return
        with wall(self._database.engine.url), self._writers.begun(_nothing) as unit:
            unit.wire.say(f"PRAGMA synchronous={'FULL' if wanted else 'NORMAL'}")

    def image(self) -> bytes:
        """Return the whole of a database in memory, so that others can begin as copies of it."""
        assert self._database.connections == 1, "only a database in memory is copied as a whole"  # noqa: S101
        with wall(self._database.engine.url), self._pool.begun(_nothing) as unit:
            driver: Any = unit.wire.driver
            return bytes(driver.serialize())

    def become(self, image: bytes) -> None:
        """Let a database in memory that nobody has used yet be a copy of what ``image`` returned."""
        assert self._database.connections == 1, "only a database in memory becomes a copy"  # noqa: S101
        with wall(self._database.engine.url), self._pool.begun(_nothing) as unit:
            driver: Any = unit.wire.driver
            driver.deserialize(image)
        self._checked = True

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
        self._writers.close()
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _opened(self) -> Unit:
        return Unit(self._database.connect())

    def _check(self) -> None:
        with self._pool.begun(_nothing) as unit:
            versions.check(unit.wire, self.url)
        self._checked = True

    @contextmanager
    def _entered(self) -> Generator[None]:
        """Refuse a transaction inside another: it would wait for itself."""
        if getattr(self._inside, "unit", False):
            raise RuntimeError("store.write and store.read do not nest: use the unit that you were given")
        self._inside.unit = True
        try:
            with wall(self._database.engine.url):
                if not self._checked:
                    self._check()
                yield
        finally:
            self._inside.unit = False

    def _write_alone(self, fn: Callable[[Unit], T]) -> T:
        """Write on a connection of one's own; run again what was undone only because of another transaction."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._pool.begun(lambda unit: unit.wire.say(self._database.begin)) as unit:
                    return committed(self._database, unit, fn)
            except DRIVER_ERRORS as error:
                if attempt == ATTEMPTS or not is_passing(error):
                    raise
        raise AssertionError

    def _attempted(self, unit: Unit, fn: Callable[[Unit], T]) -> T | DubanError:
        try:
            with wall(self._database.engine.url), unit.wire.savepoint():
                return fn(unit)
        except DubanError as error:
            check_standing(self._database, unit, error)
            return error
        except Exception as error:  # noqa: BLE001 (one broken case must not stop the others)
            failure = DubanError(f"{type(error).__name__}: {error}")
            failure.__cause__ = error
            return failure
