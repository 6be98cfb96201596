"""What tokens know together when they meet.

Written from the sentence alone: of everything the tokens knew where they parted, each keeps what it did not touch;
what one of them changed is changed; what two of them changed differently is a conflict.  But what came with an
event that fired several times is one value each time, and the last firing's stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an ended token changed at one place."""

    path: tuple[str, ...]
    known: int
    """How many keys of the path were there before; the others it made."""
    before: Any
    after: Any
    ended: int
    """When the token ended."""
    fired: int = 0
    """When the event fired with which it came."""


def lineage(tip: Moment) -> Iterator[Moment]:
    """Yield a moment and all before it, back to the first."""
    moment: Moment | None = tip
    while moment is not None:
        yield moment
        moment = moment.before


def meet(moments: Sequence[Moment], *, last: bool = False) -> tuple[dict[str, Any], list[Clash]]:
    """Return what the tokens at *moments* know together, and where they disagree.

    Those who parted last meet first, each time over what they knew where they parted.  If they are the *last*,
    what ended tokens handed in on their way counts too.
    """
    forks: dict[int, list[Moment]] = {}
    seen: set[int] = set()
    first = moments[0]
    for tip in moments:
        for moment in lineage(tip):
            if id(moment) in seen:
                break
            seen.add(id(moment))
            if moment.before is not None:
                forks.setdefault(id(moment.before), []).append(moment)
            else:
                first = moment
    clashes: list[Clash] = []
    heard: dict[str, int] = {}

    def settle(moment: Moment) -> tuple[dict[str, Any], dict[str, int]]:
        way = [moment]
        while len(forks.get(id(way[-1]), ())) == 1:
            way.append(forks[id(way[-1])][0])
        data, fired = way[-1].data, dict(way[-1].fired)
        if parted := [settle(after) for after in forks.get(id(way[-1]), ())]:
            events = [known for _, known in parted]
            fired = {key: max(known.get(key, 0) for known in events) for known in events for key in known}
            data = join(data, [version for version, _ in parted], clashes, events=events)
        for passed in reversed(way) if last else ():
            data = hear(data, passed.handed, clashes, fired, heard)
        return data, fired

    return settle(first)[0], clashes


def join(
    base: Mapping[str, Any],
    versions: Sequence[Mapping[str, Any]],
    clashes: list[Clash],
    path: tuple[str, ...] = (),
    events: Sequence[Mapping[str, int]] = (),
) -> dict[str, Any]:
    """Return *base* with every change that the *versions* made; append what clashes.

    *events* says for each version which firing of which event began it.
    """
    keys = dict.fromkeys([*base, *(key for version in versions for key in version)])
    merged: dict[str, Any] = {}
    for key in keys:
        was = base.get(key, GONE)
        changes = distinct([now for version in versions if (now := version.get(key, GONE)) != was])
        value = changes[0] if changes else was
        if is_brought(key) and not path and len(changes) > 1:
            value = last_fired(key, was, versions, events, clashes)
        elif len(changes) > 1:
            value = disagree(was, changes, clashes, (*path, key))
        if value != GONE:
            merged[key] = value
    return merged


def is_brought(key: str) -> bool:
    """Tell whether an event that may fire several times keeps under *key* what came with it."""
    return key.startswith(("msg_n", "msg_v"))


def last_fired(
    key: str,
    was: Any,
    versions: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, int]],
    clashes: list[Clash],
) -> Any:
    """Return what came with the last firing; a clash where somebody else wrote it too, or its own branches did."""
    found = [(fired.get(key, 0), version.get(key, GONE)) for version, fired in zip(versions, events, strict=True)]
    found = [(fired, value) for fired, value in found if value != was]
    latest = max(fired for fired, _ in found)
    last = distinct([value for fired, value in found if fired == latest]) if all(f for f, _ in found) else []
    if len(last) == 1:
        return last[0]
    clashes.append(Clash(path=(key,), base=was, values=tuple(distinct([value for _, value in found]))))
    return found[0][1]


def disagree(was: Any, changes: list[Any], clashes: list[Clash], path: tuple[str, ...]) -> Any:
    """Return the merger of different changes of one value: deeper where all are mappings, else a clash."""
    if all(isinstance(change, dict) for change in changes) and (was == GONE or isinstance(was, dict)):
        return join({} if was == GONE else was, changes, clashes, path)
    clashes.append(Clash(path=path, base=was, values=tuple(changes)))
    return changes[0]


def hear(
    data: dict[str, Any],
    changes: Sequence[Change],
    clashes: list[Clash],
    fired: Mapping[str, int],
    heard: dict[str, int],
) -> dict[str, Any]:
    """Return *data* with changes that were handed in; append what clashes.

    *fired* says with which firings came what the tokens know, *heard* with which came what was heard so far.
    """
    for change in changes:
        place, now = found(data, change)
        there = heard.get(change.path[0], fired.get(change.path[0], 0))
        if now != change.before and 0 < change.fired < there:
            continue
        later = 0 < there < change.fired
        if place == change.path and (later or now in (change.before, change.after)):
            data = placed(data, change.path, change.after)
            if change.fired:
                heard[change.path[0]] = change.fired
        else:
            clashes.append(Clash(path=place, base=change.before, values=(now, change.after)))
    return data


def found(data: Mapping[str, Any], change: Change) -> tuple[tuple[str, ...], Any]:
    """Return the place of a change and what is there, or where the way to it ends."""
    here: Any = data
    for depth, key in enumerate(change.path):
        if not isinstance(here, dict):
            return change.path[:depth], here
        if key not in here:
            return change.path if depth >= change.known else change.path[: depth + 1], GONE
        here = here[key]
    return change.path, here


def placed(data: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return a copy of *data* with *value* at *path*."""
    key, *deeper = path
    copy = dict(data)
    copy[key] = placed(copy.get(key, {}), tuple(deeper), value) if deeper else value
    if not deeper and value == GONE:
        del copy[key]
    return copy


def distinct(values: list[Any]) -> list[Any]:
    """Return the different ones among *values*, in order."""
    different: list[Any] = []
    for value in values:
        if value not in different:
            different.append(value)
    return different


def chose(moment: Moment, chosen: Mapping[tuple[str, ...], Any]) -> Moment:
    """Return the moment after *moment* at which the chosen values are known; it counts as the same time."""
    data = moment.data
    for path, value in chosen.items():
        data = placed(data, path, value)
    after = Moment(data, moment)
    after.serial = moment.serial
    return after


def forget(moment: Moment, chosen: Mapping[tuple[str, ...], Any]) -> None:
    """Forget what was handed in about the chosen places on the way to *moment*."""
    for passed in lineage(moment):
        passed.handed = [change for change in passed.handed if not any(touches(change.path, path) for path in chosen)]


def touches(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether one place lies in the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
