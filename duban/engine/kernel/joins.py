"""Joins: tokens that wait for each other, merged three ways along the tree of their splits.

An arrival is a waiting task of the join that owns its branch's data and knows the flow it came by. So every
token that has not been consumed is live, whatever is forgotten of the past: SpiffWorkflow's joins read the
history of earlier rounds of a loop instead and fire early.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from duban.engine.kernel.element import Element, evaluate
from duban.engine.kernel.gateways import Choosing
from duban.engine.kernel.handed import GONE, Path, forget, hand_in, move
from duban.engine.kernel.merge import VIA, Conflict, Merged, came_by, merge_tasks
from duban.engine.kernel.prune import prune_instance
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import COMPLETED, STARTED, WAITING, KernelTask
from duban.engine.kernel.writes import tell_chosen


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
            data = self.merged(used)
        except Stuck as stuck:
            winner.stick(stuck)
            return False
        self.consume(used, winner)
        winner.data = data
        tell_chosen(winner)
        self.fire(winner)
        return True

    def complete_set(self, workflow: Any, arrivals: Sequence[KernelTask]) -> Sequence[KernelTask]:
        """Return the arrivals to merge now, oldest first; none while the join must wait."""
        raise NotImplementedError

    def merged(self, used: Sequence[KernelTask]) -> dict[str, Any]:
        """Return what the arrivals know together.

        Raises:
            Stuck: Branches changed one path to different values.
        """
        return used[0].data if len(used) == 1 else checked(merge_tasks(used))

    def consume(self, used: Sequence[KernelTask], winner: KernelTask) -> None:
        """Make one token of the arrivals; it carries what was handed in on their ways."""
        if winner.workflow.has_handed:
            prune_instance(winner.workflow)
        for task in used:
            task.workflow.case.joins.pop(task.id, None)
            if task is not winner:
                move(task, winner)
                task._set_state(COMPLETED)
        winner.internal_data.pop(VIA, None)

    def fire(self, winner: KernelTask) -> None:
        """Let the one token go on."""
        winner._ready()

    def choosable(self, my_task: KernelTask) -> Sequence[KernelTask]:
        """Return the tokens whose data a person chooses between."""
        return self.arrivals(my_task.workflow)

    def chosen(self, my_task: KernelTask, paths: Sequence[Path]) -> None:
        """Clear up after a person has chosen what stands at *paths*."""

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
    """The end of a process: reached when no token is left anywhere in it.

    What ends earlier hands in what it changed, so that no arrival waits here for years.
    """

    looks_around = True
    ends_process = True

    def complete_set(self, workflow: Any, arrivals: Sequence[KernelTask]) -> Sequence[KernelTask]:
        last = 0 if any(self._goes_on(task) for task in workflow.live.values()) else 1
        for task in arrivals[: len(arrivals) - last]:
            self.hand_in(workflow, task)
        return arrivals[-1:] if last else ()

    def _goes_on(self, task: KernelTask) -> bool:
        spec = task.task_spec
        return spec is not self and (spec.holds_token or task._state == STARTED)

    def hand_in(self, workflow: Any, task: KernelTask) -> None:
        """Let an ended token leave what it changed, and go."""
        prune_instance(workflow)  # now its parent is where it parted from those that go on
        hand_in(task, came_by(task))
        workflow.case.joins.pop(task.id, None)
        task._set_state(COMPLETED)

    def merged(self, used: Sequence[KernelTask]) -> dict[str, Any]:
        return checked(merge_tasks(used, last=True))

    def chosen(self, my_task: KernelTask, paths: Sequence[Path]) -> None:
        task: KernelTask | None = my_task
        while task is not None:
            forget(task, paths)
            task = task.parent

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


def checked(merged: Merged) -> dict[str, Any]:
    """Return merged data.

    Raises:
        Stuck: Branches changed one path to different values.
    """
    if merged.conflicts:
        paths = ", ".join(".".join(conflict.path) for conflict in merged.conflicts)
        raise Stuck(
            "merge_conflict",
            f"parallel branches changed {paths} differently: choose a value for each",
            {"paths": [_told(conflict) for conflict in merged.conflicts]},
        )
    for task in merged.heard:
        task.handed = []
    return merged.data


def _told(conflict: Conflict) -> dict[str, Any]:
    told: dict[str, Any] = {"path": list(conflict.path)}
    if conflict.base is not GONE:
        told["base"] = conflict.base
    told["values"] = [
        {"flow": flow, **({} if value is GONE else {"value": value})}
        for flow, value in zip(conflict.flows, conflict.values, strict=True)
    ]
    return told


def _in_any(spec: int, reaches: Iterable[frozenset[int]]) -> bool:
    return any(spec in reach for reach in reaches)


def _number(task: KernelTask) -> int:
    return task.id  # type: ignore[no-any-return]
