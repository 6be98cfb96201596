"""Three-way merges: what every branch changed since the split, never last writer wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from duban.engine.kernel.handed import GONE, Change, Path, same, taken
from duban.engine.kernel.tasks import FIRED, KernelTask, unpack

Branches = Sequence[Mapping[str, Any]]
Value = Callable[[KernelTask], dict[str, Any]]
"""What a task knows."""

VIA: Final = "v"
"""Key in an arrival's notes: number of the join's input by which it came."""


class Conflict:
    """Branches changed one path to different values."""

    __slots__ = ("base", "flows", "path", "values")

    def __init__(self, path: Path, base: Any, values: list[Any]) -> None:
        self.path = path
        self.base = base
        self.values = values
        """One value per branch, in the order of the branches; GONE where the key is not there."""
        self.flows: list[str] = []
        """The flows by which each branch came, when the merge went along the tree."""


def merge3(
    base: Mapping[str, Any], branches: Branches, whole: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], list[Conflict]]:
    """Return *base* with what every branch changed, and the paths where they disagree.

    A key that nobody changed keeps the base's value; changed by one branch, or by several to the same value, it
    has the new value; mappings (but those of the keys *whole*) are merged key by key; anything else is a conflict.
    A value that only one branch holds is taken as it is, so the branches must not be used afterwards.
    """
    conflicts: list[Conflict] = []
    return _merge(base, branches, (), conflicts, whole), conflicts


def _merge(
    base: Mapping[str, Any],
    branches: Branches,
    path: Path,
    conflicts: list[Conflict],
    whole: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in _keys(base, branches):
        old = base.get(key, GONE)
        values = [branch.get(key, GONE) for branch in branches]
        changes = _changes(old, values)
        if not changes:
            value = values[0] if values else old
        elif len(changes) == 1:
            value = changes[0]
        elif key not in whole and _are_mappings(changes) and (old is GONE or isinstance(old, dict)):
            inner: list[dict[str, Any]] = [value if isinstance(value, dict) else {} for value in values]
            value = _merge(old if isinstance(old, dict) else {}, inner, (*path, key), conflicts)
        else:
            conflicts.append(Conflict((*path, key), old, values))
            value = next(change for change in reversed(changes) if change is not GONE)
        if value is not GONE:
            merged[key] = value
    return merged


def _are_mappings(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _keys(base: Mapping[str, Any], branches: Branches) -> Iterable[str]:
    keys = dict.fromkeys(base)
    for branch in branches:
        keys.update(dict.fromkeys(branch))
    return keys


def _changes(old: Any, values: Iterable[Any]) -> list[Any]:
    """Return the different values that are not the old one."""
    changes: list[Any] = []
    for value in values:
        if not same(value, old) and not any(same(value, change) for change in changes):
            changes.append(value)
    return changes


# -- along the tree -----------------------------------------------------------------------------------


def merge_tasks(tasks: Sequence[KernelTask], *, value: Value = KernelTask.seen, last: bool = False) -> Merged:
    """Return the merged data of *tasks* of one workflow, each pair of branches against its own split.

    The deepest splits first: one flat merge against the outermost split would take what was written before
    a later split for a change of all branches behind it, and report conflicts that are none. With *last*, no
    token is left outside, and what ended tokens handed in is merged too.
    """
    merged = Merged(value, last)
    merged.data = dict(_along([_chain(task) for task in tasks], 0, merged))
    return merged


class Merged:
    """A merge and its result."""

    def __init__(self, value: Value, last: bool) -> None:
        self.value = value
        self.last = last
        self.data: dict[str, Any] = {}
        self.conflicts: list[Conflict] = []
        self.heard: list[KernelTask] = []
        """The tasks where something was handed in that is part of the result now."""
        self.fired: dict[str, int] = {}
        """Key of an event to the firing whose payload stands, of those that were handed in."""

    def disagree(self, path: Path, base: Any, *values: tuple[str, Any]) -> None:
        """Remember a conflict, or that one more branch takes part in it; each value with the flow that it came by.

        Two tokens may have come by one flow: two firings of the same event.
        """
        conflict = next((conflict for conflict in self.conflicts if conflict.path == path), None)
        if conflict is None:
            conflict = Conflict(path, base, [])
            self.conflicts.append(conflict)
        for flow, value in values:
            if not any(same(value, other) for other in conflict.values):
                conflict.values.append(value)
                conflict.flows.append(flow)


def _chain(task: KernelTask) -> list[KernelTask]:
    tasks = task.workflow.tasks
    chain = [task]
    while (parent := tasks.get(chain[-1]._parent)) is not None:
        chain.append(parent)
    chain.reverse()
    return chain


def _along(chains: list[list[KernelTask]], start: int, merged: Merged) -> dict[str, Any]:
    first = chains[0]
    if len(chains) == 1:
        end = len(first)
        data = merged.value(first[-1])
    else:
        end = start
        while all(chain[end] is first[end] for chain in chains):
            end += 1
        data = _across(chains, end, merged)
    if merged.last:
        flow, fired = _flows(chains), _fired(chains)
        for task in reversed(first[start:end]):
            data = _hear(task, data, flow, fired, merged)
    return data


def _flows(chains: list[list[KernelTask]]) -> str:
    return " ".join(dict.fromkeys(came_by(chain[-1]) for chain in chains))


def _across(chains: list[list[KernelTask]], level: int, merged: Merged) -> dict[str, Any]:
    """Merge the branches that part at *level*."""
    branches: dict[int, list[list[KernelTask]]] = {}
    for chain in chains:
        branches.setdefault(chain[level].id, []).append(chain)
    base = unpack(chains[0][level - 1].box()) if level else {}
    whole: frozenset[str] = chains[0][-1].workflow.spec.event_keys
    data, conflicts = merge3(base, [_along(group, level, merged) for group in branches.values()], whole)
    for conflict in conflicts:
        if conflict.path[0] in whole and _settle(conflict, list(branches.values()), data):
            continue
        conflict.flows = [_flows(group) for group in branches.values()]
        merged.conflicts.append(conflict)
    return data


def _settle(conflict: Conflict, groups: list[list[list[KernelTask]]], data: dict[str, Any]) -> bool:
    """Let the payload of the last firing stand; tell whether all changes came with the event, and one last."""
    key = conflict.path[0]
    firings = [_fired(group).get(key, 0) for group in groups]
    changed = [
        (fired, value) for fired, value in zip(firings, conflict.values, strict=True) if not same(value, conflict.base)
    ]
    last = max(fired for fired, _ in changed)
    standing = _changes(conflict.base, [value for fired, value in changed if fired == last])
    if len(standing) > 1 or not all(fired for fired, _ in changed):
        return False
    if standing[0] is GONE:
        data.pop(key, None)
    else:
        data[key] = standing[0]
    return True


def _fired(chains: list[list[KernelTask]]) -> dict[str, int]:
    """Return key of an event to the last of its firings that began one of the branches."""
    fired: dict[str, int] = {}
    for chain in chains:
        for key, number in chain[-1].internal_data.get(FIRED, {}).items():
            fired[key] = max(number, fired.get(key, 0))
    return fired


def came_by(task: KernelTask) -> str:
    """Return the flow by which an arrival came to its join, or where a token is."""
    via = task.internal_data.get(VIA)
    return task.task_spec.element if via is None else task.task_spec.flows[via]  # type: ignore[no-any-return]


# -- what was handed in -------------------------------------------------------------------------------


def _hear(task: KernelTask, data: dict[str, Any], by: str, fired: Mapping[str, int], merged: Merged) -> dict[str, Any]:
    """Return *data*, which came by the flow *by*, with the changes that were handed in at *task*."""
    changes = taken(task)
    if changes:
        merged.heard.append(task)
    for change, flow in changes:
        key = change.path[0]
        place, now = _look_up(data, change)
        there = merged.fired.get(key, fired.get(key, 0))
        untouched = same(now, change.before)
        if 0 < change.fired < there and not untouched:
            continue
        if place == change.path and (same(now, change.after) or untouched or 0 < there < change.fired):
            data = _with(data, change.path, change.after)
            if change.fired:
                merged.fired[key] = change.fired
        else:
            merged.disagree(place, change.before, (by, now), (flow, change.after))
    return data


def _look_up(data: Mapping[str, Any], change: Change) -> tuple[Path, Any]:
    """Return the value at the path of *change*; where the way there is gone, the way so far and what is there."""
    here: Any = data
    for depth, key in enumerate(change.path):
        if not isinstance(here, Mapping):
            return change.path[:depth], here
        here = here.get(key, GONE)
        if here is GONE and depth < change.known:
            return change.path[: depth + 1], GONE
        if here is GONE:
            break
    return change.path, here


def _with(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a copy of *data* with *value* at *path*."""
    key, *rest = path
    copy = dict(data)
    if rest:
        copy[key] = _with(copy.get(key, {}), tuple(rest), value)
    elif value is GONE:
        copy.pop(key, None)
    else:
        copy[key] = value
    return copy
