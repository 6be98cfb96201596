"""Elements: what every prepared spec knows and does; the mixin in front of every class of SpiffWorkflow's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.engine.expressions import Expression, ExpressionError
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import FUTURE, READY, STUCK, WAITING, KernelTask
from duban.engine.kernel.values import plain
from duban.errors import BureauError


class Element:
    """A prepared spec: shared by all cases and never changed (``specs.kernelise`` fills the fields in).

    SpiffWorkflow predicts whole trees of possible tasks; here a task is made when its token comes.
    """

    element: str
    """Id in the diagram; for a round of a loop, the id of the activity."""
    index: int
    """Place in its process: how the stored state names it."""
    visible: bool
    """Drawn in the diagram."""
    holds_token: bool
    """False for a boundary event or event sub-process that only waits beside the tokens."""
    outs: tuple[Any, ...]
    """The specs that follow."""
    flows_in: Mapping[str, str]
    """Id of the element before to the id of the sequence flow that leads here from it."""
    loop: Any
    """The loop whose rounds run this spec, or None."""
    split: Any
    """The split that arms the boundary events of this activity, or None."""
    stores: tuple[str, ...]
    """Data objects that take over a value of the same name when the element is done."""
    manual: bool
    bpmn_name: str | None
    catches: str = ""
    """What kind of event ends its waiting."""
    looks_around: bool = False
    """A join that must be asked again when other tokens move."""
    ends_process = False
    """The join at the end of a process."""
    is_boundary = False
    is_event_gateway = False
    ends_otherwise = False
    """An event gateway with another event than timers: what follows may wait without a time."""
    isolates = False
    """What is written inside stays inside: a called process; a loop whose rounds have data of their own."""
    is_event_scope = False
    """An event sub-process."""

    @property
    def event_element(self) -> str:
        """Id of the event that a timer of this spec belongs to."""
        return self.element

    def __setattr__(self, name: str, value: object) -> None:
        if self.__dict__.get("sealed"):
            raise TypeError(f"{self.element}.{name}: a prepared spec is shared by all cases and never changes")
        super().__setattr__(name, value)

    def _update(self, my_task: KernelTask) -> None:
        """Let a token arrive."""
        my_task.inherit()
        my_task._ready()

    def _run(self, my_task: KernelTask) -> bool | None:
        """Do the element's work; True when it is done, None when it waits."""
        return True

    def _on_complete(self, my_task: KernelTask) -> None:
        """Let the token go on."""
        workflow = my_task.workflow
        if self.stores:
            store_objects(my_task, self.stores)
        if self.split is not None:
            self.split.release(my_task)
        if self.loop is not None:
            self.loop.round_done(my_task)
            return
        if not my_task._children:
            for spec in self.outs:
                KernelTask(workflow, spec, my_task)
        for number in tuple(my_task._children):
            child = workflow.tasks[number]
            if child._state == FUTURE:
                child.enter()

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        """Clear up after a token was taken away; *before* is the state in which it was."""

    def retry(self, my_task: KernelTask) -> None:
        """Do again what a person has settled."""
        if my_task._state == WAITING:
            my_task.enter()
        elif my_task._state == READY:
            my_task.workflow.case.queue.append(my_task)


def store_objects(task: KernelTask, names: tuple[str, ...]) -> None:
    """Move what the task wrote for data objects to where they are drawn; all tokens of that scope see them there."""
    for name in names:
        if name not in task.seen():
            continue
        instance = task.workflow
        while name not in instance.objects:
            instance = instance.task.workflow
        instance.objects[name] = task.data.pop(name)
        task.workflow.case.objects_changed = True


def objects_seen(task: KernelTask) -> dict[str, Any]:
    """Return the data objects that *task* can see, inner ones in front of outer ones."""
    instance = task.workflow
    seen: dict[str, Any] = dict(instance.objects)
    while instance is not instance.case:
        instance = instance.task.workflow
        seen = {**instance.objects, **seen}
    return seen


def view(task: KernelTask) -> dict[str, Any]:
    """Return everything that *task* sees: the data objects and, in front of them, its own data."""
    objects = objects_seen(task)
    return {**objects, **task.seen()} if objects else task.seen()


def evaluate(task: KernelTask, expression: Expression, extra: Mapping[str, Any] | None = None) -> Any:
    """Return the value of *expression* for *task*.

    Raises:
        Stuck: It has none.
    """
    try:
        return expression.evaluate(view(task), extra)
    except BureauError as error:
        raise stuck_expression(expression, error) from error


def stuck_expression(expression: Expression, error: BureauError) -> Stuck:
    """Return the incident of an expression that has no value."""
    detail: dict[str, Any] = {"expression": expression.text}
    if isinstance(error, ExpressionError):
        detail["offset"] = error.offset
    return Stuck("expression", f"{expression.text}: {error}", detail)


def stored(value: Any) -> Any:
    """Return a copy of what an expression, table or handler gave.

    Raises:
        Stuck: No case can store it.
    """
    try:
        return plain(value)
    except ValueError as error:
        raise Stuck("expression", str(error)) from error


def clear_stuck(task: KernelTask) -> None:
    """Forget that the task was an incident."""
    task.internal_data.pop(STUCK, None)
