"""Sharing: many scenarios played by several processes, each a copy of this one with everything read already."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence

from duban.desk.scenarios.playing import Played, play
from duban.desk.scenarios.script import Scenario
from duban.desk.virtual import Fresh, MovableClock
from duban.engine import sandbox

FEW = 16
"""Fewer scenarios than these are played sooner than processes are begun."""
TOGETHER = 4
"""Scenarios that a process takes at a time."""

_work: list[tuple[Fresh, Sequence[Scenario]]] = []
"""What the copies play: they inherit it, for a desk cannot be sent."""


def play_all(fresh: Fresh, scenarios: Sequence[Scenario], *, processes: int = 1) -> Iterator[Played]:
    """Play *scenarios* and yield how each went, in their order.

    Where processes cannot be copied, or scripts have run in this one (its copies could run none), all are played here.
    """
    if processes == 1 or len(scenarios) < FEW or not _can_copy():
        yield from (play(fresh, scenario) for scenario in scenarios)
        return
    with fresh(MovableClock(scenarios[0].given.at), {}).store:
        _work.append((fresh, scenarios))  # the empty record is made, and copied with the diagrams that are read already
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            yield from pool.imap(_play, range(len(scenarios)), chunksize=TOGETHER)
    finally:
        _work.pop()


def _can_copy() -> bool:
    return "fork" in multiprocessing.get_all_start_methods() and not sandbox.has_run()


def _play(n: int) -> Played:
    fresh, scenarios = _work[-1]
    return play(fresh, scenarios[n])
