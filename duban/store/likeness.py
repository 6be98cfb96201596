"""Likeness: fingerprints of what petitions say, to find candidates for repeats."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A case that shares fingerprints."""

    case: int
    shared: int
    """How many of the asked fingerprints it has."""


class Likeness:
    """Fingerprint to case; fingerprints are whole numbers of 64 bits, signed or not."""

    def add(self, case: int, fingerprints: Collection[int]) -> None:
        """Remember the fingerprints of *case*; adding one again changes nothing."""
        raise NotImplementedError

    def candidates(self, fingerprints: Collection[int], *, limit: int = 20, at_least: int = 1) -> list[Candidate]:
        """Return the cases that share the most of them, best first, then newest."""
        raise NotImplementedError

    def of(self, case: int) -> frozenset[int]:
        """Return the fingerprints of a case, signed."""
        raise NotImplementedError

    def forget(self, case: int) -> None:
        """Delete the fingerprints of *case*."""
        raise NotImplementedError
