"""A recorded life: one petition walked through the sample bureau, to be lived again by every contestant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duban.api import Deadlines
from duban.desk import work
from duban.model.definition import Definition
from duban.model.facts import Kind
from duban.testing import House, a_bureau, a_case, do, walk


@dataclass(frozen=True, kw_only=True)
class Human:
    """A person completes *element*, which writes the top-level keys of *data*."""

    element: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A service task is answered."""

    element: str
    operator: str
    result: Any


@dataclass(frozen=True, kw_only=True)
class Life:
    """Everything that was put in, in order, and what it ran on."""

    definition: Definition
    deadlines: Deadlines
    start: Mapping[str, Any]
    steps: tuple[Human | Machine, ...]
    now: datetime

    @property
    def human(self) -> int:
        """Return how many steps people took."""
        return sum(isinstance(step, Human) for step in self.steps)

    @property
    def answers(self) -> dict[str, Any]:
        """Return what each operator answered, last."""
        return {step.operator: step.result for step in self.steps if isinstance(step, Machine)}


def record(loops: int) -> Life:
    """Walk a petition to its end; the political officer sends its draft back *loops* times."""
    with a_bureau() as house:
        number = a_case(house, at="gate_po")
        for _ in range(loops):
            do(house, work.list_(house.desk, element="gate_po")[0], {"decision": "退回", "reasons": "请补充核查经过"})
            walk(house, number, to="gate_po")
        walk(house, number)
        return _read(house, number)


def _read(house: House, number: str) -> Life:
    case, facts = house.desk.store.read(
        lambda unit: (unit.cases.load(number), unit.journal.of(unit.cases.load(number).id))
    )
    wanted = {fact.payload["task"]: fact.payload for fact in facts if fact.kind is Kind.CALL_WANTED}
    steps: list[Human | Machine] = []
    for fact in facts:
        if fact.kind is Kind.WORK_COMPLETED:
            steps.append(Human(element=fact.payload["element"], data=fact.payload["data"]))
        elif fact.kind is Kind.CALL_ANSWERED:
            call = wanted[fact.payload["task"]]
            steps.append(Machine(element=call["element"], operator=call["operator"], result=fact.payload["result"]))
    return Life(
        definition=house.desk.store.read(lambda unit: unit.definitions.get(case.definition)),
        deadlines=house.desk.deadlines,
        start=facts[0].payload["data"],
        steps=tuple(steps),
        now=house.clock.now(),
    )
