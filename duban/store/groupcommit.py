"""Group commit: callers that come at the same time share one durable commit.

SQLite has one writer, and a durable commit costs a disk's flush. The first caller who finds nobody writing leads: it
takes every job that waits, runs each in a savepoint, commits once, answers them all and hands the lead to the next one
waiting. No thread of our own: a lone caller does its own work at no extra cost.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar, cast

from duban.errors import OutsideError
from duban.store.databases import Database
from duban.store.pool import Pool
from duban.store.transactions import check_standing, committed, undo
from duban.store.unit import Unit

T = TypeVar("T")

TOGETHER = 64
"""Jobs in one commit at most, so that the first of them does not wait for ever."""


class Job:
    """What one caller wants written, and the answer."""

    __slots__ = ("error", "fn", "leads", "result", "turn")

    def __init__(self, fn: Callable[[Unit], Any]) -> None:
        self.fn = fn
        self.result: Any = None
        self.error: BaseException | None = None
        self.leads = False
        """Its caller must commit for all who wait."""
        self.turn = threading.Lock()
        """Held until the job is answered or its caller must lead."""
        self.turn.acquire()

    def run(self, unit: Unit) -> None:
        """Run the job in a savepoint; its failure is its own."""
        try:
            with unit.wire.savepoint():
                self.result = self.fn(unit)
        except Exception as error:  # noqa: BLE001 (raised again in its caller)
            self.error = error

    def answer(self) -> Any:
        """Return the result or raise the error."""
        if self.error is not None:
            raise self.error
        return self.result


class GroupCommit:
    """The one writer of a database, led by its callers in turn."""

    def __init__(self, database: Database, pool: Pool) -> None:
        self._database = database
        self._pool = pool
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._led = False

    def run(self, fn: Callable[[Unit], T]) -> T:
        """Run *fn* in a transaction and return its result after the commit."""
        job = Job(fn)
        with self._lock:
            self._waiting.append(job)
            job.leads = not self._led
            self._led = True
        try:
            if not job.leads:
                job.turn.acquire()
            if job.leads:
                self._lead(job)
        except BaseException:
            self._leave(job)
            raise
        return cast("T", job.answer())

    def _lead(self, own: Job) -> None:
        """Commit what waits, hand on the lead, and answer."""
        jobs: list[Job] = []
        try:
            jobs = self._taken()
            self._commit(jobs)
        finally:
            if jobs:
                self._hand_on()
            for job in jobs:
                if job is not own:
                    job.turn.release()

    def _leave(self, job: Job) -> None:
        """Forget a job whose caller was interrupted while it waited; were it to lead, the next one does."""
        with self._lock:
            if job not in self._waiting:
                return
            self._waiting.remove(job)
        if job.leads:
            self._hand_on()

    def _hand_on(self) -> None:
        """Let the one who waits longest lead, if anybody waits."""
        with self._lock:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].leads = True
                self._waiting[0].turn.release()

    def _taken(self) -> list[Job]:
        """Take the jobs that wait; the leader's own is the first of them."""
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]

    def _commit(self, jobs: list[Job]) -> None:
        try:
            with self._pool.begun(lambda unit: unit.wire.say(self._database.begin)) as unit:
                if len(jobs) == 1:
                    jobs[0].result = committed(self._database, unit, jobs[0].fn)
                else:
                    self._commit_together(unit, jobs)
        except BaseException as error:
            for job in jobs[1:]:
                job.error = job.error or OutsideError(
                    f"the commit shared with others failed ({error}); repeat the step"
                )
            jobs[0].error = error
            if not isinstance(error, Exception):
                raise

    def _commit_together(self, unit: Unit, jobs: list[Job]) -> None:
        try:
            for job in jobs:
                job.run(unit)
                check_standing(self._database, unit, job.error)
            unit.wire.say("COMMIT")
        except BaseException:
            undo(self._database, unit)
            raise
