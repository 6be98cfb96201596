"""Letters: numbered papers of a case, and what was sent through the world outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter that stands in a case's file."""

    case: int
    key: str
    """What makes it one letter: the call that issues it, the same at every attempt."""
    letter: str
    number: str
    title: str
    body: str
    to: str
    way: str
    issued_at: datetime | None
    """None while only its number is reserved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """Something that was sent, once per key."""

    key: str
    way: str
    to: str
    title: str
    body: str
    receipt: str
    at: datetime


class Letters:
    """Letters and what was sent."""

    def reserve(self, case: int, key: str, letter: str, number: Callable[[], str]) -> str:
        """Return the number of this letter, asking *number* for one the first time only."""
        raise NotImplementedError

    def issue(
        self, case: int, key: str, *, letter: str, number: str, title: str, body: str, to: str, way: str, at: datetime
    ) -> None:
        """Put the letter into the file; issuing it again changes nothing."""
        raise NotImplementedError

    def of(self, case: int) -> list[Letter]:
        """Return the letters issued in a case, oldest first."""
        raise NotImplementedError

    def get(self, number: str) -> Letter:
        """Return a letter by its number, or NotFound."""
        raise NotImplementedError

    def sent(self, key: str) -> Sent | None:
        """Return what was sent under *key*, or None."""
        raise NotImplementedError

    def keep_sent(self, sent: Sent) -> bool:
        """Remember that something was sent; False: something was under this key before."""
        raise NotImplementedError

    def list_sent(self, *, limit: int = 100, offset: int = 0) -> list[Sent]:
        """Return what was sent, newest first."""
        raise NotImplementedError
