"""Deadlines of random processes: their names say how long they are, and what moves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from duban.api import Resolved
from tests.differential.shapes import Moving


class PlainDeadlines:
    """Knows deadlines that are named like durations (``PT3600S``), and such as move (``MOVES u3 3600``)."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return the time that the name says, from now."""
        if name.startswith("PT"):
            seconds: int | None = int(name.removeprefix("PT").removesuffix("S"))
        else:
            way, key, length = name.split()
            seconds = Moving(key=key, off=way == "OFF").lasts(int(length), data.get(key))
        at = None if seconds is None else now + timedelta(seconds=seconds)
        return Resolved(at=at, on=None, why={"name": name})

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return the time that many days before."""
        due = self.resolve(name, data, now)
        return Resolved(at=due.at and due.at - timedelta(days=days), on=None, why=due.why)

    def reads(self, name: str) -> frozenset[str]:
        """Return the key that moves it."""
        return frozenset() if name.startswith("PT") else frozenset({name.split()[1]})
