"""Messages: which waiting token a message is for.

A wait expects a value of each correlation property of its message: what an earlier message thrown in its scope
established, else what stands in the waiting token's own data, else what an outer scope established. A wait
inside a multi-instance or called process is only ended by a message that names it; SpiffWorkflow gives a
message to every instance that has not thrown one yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from duban.engine.kernel.element import view
from duban.engine.kernel.events import waits
from duban.engine.kernel.handed import same
from duban.engine.kernel.scopes import Called
from duban.engine.kernel.tasks import INSTANCE, KernelTask
from duban.engine.kernel.throwing import correlation_of, value_of
from duban.engine.kernel.triggers import Trigger
from duban.errors import AmbiguousMessage, NotWaiting
from duban.model.calls import Message

_UNKNOWN: Final = object()


def receiver(case: Any, message: Message) -> KernelTask:
    """Return the task that waits for *message*.

    Raises:
        NotWaiting: None does.
        AmbiguousMessage: Several do, and it names none of them.
    """
    named = [task for task in waits(case, "message") if task.task_spec.trigger.name == message.name]
    fitting = [task for task in named if _fits(task, message)]
    if not fitting:
        raise _refusal(named, message)
    first = fitting[0]
    if any(not _interchangeable(first, task) for task in fitting[1:]):
        places = ", ".join(_place(task) for task in fitting)
        raise AmbiguousMessage(
            f"message {message.name!r} could be for {places}; add the correlation keys that tell them apart"
        )
    return first


def expected(task: KernelTask) -> dict[str, Any]:
    """Return correlation property to the value that a waiting task expects, as far as it is known."""
    trigger: Trigger = task.task_spec.trigger
    seen = view(task)
    own = dict(trigger.own)
    known: dict[str, Any] = {}
    for name, where in trigger.properties:
        value = task.workflow.established.get(name, _UNKNOWN)
        if value is _UNKNOWN and name in own:
            value = value_of(own[name], seen)
        if value is _UNKNOWN or value is None:
            value = seen.get(name, value_of(where, seen))
        if value is None:
            value = _established_outside(task, name)
        if value is not None:
            known[name] = value
    for name, where in trigger.own:
        if name not in known and (value := value_of(where, seen)) is not None:
            known[name] = value
    return known


def _established_outside(task: KernelTask, name: str) -> Any:
    instance = task.workflow
    while instance is not instance.case:
        instance = instance.task.workflow
        if name in instance.established:
            return instance.established[name]
    return None


def _fits(task: KernelTask, message: Message) -> bool:
    """Tell whether the message contradicts nothing that the wait expects, and names the wait if it must."""
    wanted = expected(task)
    given = _given(task.task_spec.trigger, message)
    if any(name in given and not same(given[name], value) for name, value in wanted.items()):
        return False
    if any(name in wanted for name in given):
        return True
    return not wanted or not must_be_named(task)


def _given(trigger: Trigger, message: Message) -> Mapping[str, Any]:
    """Return the correlation values that a message carries, beside those in its payload."""
    inside = {name: value for name, value in correlation_of(trigger, message.payload).items() if value is not None}
    return {**inside, **message.correlation}


def must_be_named(task: KernelTask) -> bool:
    """Tell whether the wait is in an instance of a loop or in a called process."""
    while True:
        if INSTANCE in task.internal_data or isinstance(task.task_spec, Called):
            return True
        if task.workflow is task.workflow.case:
            return False
        task = task.workflow.task


def _interchangeable(one: KernelTask, other: KernelTask) -> bool:
    """Tell whether two waits are tokens at one element of one scope: then the older one gets the message."""
    return one.workflow is other.workflow and one.task_spec is other.task_spec and INSTANCE not in one.internal_data


def _refusal(named: list[KernelTask], message: Message) -> NotWaiting | AmbiguousMessage:
    if not named:
        return NotWaiting(f"nothing in the case waits for the message {message.name!r}; check its name")
    told = "; ".join(f"{_place(task)} expects {expected(task) or 'no keys'}" for task in named)
    unnamed = [task for task in named if not expected(task).keys() & _given(task.task_spec.trigger, message).keys()]
    if len(unnamed) == len(named) > 1:
        return AmbiguousMessage(f"message {message.name!r} names none of the instances that wait for it: {told}")
    return NotWaiting(f"message {message.name!r} with {dict(message.correlation)} fits no wait: {told}")


def _place(task: KernelTask) -> str:
    return f"{task.scope}/{task.task_spec.element}" if task.scope else task.task_spec.element
