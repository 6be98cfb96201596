"""Sweeps: everything that is done again and again by the clock, each under one name, by hand or by a flow.

A sweep may be run by anybody at any time, by several at once, and twice: what was done is not done again. While a
sample year is being lived all of them rest: its cases stand in the past, and only its own clock may move them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from duban.bureau.table import nearest
from duban.desk import calls, due, fetching, hotspots, housekeeping, openings, sample, sampling, supervision
from duban.desk.desk import Desk
from duban.errors import NotFound

ROUNDS = 1_000
"""Rounds after which a sweep leaves the rest to the next: 500 timers, or 100 calls, each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """Something that is done again and again."""

    name: str
    does: str
    """What it does, for whoever runs it by hand."""
    run: Callable[[Desk], Mapping[str, Any]]
    preview: Callable[[Desk], Mapping[str, Any]]
    """Says what it would do now, and does nothing."""


def sweep(desk: Desk, name: str, *, dry_run: bool = False) -> dict[str, Any]:
    """Do the sweep *name* and return what was done; *dry_run*: only say what would be.

    Raises:
        NotFound: There is no such sweep.
        OutsideError: The database, or a folder that is read or written, is away.
    """
    known = SWEEPS.get(name)
    if known is None:
        raise NotFound(f"there is no sweep {name!r}{nearest(name, SWEEPS)}; there are {', '.join(SWEEPS)}")
    if dry_run:
        return dict(known.preview(desk))
    if sample.is_living(desk):
        return {"rests": "the sample year is being lived"}
    return dict(known.run(desk))


def _fire(desk: Desk) -> Mapping[str, Any]:
    total = due.Fired()
    for _ in range(ROUNDS):
        fired = due.fire(desk)
        total += fired
        if not (fired.cases or fired.failed):
            break
    return asdict(total)


def _would_fire(desk: Desk) -> Mapping[str, Any]:
    return {"timers": desk.store.read(lambda record: record.due.count(before=desk.now()))}


def _carry(desk: Desk) -> Mapping[str, Any]:
    total = calls.Ran()
    for _ in range(ROUNDS):
        ran = calls.run(desk)
        total += ran
        if not (ran.done or ran.messages or ran.failed or ran.retried):
            break
    return asdict(total)


def _would_carry(desk: Desk) -> Mapping[str, Any]:
    at = desk.store.read(lambda record: record.outbox.next_at())
    return {"next_at": None if at is None else at.isoformat(), "waits": at is not None and at <= desk.now()}


def _open(desk: Desk) -> Mapping[str, Any]:
    return {"opened": [{"number": each.number, "kind": each.kind} for each in openings.open_due(desk)]}


def _would_open(desk: Desk) -> Mapping[str, Any]:
    at = openings.next_due(desk)
    return {"next_at": None if at is None else at.isoformat(), "waits": at is not None and at <= desk.now()}


_ALL = (
    Sweep(name="deadline", does="Fire what is due.", run=_fire, preview=_would_fire),
    Sweep(name="outbox", does="Run calls, retries and messages that wait.", run=_carry, preview=_would_carry),
    Sweep(name="openings", does="Open the meetings and rounds that are due.", run=_open, preview=_would_open),
    Sweep(
        name="supervision",
        does="The daily check: unsigned, silent, near, over, sent back; prompts to units, a list to the inspectorate.",
        run=supervision.prompt,
        preview=supervision.preview,
    ),
    Sweep(
        name="sampling",
        does="Hand the business of the day to the callback centre.",
        run=sampling.hand_over,
        preview=sampling.preview,
    ),
    Sweep(
        name="hotspots",
        does="Offer topics that come back too often as campaigns.",
        run=hotspots.offer,
        preview=hotspots.preview,
    ),
    Sweep(
        name="fetch", does="Import what lies in the channels' folders.", run=fetching.fetch, preview=fetching.preview
    ),
    Sweep(
        name="housekeeping",
        does="Clear away what need not be kept.",
        run=housekeeping.clear,
        preview=housekeeping.preview,
    ),
)
SWEEPS: Mapping[str, Sweep] = MappingProxyType({each.name: each for each in _ALL})
