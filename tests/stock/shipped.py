"""The shipped diagrams on stock SpiffWorkflow, with our language put in where stock has another or none.

Stock runs the flow; expressions, scripts and decision tables are ours, calls are answered at once, and named
deadlines become instants.  What is compared is therefore what SpiffWorkflow itself decides: which task comes next.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.mixins import StartEventMixin
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

from duban.api import Resolved
from duban.engine.decisions import Decision, parse_decisions
from duban.engine.expressions import compile_expression
from duban.engine.scripts import run_script
from duban.engine.session import Session
from duban.model.calls import Answer
from duban.model.definition import Definition
from duban.model.outcome import Outcome
from tests.stock.ours import Ours
from tests.stock.stock import Specs, Stock

FIRST = Path(__file__).resolve().parent / "first"
"""The petition and the callback as they were drawn first; what is drawn since then stock cannot read any more."""
FORMS: Mapping[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (FIRST / "forms").glob("*.json")
}


KEY = {"callback_no": "1"}
"""What messages about a callback carry."""
NEVER = "2999-01-01T00:00:00+00:00"
"""When a timer fires that does not apply: stock cannot leave one unarmed."""


class RoughDeadlines:
    """Every name has some length between one and forty days; the same name always the same."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:  # noqa: ARG002  a protocol
        """Return when *name* ends."""
        return Resolved(at=now + timedelta(hours=24 + zlib.crc32(name.encode()) % 936), on=None, why={})

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when to warn."""
        due = self.resolve(name, data, now).at
        return Resolved(at=due and due - timedelta(hours=3 * days), on=None, why={})

    def reads(self, name: str) -> frozenset[str]:  # noqa: ARG002  a protocol
        """Return nothing: no data move them."""
        return frozenset()


def answer(element: str, parameters: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a call brings: the same on both sides."""
    told = json.dumps([element, parameters], sort_keys=True)
    return {"delivered": zlib.crc32(told.encode()) % 3 > 0, "issued_at": now.isoformat(), "number": element}


class Language(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Our expressions and scripts in stock's script engine."""

    def __init__(self, case: ShippedStock) -> None:
        super().__init__()
        self.case = case

    def evaluate(self, expression: str, context: dict[str, Any], external_context: Any = None) -> Any:
        """Evaluate one of our expressions."""
        case = self.case
        extra = {
            "deadline": lambda name: case.due(case.deadlines.resolve(name, context, case.now)),
            "warning": lambda name, days: case.due(case.deadlines.warning(name, days, context, case.now)),
        }
        timed = extra if "deadline(" in expression or "warning(" in expression else None
        value = compile_expression(expression).evaluate({**(external_context or {}), **context}, timed)
        return NEVER if timed and value is None else value

    def execute(self, script: str, context: dict[str, Any], external_context: Any = None) -> bool:  # noqa: ARG002
        """Run one of our scripts."""
        result = run_script(script, context, self.case.now)
        context.update(result.written)
        for key in result.gone:
            context.pop(key, None)
        return True

    def call_service(self, context: dict[str, Any], **wanted: Any) -> str:  # noqa: ARG002
        """Answer a call at once."""
        parameters = {name: given["value"] for name, given in wanted["operation_params"].items()}
        return json.dumps(answer(wanted["operation_name"], parameters, self.case.now))


class Table:
    """One of our decision tables in the place of stock's."""

    def __init__(self, decision: Decision, key: str) -> None:
        self.decision = decision
        self.key = key

    def result(self, task: Any) -> dict[str, Any]:
        """Decide."""
        return {self.key: self.decision.decide(task.data).outputs}


class ShippedParser(SpiffBpmnParser):  # type: ignore[misc]
    """Stock's parser with our decision tables."""

    decisions: Mapping[str, Decision]

    def get_engine(self, decision_ref: str, node: Any) -> Table:
        """Return the decision that a business rule task asks."""
        results = node.xpath(".//*[local-name()='property'][@name='result']/@value")
        return Table(self.decisions[decision_ref], results[0] if results else node.get("id"))


class ShippedSpecs(Specs):
    """The specifications of a shipped diagram."""

    def __init__(self, definition: Definition) -> None:
        parser = ShippedParser()
        parser.decisions = parse_decisions(definition.files)
        for name, data in definition.files.items():
            if name.endswith(".bpmn"):
                parser.add_bpmn_str(data)
        self.main = parser.get_spec(definition.process)
        self.others = parser.get_subprocess_specs(definition.process)


class ShippedStock(Stock):
    """A case of a shipped diagram on stock."""

    deadlines = RoughDeadlines()

    def settle(self) -> None:
        """Go on; start events wait for their message on stock, although the process was started because of it."""
        super().settle()
        for task in list(self.case.event_manager.tasks.values()):
            if isinstance(task.task_spec, StartEventMixin):
                self.message(task.task_spec.event_definition.name, **KEY)

    def engine(self) -> PythonScriptEngine:
        """Return a script engine that speaks our language."""
        return PythonScriptEngine(Language(self))

    @staticmethod
    def due(resolved: Resolved) -> str:
        """Return a time as stock's timers want it."""
        return resolved.at.isoformat() if resolved.at else ""


class ShippedOurs(Ours):
    """A case of a shipped diagram on our engine; calls are answered at once."""

    deadlines = RoughDeadlines()

    @property
    def stands(self) -> set[str]:
        """Elements at which tokens are."""
        case = Session.read(self.definition, self.state)
        return {task.task_spec.element for task in case.all_live()}

    def keep(self, outcome: Outcome) -> None:
        """Answer what is wanted until nothing is."""
        super().keep(outcome)
        for call in outcome.calls:
            if self.incidents:
                return
            if call.task in {wanted.task for wanted in self.look().calls}:
                result = answer(call.operator, call.parameters, self.now)
                self.deliver(Answer(task=call.task, result=result))


def fill(form: Mapping[str, Any], chance: random.Random, now: datetime) -> dict[str, Any]:
    """Fill in a form at random, every field of it."""
    return {name: value_of(part, chance, now) for name, part in form["properties"].items()}


def value_of(part: Mapping[str, Any], chance: random.Random, now: datetime) -> Any:
    """Return a random value that a field may have."""
    if "enum" in part:
        return chance.choice(part["enum"])
    match part["type"]:
        case "boolean":
            return chance.random() < 0.4
        case "integer" | "number":
            return chance.randint(1, 5)
        case "array":
            return [value_of(part["items"], chance, now)]
        case "object":
            return fill(part, chance, now)
        case _:
            formats = {"date": now.date().isoformat(), "date-time": now.isoformat(), "unit": "PCS01"}
            return formats.get(part.get("format", ""), "已办")
