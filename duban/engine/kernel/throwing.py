"""Events that throw: messages leave the case, signals are heard in it, errors look for their nearest catcher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.engine.expressions import Expression
from duban.engine.kernel.element import Element, evaluate, stored
from duban.engine.kernel.events import waits
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import WAITING, KernelTask
from duban.engine.kernel.triggers import Trigger
from duban.errors import BureauError
from duban.model.calls import Thrown


class Throwing(Element):
    """An event or send task that throws."""

    trigger: Trigger

    def _run(self, my_task: KernelTask) -> bool | None:
        trigger = self.trigger
        payload = None if trigger.payload is None else evaluate(my_task, trigger.payload)
        payload = stored(payload)
        if trigger.kind == "message":
            throw_message(my_task, trigger, payload)
        elif trigger.kind == "signal":
            throw_signal(my_task.workflow.case, trigger.name, payload)
        elif trigger.kind == "escalation":
            throw_up(my_task, "escalation", trigger.code, payload)
        elif trigger.kind in {"error", "cancel"}:
            if not throw_up(my_task, trigger.kind, trigger.code, payload):
                raise uncaught(trigger.kind, trigger.code, "")
            return None  # what caught it takes this token away, perhaps only when a person has chosen
        return True


def uncaught(kind: str, code: str | None, message: str) -> Stuck:
    """Return the incident of an error that nothing catches."""
    said = f": {message}" if message else ""
    return Stuck(
        "error",
        f"{kind} {code or '(without code)'}{said}; no boundary event catches it: settle what went wrong, then retry",
        {"code": code, "message": message},
    )


def throw_message(task: KernelTask, trigger: Trigger, payload: Any) -> None:
    """Let a message leave the case; its correlation values hold for this scope from now on."""
    payload = payload if isinstance(payload, dict) else {} if payload is None else {"value": payload}
    correlation = {name: value for name, value in correlation_of(trigger, payload).items() if value is not None}
    task.workflow.established.update(correlation)
    task.workflow.case.record.throw(
        Thrown(
            task=task.id,
            element=task.task_spec.element,
            scope=task.scope,
            name=trigger.name,
            payload=payload,
            correlation=correlation,
        )
    )


def correlation_of(trigger: Trigger, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the correlation values that stand in *payload*; None where it has none."""
    return {name: value_of(where, payload) for name, where in trigger.properties}


def value_of(where: Expression, data: Mapping[str, Any]) -> Any:
    """Return the value of *where*, or None where the data has none."""
    try:
        return where.evaluate(data)
    except BureauError:
        return None


def throw_signal(case: Any, name: str, payload: Any) -> None:
    """Give the signal to everything that waits for it now."""
    hit = [task for task in waits(case, "signal") if task.task_spec.trigger.name == name]
    for task in hit:
        if task._state == WAITING:
            task.task_spec.fire(task, payload)


def throw_up(task: KernelTask, kind: str, code: str | None, payload: Any) -> bool:
    """Give an error, escalation or cancellation to the nearest catcher around *task*; tell whether there is one."""
    case = task.workflow.case
    while True:
        catcher = _at_boundary(task, kind, code)
        if catcher is None and not task.task_spec.is_event_scope:
            catcher = _best(task.workflow.live.values(), kind, code, event_scopes=True)
        if catcher is not None:
            catcher.task_spec.fire(catcher, payload)
            return True
        if task.workflow is case:
            return False
        task = task.workflow.task


def _at_boundary(task: KernelTask, kind: str, code: str | None) -> KernelTask | None:
    host = task.parent if task.task_spec.loop is not None else task
    if host is None or host.task_spec.split is None:
        return None
    parent = host.parent
    if parent is None or parent.task_spec is not host.task_spec.split:
        return None
    return _best(parent.children, kind, code, event_scopes=False)


def _best(tasks: Any, kind: str, code: str | None, *, event_scopes: bool) -> KernelTask | None:
    """Return the wait for exactly this code, else one that catches every code."""
    every = None
    for task in tasks:
        spec = task.task_spec
        if task._state != WAITING or spec.catches != kind or spec.is_event_scope != event_scopes:
            continue
        if spec.trigger.code == code:
            return task  # type: ignore[no-any-return]
        if spec.trigger.code is None and every is None:
            every = task
    return every
