"""Numbers: series without gaps, counted in the transaction that uses them."""

from __future__ import annotations


class Numbers:
    """Number series by name (for example ``register/2026``)."""

    def next(self, series: str, count: int = 1) -> int:
        """Take *count* numbers of *series* and return the first; a series starts at 1."""
        raise NotImplementedError

    def last(self, series: str) -> int:
        """Return the last number taken, 0 when none was."""
        raise NotImplementedError
