"""Clockwork: the loops inside ``duban serve`` that fire what is due and run what the outbox wants.

Any number of processes may run them. One of them ticks, under a lease that the others take over within seconds of its
death; the outbox all of them run, each call claimed by one. The lease only saves work: what two fire at once is fired
once, so that no timer depends on who holds it. While a sample year is being lived both loops rest: its cases stand in
the past, and only its own virtual clock may move them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from duban.desk import calendars, calls, due, leases, openings, sample
from duban.desk.desk import Desk
from duban.errors import DubanError

log = logging.getLogger(__name__)

LONGEST_REST = 60.0
"""Seconds between two attempts while the database is away."""


REST_OF_RHYTHMS = timedelta(hours=1)
"""How long a bureau without rhythms is not asked for one."""


class Clockwork:
    """Two threads: one fires what is due and opens what returns by time, one runs calls and messages."""

    def __init__(self, desk: Desk, *, every: float = 1.0) -> None:
        """*every*: seconds between two looks when there was nothing to do."""
        self._desk = desk
        self._every = every
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._opens_at: datetime | None = None
        self._newest = calendars.Newest(desk)
        self._lead = leases.Lead(desk)

    @property
    def is_running(self) -> bool:
        """Tell whether a loop is alive."""
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Start both loops; starting twice is a mistake of the caller."""
        assert not self._threads, "the clockwork runs already"  # noqa: S101
        self._stop.clear()
        for name, sweep in (("ticker", self._tick), ("outbox", self._carry)):
            thread = threading.Thread(target=self._loop, args=(name, sweep), name=f"duban-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask both loops to end after the sweep at hand and wait for them, at most *timeout* seconds each."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        with suppress(DubanError):  # a database that is away lets the lease run out by itself
            self._lead.resign()

    def _tick(self) -> int:
        if self._newest.look():
            self._opens_at = None
        if not self._lead.take():
            return 0
        fired = due.fire(self._desk)
        return fired.cases + fired.failed + self._open()

    def _open(self) -> int:
        """Open the cases whose time has come; between two times nothing is asked."""
        now = self._desk.now()
        if self._opens_at is not None and now < self._opens_at:
            return 0
        opened = openings.open_due(self._desk)
        self._opens_at = openings.next_due(self._desk) or now + REST_OF_RHYTHMS
        return len(opened)

    def _carry(self) -> int:
        ran = calls.run(self._desk)
        return ran.done + ran.failed + ran.messages

    def _loop(self, name: str, sweep: Callable[[], int]) -> None:
        """Sweep until asked to stop: at once again while there is work, with longer rests while nothing answers."""
        rest = self._every
        while not self._stop.is_set():
            try:
                moved = 0 if sample.is_living(self._desk) else sweep()
                rest = 0.0 if moved else self._every
            except DubanError as error:
                rest = min(max(rest, self._every) * 2, LONGEST_REST)
                log.warning("%s: %s; next try in %.0f s", name, error, rest)
            except Exception:
                # a loop that died silently would let deadlines pass: say it, rest, go on
                rest = min(max(rest, self._every) * 2, LONGEST_REST)
                log.exception("%s stumbled; next try in %.0f s", name, rest)
            self._stop.wait(rest)
