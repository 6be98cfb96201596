"""The desk: everything a use case needs, opened once and shared by all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from duban.api import Deadlines
from duban.bureau import Bureau
from duban.model.clock import Clock
from duban.store import Store


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What use cases work with."""

    store: Store
    bureau: Bureau
    clock: Clock
    deadlines: Deadlines

    def now(self) -> datetime:
        """Return the present instant of this desk's clock."""
        return self.clock.now()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()
