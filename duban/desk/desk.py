"""The desk: everything that a use case needs, opened once and shared by all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from duban.api import Deadlines
from duban.bureau import Bureau
from duban.desk.counting import CurrentDeadlines
from duban.desk.rights import Roster
from duban.desk.shelf import Shelf
from duban.model.clock import Clock, aware
from duban.outside.letters import Letters
from duban.outside.post import Post
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines
from duban.store import Store


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What use cases work with; only duban.opening and duban.testing make one."""

    store: Store
    bureau: Bureau
    clock: Clock
    deadlines: Deadlines
    letters: Letters
    post: Post
    shelf: Shelf
    """Diagrams and forms, compiled once."""
    roster: Roster
    """Who may act as what, today."""
    name: str
    """What this process writes into its claims; no two processes share it."""
    files: Path = Path("var")
    """Where this house keeps files of its own: its inbox, what it sent."""

    @property
    def calendar(self) -> Calendar:
        """The bureau's working calendar, the one by which its deadlines are counted."""
        known = self.deadlines
        return known.calendar if isinstance(known, CurrentDeadlines | NamedDeadlines) else self._own_calendar

    @cached_property
    def _own_calendar(self) -> Calendar:
        return Calendar(self.bureau.settings.years)

    def now(self) -> datetime:
        """Return the present instant of this desk's clock, in UTC."""
        return aware(self.clock.now(), "the clock's time")

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()
