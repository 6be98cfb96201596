"""Moving limits: a named timer that waits is counted again when what its limit reads is written.

SpiffWorkflow counts once, when a timer begins to wait. Here an extension that a step inside the activity writes,
or a new year's calendar, moves the time; the task, its arming instant and everything else stay as they are.

A timer hears what is written in its world: the case, or the instance of a multi-instance or the called process
around it, sub-processes included. What it hears it knows beside the data of its own token, which stay those
with which its activity began: its path must not take the changes of others for its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duban.engine.kernel.element import clear_stuck, view
from duban.engine.kernel.running import ASLEEP, DUE, due_of, instant, micros, moves, name_of, since
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import WAITING, KernelTask, pack, unpack
from duban.engine.kernel.writes import Write
from duban.engine.timers import Timer
from duban.model.facts import Kind


def recount(case: Any, *, everything: bool = False) -> None:
    """Count again the timers that this step's writes concern; with *everything*, all that can move."""
    writes: list[Write] = case.writes
    case.writes = []
    if not writes and not everything:
        return
    timers = [task for instance in case.instances() for task in instance.live.values() if _waits(task)]
    if not timers:
        _forget(case)
        return
    concerned = timers if everything else _concerned(timers, writes)
    for task in sorted(concerned, key=lambda task: task.id):
        try:
            count_again(task)
        except Stuck as stuck:
            if not task.is_stuck:
                task.stick(stuck)


def _waits(task: KernelTask) -> bool:
    return task._state == WAITING and bool(task.internal_data) and moves(task)


def _concerned(timers: list[KernelTask], writes: list[Write]) -> list[KernelTask]:
    """Return the timers that heard something that their times depend on."""
    written = {key for write in writes for key in (*write.data, *write.gone)}
    return [task for task in timers if (keys := _reads(task) & written) and _hear(task, keys, writes)]


def _reads(task: KernelTask) -> frozenset[str]:
    """Return the top-level keys that the time of a timer depends on."""
    names: frozenset[str] = task.task_spec.trigger.text.names
    name = name_of(task)
    return names if name is None else names | task.workflow.case.deadlines.reads(name)


def _hear(task: KernelTask, keys: frozenset[str], writes: list[Write]) -> bool:
    """Let the world of a timer keep what was written of *keys*; tell whether anything was."""
    world = world_of(task.workflow)
    number = since(task)[1]
    heard = False
    for write in writes:
        if write.after < number or keys.isdisjoint((*write.data, *write.gone)) or _world_of(write) is not world:
            continue
        heard = True
        for key in sorted(keys.intersection(write.data)):
            world.heard[key] = [write.after, unpack(pack(write.data[key]))]
        for key in sorted(keys.intersection(write.gone)):
            world.heard[key] = [write.after]
    return heard


def _world_of(write: Write) -> Any:
    """Return where a write is heard; None: it stays within an instance of a multi-instance."""
    loop = write.task.task_spec.loop
    return None if loop is not None and loop.isolates else world_of(write.task.workflow)


def world_of(instance: Any) -> Any:
    """Return the case, instance of a multi-instance or called process around a level, itself included."""
    while instance is not instance.case:
        spec = instance.task.task_spec
        if spec.isolates or (spec.loop is not None and spec.loop.isolates):
            return instance
        instance = instance.task.workflow
    return instance


def _forget(case: Any) -> None:
    for instance in case.instances():
        instance.heard = {}


def _known(task: KernelTask) -> Mapping[str, Any]:
    """Return what a timer knows: the data of its token, and what it has heard since it was armed."""
    seen = view(task)
    heard = world_of(task.workflow).heard
    if not heard:
        return seen
    number = since(task)[1]
    known = dict(seen)
    for key, (after, *value) in heard.items():
        if after < number:
            continue
        if value:
            known[key] = value[0]
        else:
            known.pop(key, None)
    return known


def count_again(task: KernelTask) -> None:
    """Compute when a timer fires, from the instant at which it was armed; nothing is restarted.

    Raises:
        Stuck: It cannot be computed (its time stands), or nothing would end a token's wait any more.
    """
    known = _known(task)
    armed, _ = since(task)
    timer: Timer = task.task_spec.counted(task, known, instant(armed))
    at = None if _comes_too_late(task, timer, known) else timer.at
    if DUE not in task.internal_data:
        _wake(task, timer, at)
    elif at is None:
        _sleep(task, timer)
    else:
        _move(task, timer, at)
    if task.is_stuck:
        clear_stuck(task)
        task.workflow.case.record.settle(task, {"counted": True})


def _comes_too_late(task: KernelTask, timer: Timer, known: Mapping[str, Any]) -> bool:
    """Tell whether it would only warn of what has passed."""
    case = task.workflow.case
    if not timer.warning or timer.name is None or timer.at is None or timer.at > case.now:
        return False
    end = case.deadlines.resolve(timer.name, known, instant(since(task)[0])).at
    return end is not None and end <= case.now


def _wake(task: KernelTask, timer: Timer, at: datetime | None) -> None:
    """Let a sleeping timer run if it has a time; one that has fired, if that time is to come."""
    notes = task.internal_data
    name, armed, number, spent = notes[ASLEEP]
    if at is None or (spent is not None and at <= task.workflow.case.now):
        notes[ASLEEP][0] = timer.name or name
        return
    del notes[ASLEEP]
    notes[DUE] = [micros(at), timer.name, int(timer.warning), armed, number]
    task.workflow.case.record.arm(due_of(task, timer.why))


def _sleep(task: KernelTask, timer: Timer) -> None:
    notes = task.internal_data
    due = notes.pop(DUE)
    notes[ASLEEP] = [timer.name or due[1], *due[3:], None]
    task.workflow.case.record.disarm(task, Kind.TIMER_CANCELLED, due[1], why=timer.why)
    task.task_spec.never(task, timer)


def _move(task: KernelTask, timer: Timer, at: datetime) -> None:
    due = task.internal_data[DUE]
    before, now = due[:3], [micros(at), timer.name, int(timer.warning)]
    if now != before:
        due[:3] = now
        task.workflow.case.record.move(due_of(task, timer.why), instant(before[0]))
