"""Times due: what must happen when, and who has claimed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from duban.model.work import Due


@dataclass(frozen=True, kw_only=True, slots=True)
class Running(Due):
    """A running timer with its case."""

    case: int
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A case that has timers to fire now."""

    case: int
    at: datetime
    """When the earliest of them was due."""
    tasks: tuple[int, ...]


class DueTimes:
    """Running timers; written by ``unit.save`` from what the engine armed and disarmed."""

    def claim(self, now: datetime, *, limit: int, holder: str, until: datetime) -> list[Claimed]:
        """Take up to *limit* due timers, grouped by case, for *holder* alone until *until*.

        Several processes may claim at once: nobody gets what another holds (SKIP LOCKED on PostgreSQL). A claim is
        an optimisation: firing twice is harmless, the version check and the engine's ``tick`` decide.
        """
        raise NotImplementedError

    def put_off(self, case: int, until: datetime) -> None:
        """Let nobody claim the timers of *case* before *until* (its tick failed)."""
        raise NotImplementedError

    def next_at(self) -> datetime | None:
        """Return when the next claim can find something, or None."""
        raise NotImplementedError

    def of(self, case: int) -> list[Running]:
        """Return the running timers of a case, in order of time."""
        raise NotImplementedError

    def list_(
        self, *, before: datetime | None = None, named: bool = False, limit: int = 100, offset: int = 0
    ) -> list[Running]:
        """Return running timers in order of time; *named*: only those of named deadlines."""
        raise NotImplementedError

    def count(self, *, before: datetime | None = None) -> int:
        """Return how many timers run, or end before an instant."""
        raise NotImplementedError
