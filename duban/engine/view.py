"""Views: what can be seen of a case from its state alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duban.engine.kernel.activities import FAILED, Serviced, Worked
from duban.engine.kernel.element import objects_seen, view
from duban.engine.kernel.events import waits
from duban.engine.kernel.merge import merge_tasks
from duban.engine.kernel.messages import expected
from duban.engine.kernel.record import incident_of
from duban.engine.kernel.running import DUE, due_of
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import READY, STARTED, KernelTask
from duban.engine.kernel.workflow import Case
from duban.errors import AlreadyDone
from duban.model.calls import CallWanted
from duban.model.outcome import Incident
from duban.model.work import Due, Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """A token, or an event beside one, that waits for a message or signal."""

    task: int
    element: str
    scope: str
    kind: str
    """``message`` or ``signal``."""
    name: str
    correlation: Mapping[str, Any]
    """Correlation property to the value that a message must carry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """Everything that can happen next in a case, oldest first, and what it knows."""

    work: tuple[Work, ...]
    dues: tuple[Due, ...]
    """Running timers; ``why`` stands in the fact that armed them, not in the state."""
    calls: tuple[CallWanted, ...]
    waits: tuple[Wait, ...]
    incidents: tuple[Incident, ...]
    data: Mapping[str, Any]
    """What the task that was asked about sees; without one, everything that the case's tokens have written."""
    ended: tuple[str, ...] | None


def view_of(case: Case, number: int | None) -> View:
    """Return the view of *case*; with the data that task *number* sees.

    Raises:
        AlreadyDone: The task is over.
    """
    live = case.all_live()
    return View(
        work=tuple(_work(live)),
        dues=tuple(due_of(task, {}) for task in live if DUE in task.internal_data),
        calls=tuple(_calls(live)),
        waits=tuple(_waits(case)),
        incidents=tuple(incident_of(task) for task in live if task.is_stuck),
        data=_seen(case, number),
        ended=tuple(case.ends) if case.completed else None,
    )


def _work(live: list[KernelTask]) -> Iterator[Work]:
    for task in live:
        if task.state == READY and isinstance(task.task_spec, Worked):
            yield task.task_spec.work(task)


def _calls(live: list[KernelTask]) -> Iterator[CallWanted]:
    for task in live:
        if task.state == STARTED and isinstance(task.task_spec, Serviced) and FAILED not in task.internal_data:
            yield _call(task)


def _call(task: KernelTask) -> CallWanted:
    """Return the call as it was wanted; a data object may have changed since, and with it what it was wanted with."""
    spec = task.task_spec
    try:
        return spec.call(task)  # type: ignore[no-any-return]
    except Stuck:
        return CallWanted(task=task.id, element=spec.element, scope=task.scope, operator=spec.operator, parameters={})


def _waits(case: Case) -> Iterator[Wait]:
    for kind in ("message", "signal"):
        for task in waits(case, kind):
            yield Wait(
                task=task.id,
                element=task.task_spec.event_element,
                scope=task.scope,
                kind=kind,
                name=task.task_spec.trigger.name,
                correlation=expected(task) if kind == "message" else {},
            )


def _seen(case: Case, number: int | None) -> dict[str, Any]:
    if number is not None:
        task = case.find(number)
        if task is None:
            raise AlreadyDone
        return dict(view(task))
    if case.completed:
        return dict(case.final)
    return _current(case, case)


def _current(case: Case, instance: Any) -> dict[str, Any]:
    """Return what the tokens of *instance* have written together; of two values for one path, a younger token's."""
    tokens = instance.tokens()
    if not tokens:
        return dict(instance.objects)
    merged = merge_tasks(tokens, value=lambda task: _value(case, task), last=True)
    return {**objects_seen(tokens[0]), **merged.data}


def _value(case: Case, task: KernelTask) -> dict[str, Any]:
    scope = case.scopes.get(task.id)
    return task.seen() if scope is None else _current(case, scope)
