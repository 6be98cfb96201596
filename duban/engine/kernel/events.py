"""Events that wait: for timers, messages, signals, conditions, and beside activities also for errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from duban.engine.kernel.element import Element, evaluate, stuck_expression, view
from duban.engine.kernel.moving import count_again
from duban.engine.kernel.running import ASLEEP, CYCLE, DUE, due_of, forget_timer, micros, moves, wait_again
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import FIRED, FUTURE, WAITING, KernelTask
from duban.engine.kernel.triggers import Trigger
from duban.engine.timers import Timer, arm
from duban.errors import BureauError
from duban.model.facts import Kind


class Catching(Element):
    """An event that waits: start, intermediate catch, receive task."""

    trigger: Trigger
    kept_as: str | None = None
    """Of an event that interrupts nothing and may come again: key under which it keeps what came with it."""

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
        """Compute when the timer fires; anew, from the instant at which it was armed, when that has failed before."""
        if moves(my_task):
            count_again(my_task)
            return
        timer = self.counted(my_task, view(my_task), my_task.workflow.case.now)
        if timer.at is None:
            self.never(my_task, timer)
            if self.trigger.moves:
                my_task.internal_data[ASLEEP] = [timer.name, micros(my_task.workflow.case.now), my_task.id, None]
        else:
            self.start_timer(my_task, timer, timer.at)

    def counted(self, my_task: KernelTask, data: Mapping[str, Any], now: datetime) -> Timer:
        """Return the timer that the text means over *data*, *now*.

        Raises:
            Stuck: It means none.
        """
        text = self.trigger.text
        if text is None:
            raise Stuck("expression", "the timer has no text")
        try:
            return arm(text, data, now, my_task.workflow.case.deadlines)
        except BureauError as error:
            raise stuck_expression(text, error) from error

    def never(self, my_task: KernelTask, timer: Timer) -> None:
        """Meet a timer that does not apply: a token in the flow must not wait for ever, so another event must end it.

        Raises:
            Stuck: Nothing else would.
        """
        parent = my_task.parent
        if parent is None or not parent.task_spec.ends_otherwise:
            raise Stuck(
                "expression", f"{timer.name or 'the timer'} does not apply here, so nothing would ever end the wait"
            )

    def start_timer(self, my_task: KernelTask, timer: Timer, at: datetime) -> None:
        """Let the timer run."""
        case = my_task.workflow.case
        due = my_task.internal_data[DUE] = [micros(at), timer.name, int(timer.warning)]
        if self.trigger.moves and timer.period is None:
            due += [micros(case.now), my_task.id]
        if timer.period is not None:
            my_task.internal_data[CYCLE] = [timer.left, timer.period // timedelta(microseconds=1)]
        case.record.arm(due_of(my_task, timer.why))

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
        my_task.internal_data.pop(ASLEEP, None)
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


def begin_branch(task: KernelTask) -> None:
    """Let the branch of an event beside the flow begin now, not when its wait began."""
    case = task.workflow.case
    task.born = case.next_id()
    key = task.task_spec.kept_as
    if key is not None:
        task.internal_data[FIRED] = {**task.internal_data.get(FIRED, {}), key: task.born}
    case.record.enter(task)


def waits(case: Any, kind: str) -> Iterator[KernelTask]:
    """Yield the tasks that wait for a *kind* of event, oldest first."""
    for task in case.all_live():
        if task._state == WAITING and task.task_spec.catches == kind and not task.is_stuck:
            yield task
