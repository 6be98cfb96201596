"""Time in the tests: no deadline has a name here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from duban.api import Resolved


class NoDeadlines:
    """Knows no deadline: timers of random processes are plain durations."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:  # noqa: ARG002  a protocol
        """Refuse."""
        self._refuse(name)

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:  # noqa: ARG002
        """Refuse."""
        self._refuse(name)

    @staticmethod
    def _refuse(name: str) -> NoReturn:
        raise LookupError(f"no deadline is called {name} here")
