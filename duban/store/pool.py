"""The pool: connections kept open, each with its unit, each used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import psycopg

from duban.store.unit import Unit


class Pool:
    """Up to *size* units, opened when first needed."""

    def __init__(self, opened: Callable[[], Unit], size: int) -> None:
        self._opened = opened
        self._free = threading.BoundedSemaphore(size)
        self._idle: list[Unit] = []

    @contextmanager
    def begun(self, begin: Callable[[Unit], None]) -> Generator[Unit]:
        """Lend a unit in a transaction that *begin* began; one that is broken afterwards is not lent again."""
        with self._free:
            unit = self._begin(begin)
            try:
                yield unit
            finally:
                if unit.wire.broken:
                    unit.wire.close()
                else:
                    self._idle.append(unit)

    def _begin(self, begin: Callable[[Unit], None]) -> Unit:
        """Begin on an idle connection, or on a new one where the server has dropped those."""
        while self._idle:
            unit = self._idle.pop()
            try:
                begin(unit)
            except psycopg.Error:
                unit.wire.close()
            except BaseException:
                self._idle.append(unit)  # SQLite is locked: the connection itself is sound
                raise
            else:
                return unit
        unit = self._opened()
        try:
            begin(unit)
        except BaseException:
            unit.wire.close()
            raise
        return unit

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().wire.close()
