"""Times due: what must happen when, and what happens when it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duban.desk.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A running timer of a case."""

    number: str
    task: int
    element: str
    attached: str | None
    name: str | None
    """Named deadline, or None for a plain timer."""
    warning: bool
    at: datetime
    why: Mapping[str, Any]
    overdue: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fired:
    """What one sweep did."""

    cases: int
    """Cases that moved."""
    timers: int
    """Timers that fired."""
    failed: int
    """Cases whose step failed; each has an incident."""


def list_(
    desk: Desk,
    *,
    number: str | None = None,
    until: datetime | None = None,
    overdue: bool = False,
    warnings: bool = True,
    limit: int = 100,
    offset: int = 0,
) -> tuple[Running, ...]:
    """List running timers, nearest first."""
    raise NotImplementedError


def fire(desk: Desk, limit: int = 500) -> Fired:
    """Fire what is due, at most *limit* timers; firing twice changes nothing."""
    raise NotImplementedError
