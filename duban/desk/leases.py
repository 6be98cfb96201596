"""Leases: what one process of many does, taken over when it dies; and where the flows are to be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from duban.desk.desk import Desk
from duban.store import Unit

TICKER = "ticker"
"""Lease of the process whose ticker fires what is due."""
HELD = timedelta(seconds=6)
"""How long the ticker of a process that died keeps the others waiting."""
RENEWED = timedelta(seconds=2)
"""How long the holder does not ask whether it still has the lease."""
FLOWS = "flows"
"""Lease whose holder is the address of the page that shows the flows."""
SHOWN = timedelta(seconds=60)
"""How long that address is shown after its process has died."""


class Lead:
    """This process's part in a lease that one of many holds.

    The ticker's lease saves work and nothing depends on it: what two fire at once is fired once (``duban.desk.due``).
    """

    def __init__(self, desk: Desk, name: str = TICKER) -> None:
        """Nothing is asked for before ``take``."""
        self._desk = desk
        self._name = name
        self._renewed_at: datetime | None = None

    def take(self) -> bool:
        """Take or keep the lease; False: another process has it. Between two renewals nothing is asked."""
        now = self._desk.now()
        if self._renewed_at is not None and timedelta() <= now - self._renewed_at < RENEWED:
            return True
        if self._desk.store.read(lambda record: record.leases.holder(self._name, now=now)) in {None, self._desk.name}:
            taken = self._desk.store.write(
                lambda record: record.leases.take(self._name, self._desk.name, now=now, until=now + HELD)
            )
            self._renewed_at = now if taken else None
        else:
            self._renewed_at = None
        return self._renewed_at is not None

    def resign(self) -> None:
        """Give the lease back, if this process has it, so that another takes it at once."""
        if self._renewed_at is not None:
            self._renewed_at = None
            self._desk.store.write(lambda record: record.leases.release(self._name, self._desk.name))


def announce(desk: Desk, url: str) -> None:
    """Say at which address the flows are to be seen; again and again while they are."""
    now = desk.now()

    def take(record: Unit) -> None:
        holder = record.leases.holder(FLOWS, now=now)
        if holder is not None and holder != url:
            record.leases.release(FLOWS, holder)
        record.leases.take(FLOWS, url, now=now, until=now + SHOWN)

    desk.store.write(take)


def withdraw(desk: Desk, url: str) -> None:
    """Say that the flows are no longer to be seen there."""
    desk.store.write(lambda record: record.leases.release(FLOWS, url))


def flows_at(desk: Desk) -> str | None:
    """Return the address of the page that shows the flows, None while they do not run."""
    now = desk.now()
    return desk.store.read(lambda record: record.leases.holder(FLOWS, now=now))
