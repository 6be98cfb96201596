"""By hand what the clock does: one word, what was done, and --dry-run that does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duban.desk.sweeps import SWEEPS

Duban = Callable[..., Any]
"""The fixture of conftest.py: a command run in this process."""


def test_sweeps_are_listed(duban: Duban) -> None:
    """Whoever has forgotten the name need not look it up."""
    listed = duban("sweep", "--json")

    assert [row["name"] for row in listed.json] == list(SWEEPS)


def test_a_sweep_says_what_it_did(duban: Duban) -> None:
    """A person reads a sentence, a machine reads JSON; what the first run fired, the second does not."""
    duban("init")
    told = duban("sweep", "deadline")
    machine = duban("sweep", "deadline", "--json")
    dry = duban("sweep", "fetch", "--dry-run")

    assert told.err.endswith(", failed: 0.\n")
    assert machine.json == {"cases": 0, "timers": 0, "failed": 0}
    assert dry.err.endswith("fetch (nothing was done): files: none.\n")


def test_a_wrong_name_is_told(duban: Duban) -> None:
    """Exit code 4: there is no such thing."""
    duban("init")
    ended = duban("sweep", "hotspot")

    assert (ended.code, "did you mean hotspots?" in ended.err) == (4, True)
