"""The campaign: let a process work, kill it at a random moment, audit what it left, let the next one go on with it.

The campaign itself only forks: it opens no database, runs no script and has no threads, so that every child starts
sound. The next working process waits, loaded, while the one before it works and is audited.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from duban.opening import desk_of
from duban.outside.post import Memory
from duban.store import Store
from duban.testing import content
from tests.crash.audit import answer
from tests.crash.labour import RacingClock, labour

LONGEST = 0.6
"""Seconds of work at most between the first acknowledged step and the kill."""
PATIENCE = 120.0
"""Seconds in which a process must say something."""

_fork = multiprocessing.get_context("fork")


@dataclass(kw_only=True)
class Report:
    """What a campaign found."""

    kills: int = 0
    compared: dict[str, int] = field(default_factory=dict)
    """How many cases, facts, acknowledged steps …"""
    problems: list[str] = field(default_factory=list)


class Child:
    """A forked process and the pipe to it."""

    def __init__(self, target: Callable[..., object], *arguments: object) -> None:
        self.pipe, theirs = _fork.Pipe()
        self._process = _fork.Process(target=target, args=(theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()  # what a later child inherits would keep this pipe open after this child's end

    def hear(self, until: float) -> list[Any]:
        """Return everything that it says until then, or until it is gone."""
        said: list[Any] = []
        try:
            while self.pipe.poll(max(0.0, until - time.monotonic())):
                said.append(self.pipe.recv())
        except (EOFError, ConnectionResetError):
            pass
        return said

    def ask(self, question: object) -> Any:
        """Return its answer."""
        self.pipe.send(question)
        if not self.pipe.poll(PATIENCE):
            raise TimeoutError(f"no answer to {question!r}")
        return self.pipe.recv()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """Close the pipe."""
        self.pipe.close()


def campaign(url: str, kills: int, seed: int) -> Report:
    """Kill a working process *kills* times on the database at *url*; stop at the first problem."""
    chance, report, received = Random(seed), Report(), 0
    started = time.time()
    content()  # read once, for all children
    auditor = Child(_audit, url, started)
    auditor.ask("are the tables there?")
    waiting = Child(_labour, url, started, chance.randrange(2**32))
    while report.kills < kills and not report.problems:
        worker, waiting = waiting, Child(_labour, url, started, chance.randrange(2**32))
        steps = _killed(worker, received, chance.uniform(0, LONGEST))
        received += sum("petition" in step for step in steps)
        report.kills += 1
        report.problems = [f"after kill {report.kills}: {problem}" for problem in auditor.ask(steps)]
    report.compared = auditor.ask("how much was compared?")
    for child in (waiting, auditor):
        child.kill()
        child.close()
    return report


def _killed(worker: Child, received: int, moment: float) -> list[dict[str, Any]]:
    """Let *worker* begin, kill it *moment* seconds after its first step, and return the steps that it acknowledged."""
    steps: list[dict[str, Any]] = [worker.ask(received)]
    steps += worker.hear(time.monotonic() + moment)
    worker.kill()
    steps += worker.hear(time.monotonic() + PATIENCE)
    worker.close()
    return steps


def _audit(pipe: Connection, url: str, started: float) -> None:
    answer(pipe, desk_of(bureau=content(), store=Store(url), clock=RacingClock(started), post=Memory()))


def _labour(pipe: Connection, url: str, started: float, seed: int) -> None:
    labour(pipe, desk_of(bureau=content(), store=Store(url), clock=RacingClock(started), post=Memory()), seed)
