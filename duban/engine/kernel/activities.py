"""Activities: what people, scripts, decision tables and handlers do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from duban.engine import assignments
from duban.engine.expressions import Expression
from duban.engine.kernel.element import Element, clear_stuck, evaluate, stored, view
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import READY, STARTED, STUCK, KernelTask
from duban.engine.kernel.throwing import throw_up, uncaught
from duban.engine.scripts import RaisedError, ScriptError
from duban.errors import BureauError
from duban.model.calls import CallWanted
from duban.model.facts import Kind
from duban.model.work import Work

WHO: Final = "w"
"""Key in a work item's notes: [unit, person], and behind them, where the diagram says more, role and excluded."""
FAILED: Final = "f"
"""Key in a call's notes: it ended in an error and nobody runs it any more."""


class Worked(Element):
    """A user or manual task: done by a person."""

    role: str
    role_said: Expression | None
    """What role the case's data say; None, or where they say none: the lane's."""
    unit: Expression | None
    person: Expression | None
    not_by: Expression | None
    form: str | None

    def _update(self, my_task: KernelTask) -> None:
        my_task.inherit()
        unit = self.who(my_task, self.unit, "unit")
        person = self.who(my_task, self.person, "person")
        role = self.who(my_task, self.role_said, "role")
        excluded = self.excluded(my_task)
        if role is not None or excluded:
            my_task.internal_data[WHO] = [unit, person, role, excluded]
        elif unit is not None or person is not None:
            my_task.internal_data[WHO] = [unit, person]
        my_task._set_state(READY)
        my_task.workflow.case.record.open_work(self.work(my_task))

    def who(self, my_task: KernelTask, expression: Expression | None, what: str) -> str | None:
        """Return the code that *expression* gives, or None."""
        if expression is None:
            return None
        code = evaluate(my_task, expression)
        if code is not None and not isinstance(code, str):
            raise Stuck("expression", f"{what}: {expression.text} must be a text or None, not {code!r}")
        return code or None

    def excluded(self, my_task: KernelTask) -> list[str]:
        """Return the persons who may not do it: separation of duties."""
        if self.not_by is None:
            return []
        found = evaluate(my_task, self.not_by)
        people = [person for person in (found if isinstance(found, list | tuple) else [found]) if person]
        if not all(isinstance(person, str) for person in people):
            raise Stuck("expression", f"not_by: {self.not_by.text} must be person ids, not {found!r}")
        return list(dict.fromkeys(people))

    def work(self, my_task: KernelTask) -> Work:
        """Return the work item that the task is."""
        unit, person, *more = my_task.internal_data.get(WHO, (None, None))
        role, excluded = more or (None, ())
        return Work(
            task=my_task.id,
            element=self.element,
            name=self.bpmn_name or self.element,
            scope=my_task.scope,
            role=role or self.role,
            unit=unit,
            person=person,
            form=self.form,
            excluded=tuple(excluded),
        )

    def done(self, my_task: KernelTask, data: Mapping[str, Any]) -> None:
        """Take in what the person wrote, and go on."""
        record = my_task.workflow.case.record
        my_task.data.update(data)
        record.note(
            Kind.WORK_COMPLETED,
            {"task": my_task.id, "element": self.element, "scope": my_task.scope, "data": data},
        )
        record.keep(my_task, data)
        record.close_work(my_task.id)
        my_task.internal_data.pop(WHO, None)
        my_task.complete()

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        if before != READY:  # it never came to be offered
            return
        record = my_task.workflow.case.record
        record.close_work(my_task.id)
        record.note(Kind.WORK_WITHDRAWN, {"task": my_task.id, "element": self.element, "scope": my_task.scope})


class Scripted(Element):
    """A script task: runs in the sandbox with the clock standing still."""

    script: str

    def _run(self, my_task: KernelTask) -> bool | None:
        case = my_task.workflow.case
        try:
            result = assignments.run(self.script, view(my_task), case.now)
        except RaisedError as error:
            fail(my_task, error.code, error.message)
            return None  # as at an error end: what caught it takes this token away
        except ScriptError as error:
            raise Stuck("script", str(error), {"line": error.line}) from error
        my_task.data.update(result.written)
        for key in result.gone:
            my_task.data.pop(key, None)
        told = {"written": result.written, "gone": list(result.gone)}
        case.record.note(Kind.SCRIPT_RUN, {"element": self.element, "scope": my_task.scope, "result": told})
        if result.written or result.gone:
            case.record.write(my_task, result.written, result.gone)
        return True


