"""The kernel alone: load, one step, drain, prune, dump; against restore, one step, serialise of stock."""

from __future__ import annotations

from bench.life import Human, Life, Machine
from bench.stock import Stock
from duban.engine import process
from duban.model.calls import Answer
from duban.model.outcome import Outcome


class Ours:
    """A case that is only bytes."""

    def __init__(self, life: Life) -> None:
        self._life = life
        outcome = process.start(life.definition, life.start, now=life.now, deadlines=life.deadlines)
        self.tasks = opened(outcome, {})
        self.state = outcome.state

    def step(self, step: Human | Machine) -> None:
        """Take one step."""
        outcome = taken(self._life, self.state, step, self.tasks.pop(step.element))
        opened(outcome, self.tasks)
        self.state = outcome.state


class Theirs:
    """A case that is only JSON; service tasks were answered on the way."""

    def __init__(self, stock: Stock, life: Life) -> None:
        self._stock = stock
        self.state = stock.start(life.start)

    def step(self, step: Human | Machine) -> None:
        """Take one step."""
        if isinstance(step, Human):
            self.state = self._stock.complete(self.state, step.element, step.data)


def taken(life: Life, state: bytes, step: Human | Machine, task: int) -> Outcome:
    """Let our engine take a recorded step."""
    if isinstance(step, Human):
        return process.complete(life.definition, state, task, step.data, now=life.now, deadlines=life.deadlines)
    answer = Answer(task=task, result=step.result)
    return process.deliver(life.definition, state, answer, now=life.now, deadlines=life.deadlines)


def opened(outcome: Outcome, tasks: dict[str, int]) -> dict[str, int]:
    """Remember which task each open work item and call is."""
    tasks.update({work.element: work.task for work in outcome.opened})
    tasks.update({call.element: call.task for call in outcome.calls})
    return tasks


def sizes(life: Life) -> list[int]:
    """Return the bytes of our state while the case is open, after every step."""
    case = Ours(life)
    found = [len(case.state)]
    for step in life.steps[:-1]:
        case.step(step)
        found.append(len(case.state))
    return found
