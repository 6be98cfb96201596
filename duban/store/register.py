"""The register: one row per petition, for lists and look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A petition as the register shows it."""

    case: int
    number: str
    channel: str
    external_id: str | None
    received_at: datetime
    petitioner: str
    """Display form, masked where the law asks it."""
    ask: str
    """What is asked, in one line."""
    matter: str | None
    nature: str | None
    weight: str | None
    unit: str | None
    supervising: str | None
    stage: str
    """Label of the phase, as people say it."""
    status: str
    repeat_of: int | None
    """Case id of the first petition of the matter."""
    repeat_n: int
    """How many repeats were linked to this one."""
    next_due: datetime | None
    """The earliest named deadline that runs (kept by ``unit.save``)."""
    moved_at: datetime
    """When the case last moved (kept by ``unit.save``)."""
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which rows are wanted; None means no matter."""

    unit: str | None = None
    supervising: str | None = None
    channel: str | None = None
    matter: str | None = None
    """Code or beginning of a code."""
    weight: str | None = None
    stage: str | None = None
    status: str | None = None
    is_open: bool | None = None
    overdue_at: datetime | None = None
    """Those whose next due lies before this instant."""
    received_from: datetime | None = None
    received_until: datetime | None = None
    words: str | None = None
    """Part of the number, the ask or the petitioner."""


class Register:
    """The register; rows are added by ``unit.open_case(register=…)``."""

    def update(self, case: int, values: Mapping[str, Any]) -> None:
        """Change columns (names as in Entry, from channel to repeat_n); unknown names are a ValueError."""
        raise NotImplementedError

    def get(self, case: int | str) -> Entry:
        """Return the row of this case id or number, or NotFound."""
        raise NotImplementedError

    def list_(self, wanted: Wanted = Wanted(), *, limit: int = 50, offset: int = 0) -> list[Entry]:
        """Return rows, newest received first."""
        raise NotImplementedError

    def count(self, wanted: Wanted = Wanted()) -> int:
        """Return how many rows *wanted* selects."""
        raise NotImplementedError

    def tally(self, column: str, wanted: Wanted = Wanted()) -> dict[str | None, int]:
        """Return how many rows there are per value of *column* (stage, status, unit, channel, matter, weight …)."""
        raise NotImplementedError

    def link_repeat(self, case: int, of: int) -> None:
        """Say that *case* repeats *of*: the first one's count grows; chains end at the first petition."""
        raise NotImplementedError
