"""The journal: append-only facts, chained per case by hash."""

from __future__ import annotations

from datetime import datetime

from duban.model.facts import Fact


class Journal:
    """Facts as they stand; they are written by ``unit.save``, ``open_case`` and ``note`` alone."""

    def of(self, case: int, *, after: int = 0, until: datetime | None = None) -> list[Fact]:
        """Return the facts of *case* in order, those after number *after* and noticed no later than *until*."""
        raise NotImplementedError

    def since(self, seq: int, *, limit: int = 1000) -> list[Fact]:
        """Return facts of all cases after position *seq*."""
        raise NotImplementedError

    def verify(self, case: int) -> int:
        """Recompute the chain of *case* and return its length.

        Raises:
            Corrupted: Names the first fact that does not fit, or says that the case's head differs.
        """
        raise NotImplementedError