class Decided(Element):
    """A business rule task: asks a decision table and keeps its outputs under one key."""

    decision: Any
    decision_id: str
    result: str

    def _run(self, my_task: KernelTask) -> bool | None:
        try:
            decided = self.decision.decide(view(my_task))
        except BureauError as error:
            raise Stuck("decision", str(error), {"decision": self.decision_id}) from error
        for id_, required in decided.required.items():
            self.tell(my_task, id_, required, {"for": self.decision_id})
        outputs = self.tell(my_task, self.decision_id, decided, {})
        my_task.data[self.result] = outputs
        my_task.workflow.case.record.write(my_task, {self.result: outputs})
        return True

    def tell(self, my_task: KernelTask, decision: str, decided: Any, more: Mapping[str, Any]) -> Any:
        """Remember what one decision came to; return its outputs."""
        outputs = stored(decided.outputs)
        my_task.workflow.case.record.note(
            Kind.DECISION_MADE,
            {
                "element": self.element,
                "scope": my_task.scope,
                "decision": decision,
                "rules": list(decided.rules),
                "inputs": stored(decided.inputs),
                "outputs": outputs,
                **more,
            },
        )
        return outputs


class Serviced(Element):
    """A service task: says which call it wants and waits; the house makes the call after the commit."""

    operator: str
    parameters: tuple[tuple[str, Expression], ...]
    result: str

    def _run(self, my_task: KernelTask) -> bool | None:
        my_task.workflow.case.record.want(self.call(my_task))
        return None

    def call(self, my_task: KernelTask) -> CallWanted:
        """Return the call that the task wants.

        Raises:
            Stuck: A parameter has no value.
        """
        parameters = {name: evaluate(my_task, text) for name, text in self.parameters}
        return CallWanted(
            task=my_task.id,
            element=self.element,
            scope=my_task.scope,
            operator=self.operator,
            parameters=stored(parameters),
        )

    def answer(self, my_task: KernelTask, result: Any) -> None:
        """Take in what the call brought, and go on."""
        record = my_task.workflow.case.record
        record.note(
            Kind.CALL_ANSWERED,
            {"task": my_task.id, "element": self.element, "scope": my_task.scope, "result": result},
        )
        if STUCK in my_task.internal_data:
            clear_stuck(my_task)
            record.settle(my_task, {"answered": True})
        if my_task.internal_data.pop(FAILED, None) is None:
            record.unwant(my_task.id)
        my_task.data[self.result] = result
        record.write(my_task, {self.result: result})
        my_task.complete()

    def fails(self, my_task: KernelTask, code: str, message: str, detail: Any) -> None:
        """End the call in a BPMN error."""
        my_task.internal_data[FAILED] = 1
        my_task.workflow.case.record.unwant(my_task.id)
        try:
            fail(my_task, code, message, detail)
        except Stuck as stuck:
            my_task.stick(stuck)

    def retry(self, my_task: KernelTask) -> None:
        if my_task._state == STARTED:
            my_task.internal_data.pop(FAILED, None)
            try:
                self._run(my_task)
            except Stuck as stuck:
                my_task.stick(stuck)
        else:
            super().retry(my_task)

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        if before == STARTED and FAILED not in my_task.internal_data:
            my_task.workflow.case.record.unwant(my_task.id)


def fail(task: KernelTask, code: str, message: str, detail: Any = None) -> None:
    """Throw a BPMN error from an activity.

    Raises:
        Stuck: Nothing catches it.
    """
    payload: dict[str, Any] = {"code": code, "message": message}
    if detail is not None:
        payload["detail"] = detail
    if not throw_up(task, "error", code, payload):
        raise uncaught("error", code, message)
