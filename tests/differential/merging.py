"""What tokens know together when they meet.

Written from the sentence alone: of everything the tokens knew where they parted, each keeps what it did not touch;
what one of them changed is changed; what two of them changed differently is a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.differential.tokens import Moment

GONE = "\0gone"
"""Stands for a key that is not there."""


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One place where tokens disagree."""

    path: tuple[str, ...]
    base: Any
    values: tuple[Any, ...]


def meet(moments: Sequence[Moment]) -> tuple[dict[str, Any], list[Clash]]:
    """Return what the tokens at *moments* know together, and where they disagree.

    Those who parted last meet first, each time over what they knew where they parted.
    """
    forks: dict[int, list[Moment]] = {}
    roots: list[Moment] = []
    seen: set[int] = set()
    for tip in moments:
        moment = tip
        while id(moment) not in seen:
            seen.add(id(moment))
            if moment.before is None:
                roots.append(moment)
                break
            forks.setdefault(id(moment.before), []).append(moment)
            moment = moment.before
    clashes: list[Clash] = []

    def settle(moment: Moment) -> dict[str, Any]:
        while len(forks.get(id(moment), ())) == 1:
            moment = forks[id(moment)][0]
        after = forks.get(id(moment))
        return join(moment.data, [settle(m) for m in after], clashes) if after else moment.data

    return settle(roots[0]), clashes


def join(
    base: Mapping[str, Any], versions: Sequence[Mapping[str, Any]], clashes: list[Clash], path: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return *base* with every change that the *versions* made; append what clashes."""
    keys = dict.fromkeys([*base, *(key for version in versions for key in version)])
    merged: dict[str, Any] = {}
    for key in keys:
        was = base.get(key, GONE)
        changes = distinct([now for version in versions if (now := version.get(key, GONE)) != was])
        value = changes[0] if changes else was
        if len(changes) > 1:
            value = disagree(was, changes, clashes, (*path, key))
        if value != GONE:
            merged[key] = value
    return merged


def disagree(was: Any, changes: list[Any], clashes: list[Clash], path: tuple[str, ...]) -> Any:
    """Return the merger of different changes of one value: deeper where all are mappings, else a clash."""
    if all(isinstance(change, dict) for change in changes) and (was == GONE or isinstance(was, dict)):
        return join({} if was == GONE else was, changes, clashes, path)
    clashes.append(Clash(path=path, base=was, values=tuple(changes)))
    return changes[0]


def distinct(values: list[Any]) -> list[Any]:
    """Return the different ones among *values*, in order."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def chose(moment: Moment, chosen: Mapping[tuple[str, ...], Any]) -> Moment:
    """Return *moment* with the chosen values."""
    after = moment.next()
    for path, value in chosen.items():
        place = after.data
        for key in path[:-1]:
            place[key] = dict(place.get(key, {}))
            place = place[key]
        place[path[-1]] = value
    return after
