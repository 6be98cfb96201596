"""Pruning: history that no later step can need is forgotten at every save.

Kept are the live tasks and every branching point, a task with two or more kept branches below it: those are
exactly the bases of later merges and the splits whose events wait beside an activity.
"""

from __future__ import annotations

from typing import Any

from duban.engine.kernel.handed import move
from duban.engine.kernel.tasks import KernelTask


def prune(case: Any) -> None:
    """Forget what *case* does not need any more."""
    for instance in case.instances():
        if len(instance.tasks) > len(instance.live):
            prune_instance(instance)


def prune_instance(instance: Any) -> None:
    """Forget what one workflow does not need any more."""
    tasks: dict[int, KernelTask] = instance.tasks
    keep = set(instance.live) | _branching(tasks, instance.live)
    kept = {number: task for number, task in tasks.items() if number in keep}
    for task in kept.values():
        parent = task._parent
        while parent is not None and parent not in keep:
            skipped = tasks[parent]
            task.born = skipped.born
            move(skipped, task)
            parent = skipped._parent
        task._parent = parent
        task._children = []
    for number, task in kept.items():
        if task._parent is not None:
            kept[task._parent]._children.append(number)
    instance.tasks = kept


def _branching(tasks: dict[int, KernelTask], live: dict[int, KernelTask]) -> set[int]:
    """Return the inner nodes of the tree that the live tasks span, in one walk up from each."""
    below: dict[int, set[int]] = {}
    branching: set[int] = set()
    for number in live:
        child, parent = number, tasks[number]._parent
        while parent is not None:
            branches = below.get(parent)
            if branches is None:
                below[parent] = {child}
            else:
                if child not in branches:
                    branches.add(child)
                    branching.add(parent)
                break
            child, parent = parent, tasks[parent]._parent
    return branching
