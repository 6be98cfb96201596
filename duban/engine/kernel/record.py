"""The record of one step: everything that happened, in order, and what it opened and closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duban.engine.kernel.tasks import STUCK, KernelTask
from duban.engine.kernel.writes import Write
from duban.model.calls import CallWanted, Thrown
from duban.model.facts import Happening, Kind
from duban.model.outcome import Incident
from duban.model.work import Due, Work


class Record:
    """Collects a step's outcome; what opens and closes within one step is told as facts only."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []
        self.entered: list[list[Any]] = []
        self.left: list[list[Any]] = []
        self.opened: dict[int, Work] = {}
        self.closed: list[int] = []
        self.calls: dict[int, CallWanted] = {}
        self.uncalled: list[int] = []
        self.thrown: list[Thrown] = []
        self.armed: dict[int, Due] = {}
        self.disarmed: list[int] = []
        self.incidents: dict[int, Incident] = {}
        self.settled: list[int] = []
        self.written: dict[str, Any] = {}

    def note(self, kind: Kind, payload: Mapping[str, Any]) -> None:
        """Remember a fact."""
        self.happenings.append(Happening(kind=kind, payload=payload))

    # -- tokens ---------------------------------------------------------------------------------------

    def enter(self, task: KernelTask) -> None:
        """A token came to an element, by a flow or because something began it."""
        self.entered.append([task.task_spec.element, task.scope, task.id, _came_by(task)])

    def leave(self, task: KernelTask, *, completed: bool) -> None:
        """A token left an element."""
        self.left.append([task.task_spec.element, task.scope, task.id, "completed" if completed else "cancelled"])

    # -- data -----------------------------------------------------------------------------------------

    def write(self, task: KernelTask, data: Mapping[str, Any], gone: tuple[str, ...] = ()) -> None:
        """An element wrote top-level keys."""
        payload = {"element": task.task_spec.element, "scope": task.scope, "data": dict(data)}
        if gone:
            payload["gone"] = list(gone)
        self.note(Kind.DATA_WRITTEN, payload)
        self.keep(task, data, gone)

    def keep(self, task: KernelTask, data: Mapping[str, Any], gone: tuple[str, ...] = ()) -> None:
        """Remember the last values of the step; what an instance of a loop writes is its own."""
        case = task.workflow.case
        case.writes.append(Write(case.last_id, task, data, gone))
        if "#" not in task.scope:
            self.written.update(data)
            for key in gone:
                self.written.pop(key, None)

    # -- work and calls -------------------------------------------------------------------------------

    def open_work(self, work: Work) -> None:
        """People are asked to do something."""
        self.opened[work.task] = work
        told: dict[str, Any] = {
            "task": work.task,
            "element": work.element,
            "name": work.name,
            "scope": work.scope,
            "role": work.role,
            "unit": work.unit,
            "person": work.person,
            "form": work.form,
        }
        if work.excluded:
            told["excluded"] = list(work.excluded)
        self.note(Kind.WORK_OPENED, told)

    def close_work(self, task: int) -> None:
        """A work item is no longer open."""
        if self.opened.pop(task, None) is None:
            self.closed.append(task)

    def want(self, call: CallWanted) -> None:
        """A service task wants its handler to be run."""
        self.calls[call.task] = call
        self.note(
            Kind.CALL_WANTED,
            {
                "task": call.task,
                "element": call.element,
                "scope": call.scope,
                "operator": call.operator,
                "parameters": call.parameters,
            },
        )

    def unwant(self, task: int) -> None:
        """Nobody waits for the call any more."""
        if self.calls.pop(task, None) is None:
            self.uncalled.append(task)

    def throw(self, thrown: Thrown) -> None:
        """A message leaves the case."""
        self.thrown.append(thrown)
        self.note(
            Kind.MESSAGE_THROWN,
            {
                "element": thrown.element,
                "scope": thrown.scope,
                "name": thrown.name,
                "payload": thrown.payload,
                "correlation": thrown.correlation,
            },
        )

    # -- timers ---------------------------------------------------------------------------------------

    def arm(self, due: Due) -> None:
        """A timer runs."""
        self.armed[due.task] = due
        self.note(
            Kind.TIMER_ARMED,
            {
                "task": due.task,
                "element": due.element,
                "scope": due.scope,
                "due": due.at.isoformat(),
                "name": due.name,
                "why": due.why,
            },
        )

    def move(self, due: Due, before: datetime) -> None:
        """A running timer has another time."""
        self.armed[due.task] = due
        self.note(
            Kind.TIMER_MOVED,
            {
                "task": due.task,
                "element": due.element,
                "scope": due.scope,
                "name": due.name,
                "before": before.isoformat(),
                "after": due.at.isoformat(),
                "why": due.why,
            },
        )

    def disarm(self, task: KernelTask, kind: Kind, name: str | None, **more: Any) -> None:
        """A timer fired or was cancelled; *more* says when it was due, or why it does not apply any more."""
        if self.armed.pop(task.id, None) is None:
            self.disarmed.append(task.id)
        payload = {"task": task.id, "element": task.task_spec.event_element, "scope": task.scope, "name": name}
        self.note(kind, {**payload, **more})

    # -- incidents ------------------------------------------------------------------------------------

    def incident(self, task: KernelTask) -> None:
        """A token cannot go on."""
        incident = incident_of(task)
        self.incidents[task.id] = incident
        self.note(
            Kind.INCIDENT_OPENED,
            {
                "task": incident.task,
                "element": incident.element,
                "scope": incident.scope,
                "reason": incident.reason,
                "message": incident.message,
                "detail": incident.detail,
            },
        )

    def settle(self, task: KernelTask, decision: Mapping[str, Any]) -> None:
        """An incident is gone."""
        if self.incidents.pop(task.id, None) is None:
            self.settled.append(task.id)
        self.note(
            Kind.INCIDENT_SETTLED,
            {"task": task.id, "element": task.task_spec.element, "scope": task.scope, "decision": decision},
        )


def _came_by(task: KernelTask) -> str | None:
    """Return the sequence flow by which a token came; None: an event, a start or a loop began it."""
    flows = task.task_spec.flows_in
    if not flows or task.triggered:
        return None
    before = task.parent
    while before is not None and not before.task_spec.visible:
        before = before.parent
    return None if before is None else flows.get(before.task_spec.element)


def incident_of(task: KernelTask) -> Incident:
    """Return the incident that *task* is."""
    reason, message, detail = task.internal_data[STUCK]
    return Incident(
        task=task.id,
        element=task.task_spec.element,
        scope=task.scope,
        reason=reason,
        message=message,
        detail=detail,
    )
