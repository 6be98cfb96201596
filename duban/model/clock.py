"""Time is handed in: the one protocol by which anything learns what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Something that can be asked the time."""

    def now(self) -> datetime:
        """Return the present instant, aware."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


def aware(at: datetime, what: str = "instant") -> datetime:
    """Return *at* in UTC.

    Raises:
        ValueError: *at* carries no time zone.
    """
    if at.tzinfo is None:
        message = f"{what} {at.isoformat()} has no time zone; say which one it is in"
        raise ValueError(message)
    return at.astimezone(UTC)
