"""Sessions: a case in memory while one step is done; without saving in between, the same kernel unpruned."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from duban.api import Deadlines
from duban.engine.kernel.activities import Serviced, Worked
from duban.engine.kernel.element import clear_stuck
from duban.engine.kernel.events import waits
from duban.engine.kernel.messages import receiver
from duban.engine.kernel.moving import recount
from duban.engine.kernel.record import Record
from duban.engine.kernel.running import DUE, instant
from duban.engine.kernel.state import dump, load
from duban.engine.kernel.tasks import READY, STARTED, STUCK, WAITING, KernelTask, pack
from duban.engine.kernel.throwing import throw_signal
from duban.engine.kernel.values import plain
from duban.engine.kernel.workflow import MOST_STEPS, Case
from duban.engine.parse import prepare
from duban.errors import AlreadyDone, NotWaiting, Refused
from duban.model.calls import Answer, BusinessError, Message, Signal
from duban.model.clock import aware
from duban.model.definition import Definition
from duban.model.facts import Kind
from duban.model.outcome import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """Do again what failed."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """Top-level keys that a person puts right first, in the data of the token that stopped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choose:
    """Settle a merge conflict."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """Path (keys joined by dots) to the value that stands."""
    gone: frozenset[str] = frozenset()
    """Paths that are deleted."""


class Session:
    """One case in memory."""

    def __init__(self, case: Case, now: datetime, deadlines: Deadlines) -> None:
        self.case = case
        self.at(now, deadlines)

    @classmethod
    def new(cls, definition: Definition, *, now: datetime, deadlines: Deadlines) -> Session:
        """Return the session of a case that has not begun."""
        prepared = prepare(definition)
        return cls(Case(prepared.spec, prepared.processes), now, deadlines)

    @classmethod
    def of(cls, definition: Definition, state: bytes, *, now: datetime, deadlines: Deadlines) -> Session:
        """Return the session of a stored case."""
        return cls(cls.read(definition, state), now, deadlines)

    @staticmethod
    def read(definition: Definition, state: bytes) -> Case:
        """Return a stored case."""
        prepared = prepare(definition)
        return load(state, prepared.spec, prepared.processes)

    def at(self, now: datetime, deadlines: Deadlines) -> None:
        """Begin a step at *now*."""
        self.case.begin_step(aware(now, "now"), deadlines, Record())

    # -- commands -------------------------------------------------------------------------------------

    def start(self, data: Mapping[str, Any], message: str | None = None) -> None:
        """Put the first token down, at the start event of *message*."""
        given = _given(data)
        start = self.case.spec.start.chosen(message)
        begun = {} if message is None else {"message": message}
        self.case.record.note(Kind.CASE_STARTED, {"process": self.case.spec.name, "data": given, **begun})
        self.case.begin(pack(given), start)
        self.case.drain()

    def complete(self, number: int, data: Mapping[str, Any]) -> None:
        """Complete a work item."""
        task = self.case.find(number)
        if task is None or task.state != READY or not isinstance(task.task_spec, Worked):
            raise AlreadyDone
        task.task_spec.done(task, _given(data))
        self.case.drain()

    def deliver(self, delivery: Answer | BusinessError | Message | Signal) -> None:
        """Deliver what came from outside."""
        if isinstance(delivery, Message):
            self._message(delivery)
        elif isinstance(delivery, Signal):
            self._signal(delivery)
        else:
            self._answer(self._called(delivery.task), delivery)
        self.case.drain()

    def tick(self) -> None:
        """Fire what is due; a chain of timers that goes on for ever is left to the next tick."""
        for _ in range(MOST_STEPS):
            task = self._overdue()
            if task is None:
                return
            task.task_spec.fire(task)
            self.case.drain()

    def recount(self) -> None:
        """Count every limit again that can move: the calendar or the table of limits is another."""
        recount(self.case, everything=True)

    def settle(self, number: int, decision: Retry | Choose) -> None:
        """Settle an incident."""
        task = self.case.find(number)
        if task is None or not task.is_stuck:
            raise AlreadyDone
        reason, _, detail = task.internal_data[STUCK]
        if isinstance(decision, Choose):
            told: dict[str, Any] = {"values": dict(decision.values), "gone": sorted(decision.gone)}
            _choose(task, reason, detail, decision)
        elif reason == "merge_conflict":
            raise Refused("this is a merge conflict: choose a value for each path")
        else:
            told = {"retry": True}
            self._put_right(task, _given(decision.data))
        clear_stuck(task)
        self.case.record.settle(task, told)
        task.task_spec.retry(task)
        self.case.drain()

    # -- what they need -------------------------------------------------------------------------------

    def _message(self, message: Message) -> None:
        task = receiver(self.case, message)
        payload = _given(message.payload)
        self.case.record.note(
            Kind.MESSAGE_RECEIVED,
            {
                "name": message.name,
                "payload": payload,
                "correlation": _given(message.correlation),
                "id": message.id,
                "tasks": [task.id],
            },
        )
        task.task_spec.fire(task, payload)

    def _signal(self, signal: Signal) -> None:
        waiting = [task.id for task in waits(self.case, "signal") if task.task_spec.trigger.name == signal.name]
        if not waiting:
            raise NotWaiting(f"nothing in the case waits for the signal {signal.name!r}; check its name")
        payload = _given(signal.payload)
        self.case.record.note(
            Kind.MESSAGE_RECEIVED,
            {"name": signal.name, "payload": payload, "correlation": {}, "id": "", "tasks": waiting, "signal": True},
        )
        throw_signal(self.case, signal.name, payload)

    def _put_right(self, task: KernelTask, data: Mapping[str, Any]) -> None:
        if data:
            task.data.update(data)
            self.case.record.write(task, data)

    @staticmethod
    def _answer(task: KernelTask, delivery: Answer | BusinessError) -> None:
        if isinstance(delivery, Answer):
            task.task_spec.answer(task, _given({"result": delivery.result})["result"])
        else:
            detail = _given({"detail": delivery.detail})["detail"]
            task.task_spec.fails(task, delivery.code, delivery.message, detail)

    def _called(self, number: int) -> KernelTask:
        task = self.case.find(number)
        if task is None or task.state != STARTED or not isinstance(task.task_spec, Serviced):
            raise AlreadyDone
        return task

    def _overdue(self) -> KernelTask | None:
        """Return the timer that was due first."""
        best: KernelTask | None = None
        for task in self.case.all_live():
            due = task.internal_data.get(DUE)
            if due is None or task.state != WAITING or instant(due[0]) > self.case.now:
                continue
            if best is None or due[0] < best.internal_data[DUE][0]:
                best = task
        return best

    # -- the result -----------------------------------------------------------------------------------

    def outcome(self) -> Outcome:
        """Return what the step says must be remembered, with the case's new state."""
        case, record = self.case, self.case.record
        if record.entered or record.left:
            record.note(Kind.TOKENS_MOVED, {"entered": record.entered, "left": record.left})
        ended = tuple(case.ends) if case.completed else None
        if ended is not None:
            record.note(Kind.CASE_ENDED, {"ends": list(ended)})
        return Outcome(
            state=dump(case),
            happenings=tuple(record.happenings),
            opened=tuple(record.opened.values()),
            closed=tuple(record.closed),
            calls=tuple(record.calls.values()),
            uncalled=tuple(record.uncalled),
            thrown=tuple(record.thrown),
            armed=tuple(record.armed.values()),
            disarmed=tuple(record.disarmed),
            incidents=tuple(record.incidents.values()),
            settled=tuple(record.settled),
            written=record.written,
            ended=ended,
        )


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of what came from outside.

    Raises:
        Refused: It holds something that no case can store.
    """
    try:
        return plain(dict(data))  # type: ignore[no-any-return]
    except ValueError as error:
        raise Refused(f"this data is refused: {error}") from error


def _choose(task: KernelTask, reason: str, detail: Mapping[str, Any], decision: Choose) -> None:
    """Write the chosen values into every branch."""
    if reason != "merge_conflict":
        raise Refused(f"this incident ({reason}) has nothing to choose between: retry it")
    paths = {".".join(told["path"]): tuple(told["path"]) for told in detail["paths"]}
    chosen = set(decision.values) | decision.gone
    if missing := [path for path in paths if path not in chosen]:
        raise Refused(f"choose a value for {', '.join(missing)} too")
    if unknown := sorted(chosen - set(paths)):
        raise Refused(f"the branches do not disagree on {', '.join(unknown)}; they do on {', '.join(paths)}")
    for branch in task.task_spec.choosable(task):
        data = copy.deepcopy(branch.seen())
        for path, keys in paths.items():
            _put(data, keys, decision, path)
        branch.data = data
    task.workflow.case.chosen = frozenset(keys[0] for keys in paths.values())
    task.task_spec.chosen(task, list(paths.values()))


def _put(data: dict[str, Any], keys: tuple[str, ...], decision: Choose, path: str) -> None:
    *outer, last = keys
    for key in outer:
        data = data.setdefault(key, {})
    if path in decision.gone:
        data.pop(last, None)
    else:
        data[last] = _given(decision.values)[path]
