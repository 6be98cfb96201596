"""Scopes: sub-processes, called processes, event sub-processes, and the ends that close them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from duban.engine.kernel.element import Element
from duban.engine.kernel.events import Catching, begin_branch
from duban.engine.kernel.handed import Path, forget, same
from duban.engine.kernel.joins import checked
from duban.engine.kernel.merge import merge_tasks
from duban.engine.kernel.running import DUE, forget_timer, wait_again
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import STARTED, KernelTask, pack
from duban.engine.kernel.throwing import Throwing
from duban.engine.kernel.workflow import Scope
from duban.engine.kernel.writes import Write, tell_chosen
from duban.engine.timers import Timer
from duban.errors import Refused

PAYLOAD: Final = "p"
"""Key in the notes of an event sub-process that waits for a choice: what came with its event."""


DEEPEST: Final = 50
"""Most scopes inside each other."""
MOST_SCOPES: Final = 1_200
"""Most scopes that run in one case at once."""


class SubProcess(Element):
    """An embedded sub-process or transaction: a scope of its own that starts with the token's data."""

    process: str
    """Id of the process that runs inside."""

    def _update(self, my_task: KernelTask) -> None:
        my_task.inherit()
        check_room(my_task)
        box = self.given(my_task)
        my_task._set_state(STARTED)
        self.open(my_task, box)

    def open(self, my_task: KernelTask, box: bytes) -> None:
        """Start what is inside."""
        case = my_task.workflow.case
        scope = Scope(case.processes[self.process], my_task)
        case.scopes[my_task.id] = scope
        scope.begin(box)

    def ended(self, my_task: KernelTask, scope: Any, data: dict[str, Any]) -> None:
        """Go on with what the scope's end brought."""
        del my_task.workflow.case.scopes[my_task.id]
        taken = self.taken(my_task, scope, data)
        if self.isolates:
            _tell(my_task, taken)
        my_task.data = taken
        my_task.complete()

    def given(self, my_task: KernelTask) -> bytes:
        """Return the data that the scope starts with."""
        return my_task.box()

    def taken(self, my_task: KernelTask, scope: Any, data: dict[str, Any]) -> dict[str, Any]:
        """Return the data that the token goes on with."""
        return data

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        scope = my_task.workflow.case.scopes.pop(my_task.id, None)
        if scope is not None:
            scope.completed = True
            scope.cancel_live()


def check_room(task: KernelTask) -> None:
    """Refuse one more scope where a process calls itself without end.

    Raises:
        Stuck: There are too many, inside each other or at once.
    """
    if task.workflow.depth >= DEEPEST:
        raise Stuck("endless", f"more than {DEEPEST} processes inside each other: one calls itself without end")
    if len(task.workflow.case.scopes) >= MOST_SCOPES:
        raise Stuck("endless", f"more than {MOST_SCOPES} sub-processes at once: wait until some have ended, then retry")


class Called(SubProcess):
    """A call activity: another process, given all data, or only the inputs that it declares."""

    inputs_wanted: tuple[str, ...]
    outputs_given: tuple[str, ...]
    isolates = True

    def given(self, my_task: KernelTask) -> bytes:
        if not self.inputs_wanted:
            return my_task.box()
        seen = my_task.seen()
        missing = [name for name in self.inputs_wanted if name not in seen]
        if missing:
            raise Stuck("expression", f"the called process {self.process} needs {', '.join(missing)} in the data")
        return pack({name: seen[name] for name in self.inputs_wanted})

    def taken(self, my_task: KernelTask, scope: Any, data: dict[str, Any]) -> dict[str, Any]:
        if not self.inputs_wanted and not self.outputs_given:
            return data
        names = self.outputs_given or tuple(data)
        return {**my_task.seen(), **{name: data[name] for name in names if name in data}}


def _tell(task: KernelTask, data: Mapping[str, Any]) -> None:
    """Let those who wait around a called process hear what came back from it."""
    before = task.seen()
    changed = {key: value for key, value in data.items() if key not in before or not same(before[key], value)}
    case = task.workflow.case
    case.writes.append(Write(case.last_id, task, changed, tuple(key for key in before if key not in data)))


