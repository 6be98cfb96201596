"""The sample bureau's year: 300 petitions run by scripted staff on a virtual clock."""

from __future__ import annotations

from collections.abc import Callable

from duban.desk.desk import Desk


def load(desk: Desk, progress: Callable[[str, int, int], None] | None = None) -> int:
    """Load people and petitions, live the year, return how many petitions there are; run again, it goes on."""
    raise NotImplementedError


def is_loaded(desk: Desk) -> bool:
    """Tell whether the sample year has been lived to its end."""
    raise NotImplementedError
