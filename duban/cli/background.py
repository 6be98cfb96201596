"""The sample year, lived in the background while the first pages are already served."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from duban.cli.output import say
from duban.desk import sample
from duban.desk.clockwork import Clockwork
from duban.desk.desk import Desk
from duban.errors import Conflict, DubanError

_GRACE = 3.0
"""Seconds after which the year begins although nobody has asked for a page."""


class _Stopped(Exception):
    """Somebody wants the process to end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far the year is."""

    done: int
    """Days lived."""
    total: int
    """Days in all; 0 while that is not known."""


class SampleYear:
    """Lives the sample year in a thread, then starts the clockwork.

    The clockwork waits for the year's end: it goes by the machine's clock and would fire in one sweep what the year
    lets happen day by day.
    """

    def __init__(self, desk: Desk, *, again: float = 5.0) -> None:
        """*again*: seconds between two looks whether another process has finished the year."""
        self._desk = desk
        self._again = again
        self._clockwork = Clockwork(desk)
        self._asked = threading.Event()
        self._stop = threading.Event()
        self._progress: Progress | None = None
        self._thread = threading.Thread(target=self._live, name="duban-sample", daemon=True)

    def start(self) -> None:
        """Begin once the first page has been asked for, or after a short while."""
        if sample.is_loaded(self._desk):
            self._clockwork.start()
            return
        self._progress = Progress(done=0, total=0)
        self._thread.start()

    def stop(self) -> None:
        """Leave the year where it is; the next start goes on from there."""
        self._stop.set()
        self._asked.set()
        self.join(10)
        self._clockwork.stop()

    def join(self, timeout: float) -> None:
        """Wait until the year has been lived, at most *timeout* seconds."""
        if self._thread.is_alive():
            self._thread.join(timeout)

    def progress(self) -> Progress | None:
        """Return how far the year is, None when it has been lived."""
        self._asked.set()
        return self._progress

    def _live(self) -> None:
        self._asked.wait(_GRACE)
        try:
            count = self._load()
        except _Stopped:
            return
        except DubanError as error:
            say(f"The sample year stopped: {error}. Start again to go on with it.")
        else:
            say(f"The sample year is complete: {count} petitions.")
        finally:
            self._progress = None
        if not self._stop.is_set():
            self._clockwork.start()

    def _load(self) -> int:
        """Live the year; while another process holds it (or one that was killed seems to), wait for it."""
        told = False
        while True:
            try:
                return sample.load(self._desk, self._note)
            except Conflict as error:
                if not told:
                    say(f"{error}.")
                    told = True
                if self._stop.wait(self._again):
                    raise _Stopped from error

    def _note(self, _stage: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._progress = Progress(done=done, total=total)
