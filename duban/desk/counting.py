"""Counting: the bureau's limits on its newest calendar, also when a year's holidays become known while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duban.api import Resolved
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines


class CurrentDeadlines:
    """Named deadlines that can be told of a new calendar (duban.api.Deadlines)."""

    def __init__(self, named: NamedDeadlines) -> None:
        """*named*: by which the house counts first."""
        self._named = named

    @property
    def calendar(self) -> Calendar:
        """The working calendar by which is counted now."""
        return self._named.calendar

    def take_in(self, named: NamedDeadlines) -> None:
        """Count by *named* from now on; what runs already moves when its case is counted again."""
        self._named = named

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when the deadline *name* ends."""
        return self._named.resolve(name, data, now)

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when to warn, *days* before the deadline *name* ends."""
        return self._named.warning(name, days, data, now)

    def reads(self, name: str) -> frozenset[str]:
        """Return the top-level keys of the data that the deadline *name* depends on."""
        return self._named.reads(name)
