"""Parties: the people outside whom a case concerns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A petitioner or another person concerned."""

    name: str
    role: str = "petitioner"
    phone: str | None = None
    document: str | None = None
    """Identity document number."""
    address: str | None = None
    key: str | None = None
    """What the same person is found by again (the desk decides: phone, document, a keyed digest)."""


class Parties:
    """The parties of cases."""

    def add(self, case: int, party: Party) -> None:
        """Add a party to a case."""
        raise NotImplementedError

    def of(self, case: int) -> list[Party]:
        """Return the parties of a case, in the order in which they were added."""
        raise NotImplementedError

    def cases(self, key: str, *, limit: int = 50) -> list[int]:
        """Return ids of the cases of the same person, newest first."""
        raise NotImplementedError
