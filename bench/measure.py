"""Measuring on a noisy machine: CPU time, several rounds in turn, medians and ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How many units of work a second of CPU (or of wall time) gave, over several rounds."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the rate of the middle round."""
        return statistics.median(self.rounds)


def race(
    contestants: Mapping[str, Callable[[], float]],
    *,
    rounds: int = 5,
    timer: Callable[[], float] = time.process_time,
) -> dict[str, Rate]:
    """Run every contestant once a round, in turn, so that noise falls on all alike.

    A contestant does its work and returns how many units it did.
    """
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            gc.collect()
            start = timer()
            done = run()
            rates[name].append(done / (timer() - start))
    return {name: Rate(rounds=tuple(values)) for name, values in rates.items()}


def ratio(rates: Mapping[str, Rate], ours: str, theirs: str) -> float:
    """Return the median over the rounds of ours / theirs, each round against itself."""
    return statistics.median(a / b for a, b in zip(rates[ours].rounds, rates[theirs].rounds, strict=True))
