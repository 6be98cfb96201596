"""Outcome: everything one engine step says must be remembered (decision 0002 says why it lives on this floor)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duban.model.calls import CallWanted, Thrown
from duban.model.facts import Happening
from duban.model.work import Due, Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """A token that cannot go on until a person decides."""

    task: int
    element: str
    scope: str
    reason: str
    """``merge_conflict`` · ``no_flow`` · ``script`` · ``expression`` · ``decision`` · ``error`` (uncaught BPMN error)
    · ``endless`` (a circle without waiting)."""
    message: str
    """What happened, what was expected, what to do."""
    detail: Mapping[str, Any]
    """For a merge conflict: ``paths``: [{path, base, values: [{flow, value}]}]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The result of one engine step; the same inputs give the same bytes."""

    state: bytes
    happenings: tuple[Happening, ...]
    opened: tuple[Work, ...]
    closed: tuple[int, ...]
    """Tasks of work items that are no longer open."""
    calls: tuple[CallWanted, ...]
    uncalled: tuple[int, ...]
    """Tasks of calls that nobody waits for any more (answered, failed or interrupted)."""
    thrown: tuple[Thrown, ...]
    armed: tuple[Due, ...]
    """Timers that are new or whose time changed."""
    disarmed: tuple[int, ...]
    """Tasks whose timers fired or were cancelled."""
    incidents: tuple[Incident, ...]
    settled: tuple[int, ...]
    """Tasks whose incident is gone."""
    written: Mapping[str, Any]
    """Top-level data keys written in this step, the last value of each."""
    ended: tuple[str, ...] | None
    """Ids of the end events reached in the whole case when it is over, else None."""
