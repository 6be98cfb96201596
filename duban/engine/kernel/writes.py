"""Writes: what the tasks of a step wrote, in order, for those who wait to hear it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from duban.engine.kernel.tasks import KernelTask


class Write(NamedTuple):
    """What one task wrote in this step."""

    after: int
    """Number of the case's last task when it was written: timers with higher numbers were armed knowing it."""
    task: KernelTask
    data: Mapping[str, Any]
    gone: tuple[str, ...]


def tell_chosen(task: KernelTask) -> None:
    """Let those who wait hear what stands at *task* where a person has just chosen between branches."""
    case = task.workflow.case
    if not case.chosen:
        return
    data = task.data
    told = {key: data[key] for key in sorted(case.chosen) if key in data}
    case.writes.append(Write(case.last_id, task, told, tuple(sorted(case.chosen - data.keys()))))
    case.chosen = frozenset()
