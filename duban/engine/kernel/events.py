"""Events that wait: for timers, messages, signals, conditions, and beside activities also for errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from duban.engine.kernel.element import Element, evaluate, stuck_expression, view
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import FUTURE, WAITING, KernelTask
from duban.engine.kernel.triggers import Trigger
from duban.engine.timers import Timer, arm
from duban.errors import BureauError
from duban.model.facts import Kind
from duban.model.work import Due

DUE: Final = "d"
"""Key in a task's notes: [microseconds since 1970, named deadline or None, 1 for a warning]."""
CYCLE: Final = "c"
"""Key in a task's notes: [firings left or None, period in microseconds]."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Catching(Element):
    """An event that waits: start, intermediate catch, receive task."""

    trigger: Trigger

    def _update(self, my_task: KernelTask) -> None:
        my_task.inherit()
        if self.trigger.kind == "none":
            my_task._ready()
            return
        my_task._set_state(WAITING)
        if self.trigger.kind == "timer":
            self.arm(my_task)
        elif self.trigger.kind == "conditional":
            self.ask(my_task)

    def arm(self, my_task: KernelTask) -> None:
        """Compute when the timer fires."""
        case = my_task.workflow.case
        text = self.trigger.text
        if text is None:
            raise Stuck("expression", "the timer has no text")
        try:
            timer = arm(text, view(my_task), case.now, case.deadlines)
        except BureauError as error:
            raise stuck_expression(text, error) from error
        if timer.at is None:
            self.never(my_task, timer)
        else:
            self.start_timer(my_task, timer, timer.at)

    def never(self, my_task: KernelTask, timer: Timer) -> None:
        """Meet a timer that does not apply: a token in the flow must not wait for ever."""
        raise Stuck(
            "expression", f"{timer.name or 'the timer'} does not apply here, so nothing would ever end the wait"
        )

    def start_timer(self, my_task: KernelTask, timer: Timer, at: datetime) -> None:
        """Let the timer run."""
        my_task.internal_data[DUE] = [(at - _EPOCH) // _MICROSECOND, timer.name, int(timer.warning)]
        if timer.period is not None:
            my_task.internal_data[CYCLE] = [timer.left, timer.period // _MICROSECOND]
        my_task.workflow.case.record.arm(due_of(my_task, timer.why))

    def ask(self, my_task: KernelTask) -> None:
        """Fire when the condition holds."""
        if self.trigger.text is not None and evaluate(my_task, self.trigger.text):
            self.fire(my_task)

    def fire(self, my_task: KernelTask, payload: Any = None) -> None:
        """Let what was waited for happen."""
        self.before(my_task)
        self.take(my_task, payload)
        my_task._ready()

    def before(self, my_task: KernelTask) -> None:
        """Put in order what stands beside the event; an event gateway takes its other events away."""
        forget_timer(my_task)
        parent = my_task.parent
        if parent is not None and parent.task_spec.is_event_gateway:
            for sibling in parent.children:
                if sibling is not my_task and sibling._state == WAITING:
                    sibling.cancel()

    def take(self, my_task: KernelTask, payload: Any) -> None:
        """Keep what came with the event."""
        if payload is None or (payload == {} and self.trigger.variable is None):
            return
        written = {self.trigger.variable or self.element: payload}
        my_task.data.update(written)
        my_task.workflow.case.record.write(my_task, written)

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        due = my_task.internal_data.pop(DUE, None)
        if due is not None:
            my_task.workflow.case.record.disarm(my_task, Kind.TIMER_CANCELLED, due[1])

    @property
    def attached(self) -> str | None:
        """Id of the activity that the event sits on."""
        return None

    @property
    def interrupting(self) -> bool:
        """Tell whether firing ends what it sits on."""
        return False


class Start(Catching):
    """A start event: its process was started because of it, so the token passes."""

    def _update(self, my_task: KernelTask) -> None:
        my_task.inherit()
        my_task._ready()


class Boundary(Catching):
    """A boundary event; one that does not interrupt goes on waiting after it has fired."""

    is_boundary = True
    cancel_activity: bool
    host: Any
    """The spec of the activity that it sits on."""

    def never(self, my_task: KernelTask, timer: Timer) -> None:
        """Stay beside the activity without a time."""

    def before(self, my_task: KernelTask) -> None:
        due, cycle = forget_timer(my_task)
        if self.cancel_activity:
            for sibling in my_task.parent.children:
                if sibling is not my_task and (sibling.task_spec is self.host or sibling.task_spec.is_boundary):
                    sibling.cancel()
        else:
            wait_again(my_task, due, cycle)
        begin_branch(my_task)

    @property
    def attached(self) -> str | None:
        return self.host.element  # type: ignore[no-any-return]

    @property
    def interrupting(self) -> bool:
        return self.cancel_activity


class Split(Element):
    """Arms the boundary events of an activity, and takes them away when the activity is done."""

    def _on_complete(self, my_task: KernelTask) -> None:
        main, *events = [KernelTask(my_task.workflow, spec, my_task) for spec in self.outs]
        for event in events:  # armed before the activity does anything
            event.enter()
        if main._state == FUTURE:
            main.enter()

    def release(self, main: KernelTask) -> None:
        """Take away the events that wait beside *main*."""
        parent = main.parent
        if parent is None or parent.task_spec is not self:
            return
        for sibling in parent.children:
            if sibling.task_spec.is_boundary and sibling._state == WAITING:
                sibling.cancel()


class Joined(Element):
    """SpiffWorkflow's join of boundary events: nothing leads here any more."""