class EventScope(Catching, SubProcess):
    """An event sub-process: waits beside the tokens of its process, keeps nothing open, and starts by its event."""

    is_event_scope = True
    cancel_activity: bool
    """Whether it replaces everything that runs in its process."""
    start_element: str
    """Id of its start event."""

    @property
    def event_element(self) -> str:
        return self.start_element

    @property
    def interrupting(self) -> bool:
        return self.cancel_activity

    def _update(self, my_task: KernelTask) -> None:
        Catching._update(self, my_task)

    def never(self, my_task: KernelTask, timer: Timer) -> None:
        """Go on waiting without a time."""

    def fire(self, my_task: KernelTask, payload: Any = None) -> None:
        if my_task.is_stuck and DUE not in my_task.internal_data:
            return  # it waits for a choice: a second error changes nothing, who threw it waits too
        due, cycle = forget_timer(my_task)
        if self.cancel_activity:
            try:
                self.replace(my_task, payload)
            except Stuck as stuck:
                my_task.internal_data[PAYLOAD] = payload
                my_task.stick(stuck)
            return
        wait_again(my_task, due, cycle)
        self.begin(my_task, payload)

    def replace(self, my_task: KernelTask, payload: Any) -> None:
        """Take every token of the process away and go on with what they had written."""
        tokens = [task for task in my_task.workflow.tokens() if task is not my_task]
        my_task.data = checked(merge_tasks(tokens or [my_task], last=True))
        tell_chosen(my_task)
        for task in list(my_task.workflow.live.values()):
            if task is not my_task:
                task.cancel()
        self.begin(my_task, payload)

    def begin(self, my_task: KernelTask, payload: Any) -> None:
        """Start what is inside."""
        begin_branch(my_task)
        self.take(my_task, payload)
        my_task._set_state(STARTED)
        self.open(my_task, my_task.box())

    def retry(self, my_task: KernelTask) -> None:
        if PAYLOAD not in my_task.internal_data:
            super().retry(my_task)
            return
        payload = my_task.internal_data[PAYLOAD]
        try:
            self.replace(my_task, payload)
        except Stuck as stuck:
            my_task.stick(stuck)
            return
        del my_task.internal_data[PAYLOAD]

    def choosable(self, my_task: KernelTask) -> Sequence[KernelTask]:
        """Return the tokens whose data a person chooses between; what ended tokens handed in may clash without any."""
        return [task for task in my_task.workflow.tokens() if task is not my_task] or [my_task]

    def chosen(self, my_task: KernelTask, paths: Sequence[Path]) -> None:
        for token in self.choosable(my_task):
            task: KernelTask | None = token
            while task is not None:
                forget(task, paths)
                task = task.parent

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        Catching.cancelled(self, my_task, before)
        SubProcess.cancelled(self, my_task, before)


class Root(Element):
    """SpiffWorkflow's Start: puts the first token down, and the event sub-processes beside it."""

    event_scopes: tuple[Any, ...]
    plain: Any
    """The start event where a token begins without a message: the one drawn so, else the only one, else None."""
    by_message: Mapping[str, Any]
    """Name of a message to the start event that it begins at."""

    def chosen(self, message: str | None) -> Any:
        """Return the start event for a case that *message* begins (None: a person, a rhythm or a caller does).

        Raises:
            Refused: There is none, for the process begins with one of several messages only.
        """
        start = self.plain if message is None else self.by_message.get(message, self.plain)
        if start is None:
            known = ", ".join(self.by_message)
            raise Refused(f"this process begins with one of the messages {known}: say with which")
        return start

    def begin(self, my_task: KernelTask, start: Any) -> None:
        """Put the first token on *start*."""
        workflow = my_task.workflow
        specs = (*self.event_scopes, start or self.chosen(None))
        tasks = [KernelTask(workflow, spec, my_task) for spec in specs]
        for task in tasks:
            task.enter()


class End(Throwing):
    """An end event."""

    main: bool
    """Reached by the main line, not only by tokens of events that interrupt nothing."""

    def _on_complete(self, my_task: KernelTask) -> None:
        workflow = my_task.workflow
        case = workflow.case
        ends_all = self.trigger.kind == "terminate"
        if workflow is case and (self.main or ends_all) and self.element not in case.ends:
            case.ends.append(self.element)
        if ends_all:
            workflow.spec.end.finish(workflow, my_task.data)
        else:
            super()._on_complete(my_task)
