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
