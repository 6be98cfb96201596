"""Cases: one process instance each, with a number that people can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A case as the record has it."""

    id: int
    number: str
    """What is printed on paper, for example ``云信〔2026〕00042``."""
    kind: str
    """Which of the bureau's kinds (bureau.toml [kinds]) it is: petition, callback …"""
    process: str
    definition: str
    """Digest of the definition it runs on."""
    parent: int | None
    parent_task: int | None
    """The parent's service task that waits for this child's end, if one does."""
    family: int
    """Id of the root case of its family (itself, for a root)."""
    version: int
    """Grows by one with every saved step; a save against another version is a Conflict."""
    opened_at: datetime
    ended_at: datetime | None
    end: str | None
    """Ids of the end events reached, joined by a space."""

    @property
    def is_open(self) -> bool:
        """Tell whether the case goes on."""
        return self.ended_at is None
