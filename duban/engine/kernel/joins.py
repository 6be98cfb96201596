"""Joins: tokens that wait for each other, merged three ways along the tree of their splits.

An arrival is a waiting task of the join that owns its branch's data and knows the flow it came by. So every
token that has not been consumed is live, whatever is forgotten of the past: SpiffWorkflow's joins read the
history of earlier rounds of a loop instead and fire early.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from duban.engine.kernel.element import Element, evaluate
from duban.engine.kernel.gateways import Choosing
from duban.engine.kernel.merge import GONE, Conflict, merge_tasks
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import COMPLETED, WAITING, KernelTask

VIA: Final = "v"
"""Key in an arrival's notes: number of the join's input by which it came."""


class Join(Element):
    """What all joins have in common."""

    inputs_by_name: dict[str, int]
    """Name of the spec before the join to the number of the input."""
    flows: tuple[str, ...]
    """Id of the sequence flow of each input."""

    def _update(self, my_task: KernelTask) -> None:
        if my_task._state != WAITING:
            self.arrive(my_task)
        if not self.looks_around:
            self.look(my_task.workflow)

    def arrive(self, my_task: KernelTask) -> None:
        """Wait for the others."""
        my_task.inherit()
        my_task.internal_data[VIA] = self.inputs_by_name[my_task.parent.task_spec.name]
        my_task._set_state(WAITING)
        if self.looks_around:
            my_task.workflow.case.joins[my_task.id] = my_task

    def arrivals(self, workflow: Any) -> list[KernelTask]:
        """Return what waits at this join, oldest first."""
        return [t for t in workflow.live.values() if t.task_spec is self and t._state == WAITING]

    def choosable(self, my_task: KernelTask) -> list[KernelTask]:
        """Return the tasks whose data a person chooses between."""
        return self.arrivals(my_task.workflow)

    def look(self, workflow: Any) -> bool:
        """Fire if the arrivals suffice; tell whether it did."""
        arrivals = self.arrivals(workflow)
        if not arrivals or any(task.is_stuck for task in arrivals):
            return False
        used = self.complete_set(workflow, arrivals)
        if not used:
            return False
        winner = used[-1]
        try:
            data = merged(used)
        except Stuck as stuck:
            winner.stick(stuck)
            return False
        self.consume(used, winner)
        if data is not None:
            winner.data = data
        self.fire(winner)
        return True

    def consume(self, used: Sequence[KernelTask], winner: KernelTask) -> None:
        """Make one token of the arrivals."""
        joins = winner.workflow.case.joins
        for task in used:
            joins.pop(task.id, None)
            if task is not winner:
                task._set_state(COMPLETED)
        winner.internal_data.pop(VIA, None)

    def fire(self, winner: KernelTask) -> None:
        """Let the one token go on."""
        winner._ready()

    def complete_set(self, workflow: Any, arrivals: Sequence[KernelTask]) -> list[KernelTask]:
        """Return the arrivals to merge now, oldest first; none while the join must wait."""
        raise NotImplementedError

    def retry(self, my_task: KernelTask) -> None:
        if my_task._state == WAITING:
            self.look(my_task.workflow)
        else:
            super().retry(my_task)

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        my_task.workflow.case.joins.pop(my_task.id, None)


class Parallel(Join):
    """One token of every incoming flow, the oldest first; excess tokens go on waiting (BPMN 2.0, 13.4.1)."""

    looks_around = False

    def complete_set(self, workflow: Any, arrivals: Sequence[KernelTask]) -> list[KernelTask]:
        first = first_by_input(arrivals)
        return sorted(first.values(), key=_number) if len(first) == len(self.flows) else []


class Inclusive(Join, Choosing):
    """Waits for every token that can still come by an input that is empty (BPMN 2.0, 13.4.3), then chooses."""

    looks_around = True
    reach: tuple[frozenset[int], ...]
    """For each input, the specs from which a token can come to it without passing the join."""

    def complete_set(self, workflow: Any, arrivals: Sequence[KernelTask]) -> list[KernelTask]:
        first = first_by_input(arrivals)
        filled = [self.reach[number] for number in first]
        empty = [reach for number, reach in enumerate(self.reach) if number not in first]
        for task in workflow.live.values():
            spec = task.task_spec
            if spec is self and task._state == WAITING:
                continue
            if _in_any(spec.index, empty) and not _in_any(spec.index, filled):
                return []
        return sorted(first.values(), key=_number)

    def _run(self, my_task: KernelTask) -> bool | None:
        chosen = [spec for condition, spec in self.choices if evaluate(my_task, condition)]
        if not chosen and self.default is not None:
            chosen = [self.default]
        if not chosen:
            raise self.no_flow(my_task)
        for spec in chosen:
            KernelTask(my_task.workflow, spec, my_task)
        return True


class EndJoin(Join):
    """The end of a process: reached when no token is left anywhere in it."""

    looks_around = True

    def complete_set(self, workflow: Any, arrivals: Sequence[KernelTask]) -> list[KernelTask]:
        for task in workflow.live.values():
            if task.task_spec is not self and not task.task_spec.is_event_scope:
                return []
            if task._state != WAITING:
                return []
        return list(arrivals)

    def fire(self, winner: KernelTask) -> None:
        winner._set_state(COMPLETED)
        self.finish(winner.workflow, winner.data)

    def finish(self, workflow: Any, data: dict[str, Any]) -> None:
        """End the process with *data*."""
        workflow.completed = True
        workflow.cancel_live()
        if workflow is workflow.case:
            workflow.final = {**workflow.objects, **data}
        else:
            workflow.task.task_spec.ended(workflow.task, workflow, data)


class PassThrough(Element):
    """A gateway with one incoming flow, or a parallel split: nothing to wait for."""


class InclusiveSplit(Choosing):
    """An inclusive gateway with one incoming flow."""

    _run = Inclusive._run


def first_by_input(arrivals: Iterable[KernelTask]) -> dict[int, KernelTask]:
    """Return the oldest arrival of each input."""
    first: dict[int, KernelTask] = {}
    for task in arrivals:
        first.setdefault(task.internal_data[VIA], task)
    return first


def merged(tasks: Sequence[KernelTask]) -> dict[str, Any] | None:
    """Return the merged data of *tasks*; None: there is but one and its data stays.

    Raises:
        Stuck: Branches changed one path to different values.
    """
    if len(tasks) == 1:
        return None
    data, conflicts = merge_tasks(tasks)
    if conflicts:
        raise stuck_conflict(conflicts)
    return data


def stuck_conflict(conflicts: Sequence[Conflict]) -> Stuck:
    """Return the incident of branches that changed the same thing differently."""
    paths = [".".join(conflict.path) for conflict in conflicts]
    return Stuck(
        "merge_conflict",
        f"parallel branches changed {', '.join(paths)} differently: choose a value for each",
        {"paths": [_told(conflict) for conflict in conflicts]},
    )


def _told(conflict: Conflict) -> dict[str, Any]:
    told: dict[str, Any] = {"path": list(conflict.path)}
    if conflict.base is not GONE:
        told["base"] = conflict.base
    told["values"] = [
        {"flow": _flow(tasks), **({} if value is GONE else {"value": value})}
        for value, tasks in zip(conflict.values, conflict.tasks, strict=True)
    ]
    return told


def _flow(tasks: Sequence[KernelTask]) -> str:
    """Return the flows by which a branch came, or where its tokens are."""
    return " ".join(dict.fromkeys(_came_by(task) for task in tasks))


def _came_by(task: KernelTask) -> str:
    via = task.internal_data.get(VIA)
    return task.task_spec.element if via is None else task.task_spec.flows[via]  # type: ignore[no-any-return]


def _in_any(spec: int, reaches: Iterable[frozenset[int]]) -> bool:
    return any(spec in reach for reach in reaches)


def _number(task: KernelTask) -> int:
    return task.id  # type: ignore[no-any-return]
