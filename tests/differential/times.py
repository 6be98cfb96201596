"""Deadlines of random processes: their names say how long they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from duban.api import Resolved


class PlainDeadlines:
    """Knows deadlines that are named like durations: ``PT3600S``."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:  # noqa: ARG002  a protocol
        """Return the time that the name says, from now."""
        seconds = int(name.removeprefix("PT").removesuffix("S"))
        return Resolved(at=now + timedelta(seconds=seconds), on=None, why={"name": name})

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return the time that many days before."""
        due = self.resolve(name, data, now)
        return Resolved(at=due.at and due.at - timedelta(days=days), on=None, why=due.why)

    def reads(self, name: str) -> frozenset[str]:  # noqa: ARG002  a protocol
        """Return nothing: no data move them."""
        return frozenset()
