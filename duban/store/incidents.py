"""Incidents: tokens and cases that wait for a person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from duban.model.outcome import Incident


@dataclass(frozen=True, kw_only=True, slots=True)
class Open(Incident):
    """An open incident with its case."""

    case: int
    number: str
    opened_at: datetime


class Incidents:
    """Open incidents; the engine's come and go with ``unit.save``, the desk adds its own (failed calls, failed ticks)."""

    def open_(self, case: int, incident: Incident, *, at: datetime) -> None:
        """Open an incident of the desk, or renew the one at the same task; task 0 stands for the whole case."""
        raise NotImplementedError

    def settle(self, case: int, task: int) -> bool:
        """Close the incident at *task*; False: there was none."""
        raise NotImplementedError

    def get(self, case: int, task: int) -> Open:
        """Return one, or NotFound."""
        raise NotImplementedError

    def of(self, case: int) -> list[Open]:
        """Return the incidents of a case."""
        raise NotImplementedError

    def list_(self, *, limit: int = 100, offset: int = 0) -> list[Open]:
        """Return all, oldest first."""
        raise NotImplementedError

    def count(self) -> int:
        """Return how many are open."""
        raise NotImplementedError
