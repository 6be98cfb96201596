"""A case that has been round N times: what its next steps cost, alone and durably.

A lap is the draft and its being sent back by the political officer: two steps of people, a script and three
gateways. Every contestant first takes a case through N laps, unmeasured, and is then timed over further laps.
Beside it stands the whole life with N laps in it, whose letters, deliveries and answers of service tasks cost
us commits of their own and stock nothing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bench import kernel, record
from bench.life import Human, Life, Machine
from bench.stock import Stock

LAPS = 3
"""Laps that are timed."""
ROUNDS = 5
CASES = 8
"""Cases of ours for each of stock's: ours are over too soon to be timed alone."""
LAST = "gate_po"
"""The step that ends a lap."""


class Case(Protocol):
    """A case of one contestant."""

    def step(self, step: Human | Machine) -> None:
        """Take one step."""


@dataclass(frozen=True, kw_only=True)
class Aged:
    """What the steps of a case cost after so many laps."""

    kernel_ratio: float
    steps_ratio: float
    steps: float
    """Durable steps of people a CPU second."""
    stock: float
    """The same of stock."""
    life_ratio: float
    """Durable steps of people over a whole life, ours by stock's."""
    shares: Mapping[str, float]
    """CPU microseconds of one durable step: the engine's, and what the record adds."""


def measure(after: Callable[[int], Life], laps: int) -> Aged:
    """Time both sides, turn by turn, after *laps* laps; *after* records a life with so many laps in it."""
    aging, whole = after(laps + LAPS), after(laps)
    stock = Stock(aging.definition, aging.answers)
    with record.databases(aging) as (desk, database):
        start: dict[str, tuple[Callable[[Life], Case], int]] = {
            "kernel": (kernel.Ours, CASES),
            "stock kernel": (partial(kernel.Theirs, stock), 1),
            "steps": (partial(record.Ours, desk), CASES),
            "stock steps": (partial(record.Theirs, database, stock), 1),
        }
        rates: dict[str, list[float]] = {name: [] for name in (*start, "life", "stock life")}
        for _ in range(ROUNDS):
            for name, (new, cases) in start.items():
                rates[name].append(_laps(partial(new, aging), aging, laps, cases))
            rates["life"].append(_life(partial(record.Ours, desk, whole), whole, CASES))
            rates["stock life"].append(_life(partial(record.Theirs, database, stock, whole), whole, 1))
    alone, durable = (1e6 / statistics.median(rates[name]) for name in ("kernel", "steps"))
    return Aged(
        kernel_ratio=_ratio(rates, "kernel", "stock kernel"),
        steps_ratio=_ratio(rates, "steps", "stock steps"),
        steps=statistics.median(rates["steps"]),
        stock=statistics.median(rates["stock steps"]),
        life_ratio=_ratio(rates, "life", "stock life"),
        shares={"engine_us": alone, "record_us": durable - alone},
    )


def _ratio(rates: Mapping[str, list[float]], ours: str, theirs: str) -> float:
    """Return the median over the rounds of ours by theirs, each round against itself."""
    return statistics.median(a / b for a, b in zip(rates[ours], rates[theirs], strict=True))


def _laps(new: Callable[[], Case], life: Life, laps: int, cases: int) -> float:
    """Take *cases* cases through *laps* laps, then time the further ones: steps of people a CPU second."""
    ends = [n for n, step in enumerate(life.steps) if isinstance(step, Human) and step.element == LAST]
    before, after = ends[laps - 1] + 1, ends[laps + LAPS - 1] + 1
    aged = [new() for _ in range(cases)]
    for case in aged:
        _take(case, life.steps[:before])
    start = time.process_time()
    for case in aged:
        _take(case, life.steps[before:after])
    return cases * (after - before) / (time.process_time() - start)


def _life(new: Callable[[], Case], life: Life, cases: int) -> float:
    start = time.process_time()
    for _ in range(cases):
        _take(new(), life.steps)
    return cases * life.human / (time.process_time() - start)


def _take(case: Case, steps: tuple[Human | Machine, ...]) -> None:
    for step in steps:
        case.step(step)
