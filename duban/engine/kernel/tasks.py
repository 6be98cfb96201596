"""Tasks: a token's stay at one element, numbered by its case, with data that is packed once and shared."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from SpiffWorkflow.task import Task

from duban.engine.kernel.stuck import Stuck

FUTURE: Final = 4
WAITING: Final = 8
READY: Final = 16
STARTED: Final = 32
COMPLETED: Final = 64
CANCELLED: Final = 256

INSTANCE: Final = "i"
"""Key in a task's notes: index or key of a multi-instance, number of a loop's round."""
FIRED: Final = "y"
"""Key in a task's notes: under which key an event kept what came with it, to the number of the firing that began the
branch. Of several firings the last one's payload stands."""
STUCK: Final = "stuck"
"""Key in a task's notes: [reason, message, detail] of its incident."""

pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder().decode
EMPTY: Final = pack({})


class KernelTask(Task):
    """A task with a number from its case's own counter and its data in a box.

    The box holds the data as a private dict, or as packed bytes that any number of tasks may share: a dict is
    packed when a second task wants it and unpacked when somebody looks. So nothing nested is ever shared, and
    a straight line of tasks hands one dict on without copying.
    """

    thread_id = 0
    last_state_change = 0.0  # the journal knows when; the state does not

    def __init__(self, workflow: Any, task_spec: Any, parent: KernelTask | None = None, state: int = FUTURE) -> None:
        self.workflow = workflow
        self.task_spec = task_spec
        self.id: Any = workflow.case.next_id()
        self._state = state
        self._children: list[int] = []
        self._parent: int | None = None
        self.triggered = False
        self.internal_data: dict[str, Any] = {}
        self.loose: dict[str, Any] | None = None
        self.packed: bytes | None = None
        self.born: int = self.id
        """Number of the first task of this branch below the kept parent: says when the branch began."""
        self.handed: list[Any] = []
        """Changes that ended tokens left here: [path, [value before], [value after], ended, flow] (``handed``)."""
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)
            if FIRED in parent.internal_data:
                self.internal_data[FIRED] = parent.internal_data[FIRED]
        workflow.tasks[self.id] = self
        workflow.live[self.id] = self

    # -- data -----------------------------------------------------------------------------------------

    @property
    def data(self) -> dict[str, Any]:
        """This task's own data, to read and to write."""
        loose = self.loose
        if loose is None:
            packed = self.packed
            loose = self.loose = {} if packed is None else unpack(packed)
            self.packed = None
        return loose

    @data.setter
    def data(self, value: dict[str, Any]) -> None:
        self.loose = value
        self.packed = None

    def box(self) -> bytes:
        """Return the data packed, to be shared; a dict that was handed out before must not be written any more."""
        packed = self.packed
        if packed is None:
            packed = self.packed = EMPTY if self.loose is None else pack(self.loose)
            self.loose = None
        return packed

    def seen(self) -> dict[str, Any]:
        """Return the data to read only; tasks that share a box share what it was unpacked to."""
        if self.loose is not None:
            return self.loose
        if self.packed is None:
            return {}
        opened: dict[bytes, dict[str, Any]] = self.workflow.case.opened
        data = opened.get(self.packed)
        if data is None:
            data = opened[self.packed] = unpack(self.packed)
        return data

    def inherit(self) -> None:
        """Take over the parent's data, once."""
        if self.loose is not None or self.packed is not None:
            return
        parent: KernelTask = self.workflow.tasks[self._parent]
        if parent._state == COMPLETED and len(parent._children) == 1:
            self.loose, self.packed = parent.loose, parent.packed
            parent.loose = parent.packed = None
        else:
            self.packed = parent.box()

    # -- state ----------------------------------------------------------------------------------------

    def _set_state(self, value: int) -> None:
        before = self._state
        if value == before:
            return
        self._state = value
        spec = self.task_spec
        workflow = self.workflow
        if value >= COMPLETED:
            del workflow.live[self.id]
            if spec.visible and before != FUTURE and (before != WAITING or spec.holds_token):
                workflow.case.record.leave(self, completed=value == COMPLETED)
        else:
            if before == FUTURE and spec.visible and (value != WAITING or spec.holds_token):
                workflow.case.record.enter(self)
            if value == READY and not spec.manual:
                workflow.case.queue.append(self)

    def _ready(self) -> None:
        if self._state < READY:
            self._set_state(READY)

    def run(self) -> bool | None:
        """Do what the element does; True: it is done, None: it waits for an answer."""
        done: bool | None = self.task_spec._run(self)
        if self._state >= COMPLETED:  # what it threw interrupted its own scope
            return None
        if done:
            self.complete()
        else:
            self._set_state(STARTED)
        return done

    def complete(self) -> None:
        """Leave the element and go on."""
        self._set_state(COMPLETED)
        self.task_spec._on_complete(self)

    def cancel(self) -> None:
        """Take the token away."""
        before = self._state
        if before >= COMPLETED:
            return
        if STUCK in self.internal_data:
            self.workflow.case.record.settle(self, {"withdrawn": True})
        self._set_state(CANCELLED)
        if before != FUTURE:
            self.task_spec.cancelled(self, before)

    def enter(self) -> None:
        """Arrive at the element."""
        try:
            self.task_spec._update(self)
        except Stuck as stuck:
            self.stick(stuck)

    # -- incidents ------------------------------------------------------------------------------------

    def stick(self, stuck: Stuck) -> None:
        """Become an incident: stay as it is until a person decides."""
        if self._state == FUTURE:
            self._set_state(WAITING)
        self.internal_data[STUCK] = [stuck.reason, stuck.message, stuck.detail]
        self.workflow.case.record.incident(self)

    @property
    def is_stuck(self) -> bool:
        """Tell whether a person must decide first."""
        return STUCK in self.internal_data

    # -- names ----------------------------------------------------------------------------------------

    @property
    def scope(self) -> str:
        """Where in the case it is: ``""`` at the top, else ``sub_process/units#2``."""
        if INSTANCE not in self.internal_data:
            return self.workflow.path  # type: ignore[no-any-return]
        return self.label

    @property
    def label(self) -> str:
        """The scope that it opens: its workflow's, its element and, in a loop, which instance it is."""
        path, element = self.workflow.path, self.task_spec.element
        index = self.internal_data.get(INSTANCE)
        inner = element if index is None else f"{element}#{index}"
        return f"{path}/{inner}" if path else inner
