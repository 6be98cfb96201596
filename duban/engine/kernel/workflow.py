"""Workflows: a case and the scopes inside it, run from a queue of ready tasks instead of walks through history."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from duban.api import Deadlines
from duban.engine.kernel.moving import recount
from duban.engine.kernel.record import Record
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import COMPLETED, FUTURE, READY, WAITING, KernelTask
from duban.engine.kernel.writes import Write

MOST_STEPS: Final = 10_000
"""Most tasks that may run without anybody's help: a loop without any waiting in it is stopped here."""


class Instance:
    """What a case and a scope have in common: tasks, the live ones, data objects and correlation values."""

    case: Case
    path: str
    spec: Any
    tasks: dict[int, KernelTask]
    live: dict[int, KernelTask]
    objects: dict[str, Any]
    established: dict[str, Any]
    completed: bool
    has_handed: bool
    heard: dict[str, list[Any]]

    def _lay(self, spec: Any) -> None:
        self.spec = spec
        self.tasks = {}
        self.live = {}
        self.objects = {}
        """Data object to value, of the objects that are drawn in this process."""
        self.established = {}
        """Correlation property to the value that a message thrown here established."""
        self.heard = {}
        """Key to [number of the last task when it was written, value (none: deleted)], of what waiting timers read."""
        self.completed = False
        self.has_handed = False
        """Whether ended tokens may have handed something in."""

    def begin(self, box: bytes, start: Any = None) -> None:
        """Put the first token on *start*, else on the start event of those that begin without a message."""
        self.objects = dict.fromkeys(self.spec.data_objects)
        root = KernelTask(self, self.spec.start, None, FUTURE)
        root.packed = box
        root._set_state(COMPLETED)
        root.task_spec.begin(root, start)

    def cancel_live(self) -> None:
        """Take every token away."""
        for task in list(self.live.values()):
            task.cancel()

    def tokens(self) -> list[KernelTask]:
        """Return the live tasks that hold a token of the process itself (not waits, not loop instances)."""
        return [
            task
            for task in self.live.values()
            if task.task_spec.holds_token and not (task._parent in self.live and task.triggered)
        ]


class Case(Instance, BpmnWorkflow):
    """A whole case: the process that it started, its scopes, and the step that is being done."""

    def __init__(self, spec: Any, processes: Mapping[str, Any]) -> None:
        self._lay(spec)
        self.case = self
        self.path = ""
        self.processes = processes
        self.scopes: dict[int, Scope] = {}
        """Running scopes by the number of their parent task."""
        self.last_id = 0
        self.queue: deque[KernelTask] = deque()
        self.joins: dict[int, KernelTask] = {}
        """Arrivals at joins that must look at the other tokens: asked again whenever nothing else can move."""
        self.ends: list[str] = []
        """Ids of the end events reached at the top, in order."""
        self.final: dict[str, Any] = {}
        """The case's data once it is over."""
        self.opened: dict[bytes, dict[str, Any]] = {}
        """Boxes that somebody read in this step, unpacked."""
        self.objects_changed = False
        self.writes: list[Write] = []
        """What this step wrote and the waiting timers have not heard yet."""
        self.chosen: frozenset[str] = frozenset()
        """Keys for which a person has just chosen what stands."""
        self.record: Record
        self.now: datetime
        self.deadlines: Deadlines
        self._steps = 0

    def begin_step(self, now: datetime, deadlines: Deadlines, record: Record) -> None:
        """Begin a step: from now on it is *now*, and what happens goes into *record*."""
        self.now = now
        self.deadlines = deadlines
        self.record = record
        self.opened = {}
        self.writes = []
        self.chosen = frozenset()

    def next_id(self) -> int:
        """Return the next task number of this case."""
        self.last_id += 1
        return self.last_id

    def instances(self) -> Iterator[Instance]:
        """Yield the case and its running scopes, outer ones first."""
        yield self
        yield from self.scopes.values()

    def all_live(self) -> list[KernelTask]:
        """Return every live task, oldest first."""
        if not self.scopes:
            return list(self.live.values())
        live = [task for instance in self.instances() for task in instance.live.values()]
        live.sort(key=lambda task: task.id)
        return live

    def find(self, task: int) -> KernelTask | None:
        """Return the live task with this number."""
        for instance in self.instances():
            found = instance.live.get(task)
            if found is not None:
                return found
        return None

    def drain(self) -> None:
        """Let every token go as far as it can without anybody's help."""
        self._steps = 0
        queue = self.queue
        while True:
            while queue:
                self._run(queue.popleft())
            if self.objects_changed:
                self._ask_conditions()
            elif not self._look_at_joins():
                break
        recount(self)

    def _run(self, task: KernelTask) -> None:
        if task._state != READY or task.is_stuck:
            return
        self._steps += 1
        if self._steps > MOST_STEPS:
            task.stick(_endless())
            return
        try:
            task.run()
        except Stuck as stuck:
            task.stick(stuck)

    def _ask_conditions(self) -> None:
        """Ask the waits for a condition again: data objects are all that can change under a waiting token."""
        self.objects_changed = False
        for task in self.all_live():
            if task._state == WAITING and task.task_spec.catches == "conditional" and not task.is_stuck:
                task.enter()

    def _look_at_joins(self) -> bool:
        """Ask the waiting joins whether they can fire now; tell whether one did.

        Gateways come before the ends of processes, and whoever was reached first of those that were reached last:
        so two tokens that one signal moves end in the order in which they heard it.
        """
        reached = {(id(task.workflow), task.task_spec.index): task for task in self.joins.values()}
        for task in sorted(reached.values(), key=lambda task: (task.task_spec.ends_process, task.id)):
            if task.id in self.joins and task.task_spec.look(task.workflow):
                return True
        return False


class Scope(Instance, BpmnSubWorkflow):
    """A running sub-process or called process."""

    def __init__(self, spec: Any, task: KernelTask) -> None:
        self._lay(spec)
        self.task = task
        """The task that waits for it."""
        self.parent_task_id = task.id
        self.case = self.top_workflow = task.workflow.case
        self.path = task.label
        self.depth = task.workflow.depth + 1
        """How many scopes are around it, itself included."""


def _endless() -> Stuck:
    return Stuck(
        "endless",
        f"more than {MOST_STEPS} steps without waiting for anybody: the diagram turns in a circle here; "
        "correct the condition that should leave the loop, then retry",
    )
