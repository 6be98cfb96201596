"""Calls: what diagrams want done in the world, done after the commit, at least once."""

from __future__ import annotations

from dataclasses import dataclass

from duban.desk.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What one sweep of the outbox did."""

    done: int
    retried: int
    """Calls that failed and will be tried again."""
    failed: int
    """Calls that failed for the last time; each has an incident."""
    messages: int


def run(desk: Desk, limit: int = 100) -> Ran:
    """Run what the outbox wants done now, at most *limit* calls and messages."""
    raise NotImplementedError
