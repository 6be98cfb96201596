"""Leases: one holder at a time for what must run once, taken over when the holder is gone."""

from __future__ import annotations

from datetime import datetime


class Leases:
    """Leases by name."""

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew the lease; False: somebody else holds it."""
        raise NotImplementedError

    def release(self, name: str, holder: str) -> None:
        """Give the lease back, if *holder* holds it."""
        raise NotImplementedError

    def holder(self, name: str, *, now: datetime) -> str | None:
        """Return who holds it."""
        raise NotImplementedError
