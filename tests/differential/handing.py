"""What ended tokens leave behind: their changes, until the last token of the scope ends.

A token that ends while others go on hands in what it changed since it parted from them.  What it
wrote replaces, whole, what an earlier token wrote there, if its branch began after that token had ended; all other
changes wait for the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tests.differential.merging import GONE, Change, is_brought, lineage
from tests.differential.tokens import Moment


def hand_in(ended: Moment, tips: Sequence[Moment]) -> None:
    """Leave what the token that ended at *ended* changed where it parted from those at *tips*."""
    partings = tidy([ended, *tips])
    branch = list(lineage(ended))
    depth = next(n for n, moment in enumerate(branch) if n and id(moment) in partings)
    parting, first = branch[depth], branch[depth - 1]
    earlier = ended.handed + parting.handed
    changes = [
        replace(change, fired=ended.fired.get(change.path[0], 0))
        for change in changed(parting.data, ended.data, ended.serial)
    ]
    changes = [change for change in changes if not any(is_later(other, change) for other in earlier)]
    written = {change.path[: change.known + 1] for change in changes}
    kept = [
        change
        for change in earlier
        if not is_in(change.path, written)
        or (change.ended > first.serial and not any(is_later(other, change) for other in changes))
    ]
    parting.handed = changes + kept
    ended.handed = []


def is_later(one: Change, other: Change) -> bool:
    """Tell whether one came with a later firing of the same event than the other."""
    return one.path == other.path and 0 < other.fired < one.fired


def is_in(path: tuple[str, ...], places: set[tuple[str, ...]]) -> bool:
    """Tell whether *path* is one of *places* or lies in one."""
    return any(path[:depth] in places for depth in range(1, len(path) + 1))


def tidy(tips: Sequence[Moment]) -> set[int]:
    """Carry what was handed in to where tokens still part, or to where they are; return those moments."""
    ways: dict[int, set[int]] = {}
    for tip in tips:
        steps = list(lineage(tip))
        for after, before in pairwise(steps):
            ways.setdefault(id(before), set()).add(id(after))
    stay = {id(tip) for tip in tips} | {moment for moment, after in ways.items() if len(after) > 1}
    for tip in tips:
        keeper = tip
        for moment in lineage(tip):
            if id(moment) in stay:
                keeper = moment
            else:
                keeper.handed += moment.handed
                moment.handed = []
    return stay


def carry(consumed: Moment, winner: Moment) -> None:
    """Let the token that goes on behind a join carry what was handed in on the way of another."""
    winner.handed += consumed.handed
    consumed.handed = []


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any], ended: int, path: tuple[str, ...] = (), known: int = 0
) -> Iterator[Change]:
    """Yield every place that differs, as deep as mappings go; a new mapping counts as empty before."""
    for key in {**before, **after}:
        was, now = before.get(key, GONE), after.get(key, GONE)
        if was == now:
            continue
        there = known if was == GONE else len(path) + 1
        looked_into = path or not is_brought(key)
        if looked_into and isinstance(now, dict) and now and (was == GONE or isinstance(was, dict)):
            yield from changed({} if was == GONE else was, now, ended, (*path, key), there)
        else:
            yield Change(path=(*path, key), known=there, before=was, after=now, ended=ended)
