"""Texts: what people wrote, by reference, so that state and facts stay small and words can be destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text; a purged one has no words, only the stub that says so."""

    id: int
    case: int | None
    words: str | None
    at: datetime
    by: str
    purged_at: datetime | None
    purged_by: str | None
    purged_why: str | None


class Texts:
    """The texts of the record; ``{"$text": id}`` in data refers to one."""

    def add(self, words: str, *, at: datetime, by: str, case: int | None = None) -> int:
        """Keep *words* and return their id; *case* None until the case is written (then ``adopt``)."""
        raise NotImplementedError

    def adopt(self, ids: Iterable[int], case: int) -> None:
        """Say that these texts belong to *case*."""
        raise NotImplementedError

    def get(self, id: int) -> Text:  # noqa: A002
        """Return a text, or NotFound."""
        raise NotImplementedError

    def get_many(self, ids: Iterable[int]) -> dict[int, Text]:
        """Return those that exist, by id."""
        raise NotImplementedError

    def of(self, case: int) -> list[Text]:
        """Return the texts of a case, oldest first."""
        raise NotImplementedError

    def purge(self, id: int, *, at: datetime, by: str, why: str) -> None:  # noqa: A002
        """Destroy the words, keep a stub; purging again changes nothing."""
        raise NotImplementedError
