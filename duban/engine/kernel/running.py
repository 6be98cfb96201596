"""Running timers: what a waiting task's notes say of its time.

A timer that a diagram names (``deadline("X5.finish")``) can move, so its notes keep from when it counts and what
it has known since. One that does not apply, or that has fired beside its activity, sleeps: it wakes when what its
limit reads is written so that it (again) has a time to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from duban.engine.kernel.element import clear_stuck
from duban.engine.kernel.tasks import STUCK, WAITING, KernelTask
from duban.model.facts import Kind
from duban.model.work import Due

DUE: Final = "d"
"""Key in a task's notes: [microseconds since 1970, named deadline or None, 1 for a warning], and behind them, of a
timer that can move: [instant at which it was armed, number of the task that was armed]."""
ASLEEP: Final = "z"
"""Key in a task's notes: [named deadline or None, instant and task as above, instant at which it fired or None]."""
CYCLE: Final = "c"
"""Key in a task's notes: [firings left or None, period in microseconds]."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAIN: Final = 3
"""Items in the notes of a timer that never moves; those of earlier releases never do."""


def micros(at: datetime) -> int:
    """Return an instant as notes hold it."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """Return the instant that notes hold."""
    return _EPOCH + timedelta(microseconds=at)


def moves(task: KernelTask) -> bool:
    """Tell whether the task is a timer that can move, wake or fall asleep."""
    notes = task.internal_data
    return ASLEEP in notes or len(notes.get(DUE, ())) > _PLAIN


def name_of(task: KernelTask) -> str | None:
    """Return the deadline that a timer which can move is named by, as far as it is known."""
    notes = task.internal_data
    return notes[ASLEEP][0] if ASLEEP in notes else notes[DUE][1]  # type: ignore[no-any-return]


def since(task: KernelTask) -> tuple[int, int]:
    """Return the instant at which a timer that can move was armed, and the number of the task that was."""
    notes = task.internal_data
    _, armed, number = notes[ASLEEP][:3] if ASLEEP in notes else notes[DUE][2:]
    return armed, number


def due_of(task: KernelTask, why: Mapping[str, Any]) -> Due:
    """Return the running timer of *task*."""
    spec = task.task_spec
    due = task.internal_data[DUE]
    return Due(
        task=task.id,
        element=spec.event_element,
        scope=task.scope,
        attached=spec.attached,
        at=instant(due[0]),
        name=due[1],
        warning=bool(due[2]),
        why=why,
        interrupting=spec.interrupting,
    )


def forget_timer(task: KernelTask) -> tuple[Any, Any]:
    """Remember that a timer fired; return what its notes said of its time and its cycle."""
    due = task.internal_data.pop(DUE, None)
    if due is not None:
        record = task.workflow.case.record
        record.disarm(task, Kind.TIMER_FIRED, due[1], due=instant(due[0]).isoformat())
        if STUCK in task.internal_data:  # it could not be counted anew, so the time that it had stood
            clear_stuck(task)
            record.settle(task, {"fired": True})
    return due, task.internal_data.pop(CYCLE, None)


def wait_again(task: KernelTask, due: Any, cycle: Any) -> None:
    """Put a new wait in the place of one that fired and interrupted nothing.

    Messages, signals and escalations may come again (SpiffWorkflow swallows the second one); a cycle goes on
    until it has fired as often as drawn; a named deadline sleeps until it moves; any other timer, or a condition,
    fires once.
    """
    kind = task.task_spec.trigger.kind
    over = kind == "timer" and (cycle is None or cycle[0] == 1)
    if kind == "conditional" or (over and (due is None or len(due) <= _PLAIN)):
        return
    twin = KernelTask(task.workflow, task.task_spec, task.parent)
    twin._state = WAITING
    twin.packed = task.box()
    if over:
        twin.internal_data[ASLEEP] = [due[1], *due[_PLAIN:], due[0]]
    elif cycle is not None:
        left, period = cycle
        twin.internal_data[CYCLE] = [None if left is None else left - 1, period]
        twin.internal_data[DUE] = [due[0] + period, *due[1:]]
        task.workflow.case.record.arm(due_of(twin, {}))
