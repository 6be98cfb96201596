"""Intake: what came in by which channel, so that the same thing is never registered twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the sender was told; the same arrival gets the same receipt."""

    channel: str
    external_id: str
    """The channel's own id; the content's digest where it has none."""
    digest: str
    """Digest of the normalised content: tells a repeated delivery from a changed one."""
    case: int
    number: str
    repeat_of: str | None
    """Number of the petition that it repeats, if one."""
    at: datetime


class Intake:
    """Receipts, unique per (channel, external id)."""

    def find(self, channel: str, external_id: str) -> Receipt | None:
        """Return the receipt that was given, or None."""
        raise NotImplementedError

    def find_many(self, channel: str, external_ids: Iterable[str]) -> dict[str, Receipt]:
        """Return the receipts that were given, by external id."""
        raise NotImplementedError

    def add(self, receipt: Receipt) -> None:
        """Give a receipt.

        Raises:
            Conflict: Somebody registered the same arrival at the same time.
        """
        raise NotImplementedError
