"""Three-way merges: what every branch changed since the split, never last writer wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from duban.engine.kernel.tasks import KernelTask, unpack

Path = tuple[str, ...]
Branches = Sequence[Mapping[str, Any]]

GONE: Final = object()
"""Stands for a key that is not there: deleting is a change like any other."""


class Conflict:
    """Branches changed one path to different values."""

    __slots__ = ("base", "path", "tasks", "values")

    def __init__(self, path: Path, base: Any, values: list[Any]) -> None:
        self.path = path
        self.base = base
        self.values = values
        """One value per branch, in the order of the branches; GONE where the key is not there."""
        self.tasks: list[list[KernelTask]] = []
        """The tasks that stand for each branch, when the merge went along the tree."""


def merge3(base: Mapping[str, Any], branches: Branches) -> tuple[dict[str, Any], list[Conflict]]:
    """Return *base* with what every branch changed, and the paths where they disagree.

    A key that nobody changed keeps the base's value; changed by one branch, or by several to the same value, it
    has the new value; mappings are merged key by key; anything else is a conflict. A value that only one branch
    holds is taken as it is, so the branches must not be used afterwards.
    """
    conflicts: list[Conflict] = []
    return _merge(base, branches, (), conflicts), conflicts


def _merge(base: Mapping[str, Any], branches: Branches, path: Path, conflicts: list[Conflict]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in _keys(base, branches):
        old = base.get(key, GONE)
        values = [branch.get(key, GONE) for branch in branches]
        changes = _changes(old, values)
        if not changes:
            value = values[0] if values else old
        elif len(changes) == 1:
            value = changes[0]
        elif all(isinstance(change, dict) for change in changes) and (old is GONE or isinstance(old, dict)):
            inner: list[dict[str, Any]] = [value if isinstance(value, dict) else {} for value in values]
            value = _merge(old if isinstance(old, dict) else {}, inner, (*path, key), conflicts)
        else:
            conflicts.append(Conflict((*path, key), old, values))
            value = next(change for change in reversed(changes) if change is not GONE)
        if value is not GONE:
            merged[key] = value
    return merged


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


def same(left: Any, right: Any) -> bool:
    """Tell whether two data values are the same: 1, 1.0 and True are three values, at any depth."""
    if left is right:
        return True
    if type(left) is not type(right) or left != right:
        return False
    if isinstance(left, dict):
        return all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return all(map(same, left, right))
    return True


# -- along the tree -----------------------------------------------------------------------------------


def merge_tasks(
    tasks: Sequence[KernelTask], value: Callable[[KernelTask], dict[str, Any]] = KernelTask.seen
) -> tuple[dict[str, Any], list[Conflict]]:
    """Return the merged data of *tasks* of one workflow, each pair of branches against its own split.

    The deepest splits first: one flat merge against the outermost split would take what was written before
    a later split for a change of all branches behind it, and report conflicts that are none.
    """
    conflicts: list[Conflict] = []
    merged = _along([_chain(task) for task in tasks], 0, value, conflicts)
    return merged, conflicts


def _chain(task: KernelTask) -> list[KernelTask]:
    tasks = task.workflow.tasks
    chain = [task]
    while (parent := tasks.get(chain[-1]._parent)) is not None:
        chain.append(parent)
    chain.reverse()
    return chain


def _along(
    chains: list[list[KernelTask]],
    level: int,
    value: Callable[[KernelTask], dict[str, Any]],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    first = chains[0]
    if len(chains) == 1:
        return value(first[-1])
    while all(chain[level] is first[level] for chain in chains):
        level += 1
    branches: dict[int, list[list[KernelTask]]] = {}
    for chain in chains:
        branches.setdefault(chain[level].id, []).append(chain)
    split = first[level - 1] if level else None
    base = {} if split is None else unpack(split.box())
    merged, found = merge3(base, [_along(group, level + 1, value, conflicts) for group in branches.values()])
    for conflict in found:
        conflict.tasks = [[chain[-1] for chain in group] for group in branches.values()]
    conflicts.extend(found)
    return merged
