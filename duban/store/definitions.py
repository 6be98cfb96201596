"""Definitions: every diagram that a case ever ran on, by digest, for ever."""

from __future__ import annotations

from datetime import datetime

from duban.model.definition import Definition


class Definitions:
    """Immutable definitions."""

    def add(self, definition: Definition, *, at: datetime) -> bool:
        """Keep *definition*; False: it was known."""
        raise NotImplementedError

    def get(self, digest: str) -> Definition:
        """Return a definition, or NotFound; Corrupted when its bytes do not give its digest."""
        raise NotImplementedError

    def digests(self, process: str | None = None) -> list[str]:
        """Return the digests known, newest first."""
        raise NotImplementedError