def forget_timer(task: KernelTask) -> tuple[Any, Any]:
    """Remember that a timer fired; return what its notes said of its time and its cycle."""
    due = task.internal_data.pop(DUE, None)
    if due is not None:
        task.workflow.case.record.disarm(task, Kind.TIMER_FIRED, due[1], instant_of(due).isoformat())
    return due, task.internal_data.pop(CYCLE, None)


def begin_branch(task: KernelTask) -> None:
    """Let the branch of an event beside the flow begin now, not when its wait began."""
    case = task.workflow.case
    task.born = case.next_id()
    case.record.enter(task)


def wait_again(task: KernelTask, due: Any, cycle: Any) -> None:
    """Put a new wait in the place of one that fired and interrupted nothing.

    Messages, signals and escalations may come again (SpiffWorkflow swallows the second one); a cycle goes on
    until it has fired as often as drawn; a timer or condition fires once.
    """
    kind = task.task_spec.trigger.kind
    if kind == "conditional" or (kind == "timer" and (cycle is None or cycle[0] == 1)):
        return
    twin = KernelTask(task.workflow, task.task_spec, task.parent)
    twin._state = WAITING
    twin.packed = task.box()
    if cycle is not None:
        left, period = cycle
        twin.internal_data[CYCLE] = [None if left is None else left - 1, period]
        twin.internal_data[DUE] = [due[0] + period, *due[1:]]
        task.workflow.case.record.arm(due_of(twin, {}))


def instant_of(due: list[Any]) -> datetime:
    """Return the instant that a task's notes hold."""
    return _EPOCH + timedelta(microseconds=due[0])


def due_of(task: KernelTask, why: Mapping[str, Any]) -> Due:
    """Return the running timer of *task*."""
    spec = task.task_spec
    due = task.internal_data[DUE]
    return Due(
        task=task.id,
        element=spec.event_element,
        scope=task.scope,
        attached=spec.attached,
        at=instant_of(due),
        name=due[1],
        warning=bool(due[2]),
        why=why,
        interrupting=spec.interrupting,
    )


def waits(case: Any, kind: str) -> Iterator[KernelTask]:
    """Yield the tasks that wait for a *kind* of event, oldest first."""
    for task in case.all_live():
        if task._state == WAITING and task.task_spec.catches == kind and not task.is_stuck:
            yield task
