"""The kernel alone: load, one step, drain, prune, dump; against restore, one step, serialise of stock."""

from __future__ import annotations

from bench.life import Human, Life
from bench.stock import Stock
from duban.engine import process
from duban.model.calls import Answer
from duban.model.outcome import Outcome


def ours(life: Life) -> list[int]:
    """Live the life on bytes alone; return the size of the state after every step."""
    now, deadlines, definition = life.now, life.deadlines, life.definition
    outcome = process.start(definition, life.start, now=now, deadlines=deadlines)
    tasks = opened(outcome, {})
    sizes = [len(outcome.state)]
    for step in life.steps:
        task = tasks.pop(step.element)
        if isinstance(step, Human):
            outcome = process.complete(
                definition, outcome.state, task, step.data, now=now, deadlines=deadlines
            )
        else:
            answer = Answer(task=task, result=step.result)
            outcome = process.deliver(definition, outcome.state, answer, now=now, deadlines=deadlines)
        opened(outcome, tasks)
        sizes.append(len(outcome.state))
    if outcome.ended is None:
        raise AssertionError("the life did not come to its end")
    return sizes


def opened(outcome: Outcome, tasks: dict[str, int]) -> dict[str, int]:
    """Remember which task each open work item and call is."""
    tasks.update({work.element: work.task for work in outcome.opened})
    tasks.update({call.element: call.task for call in outcome.calls})
    return tasks


def theirs(stock: Stock, life: Life) -> list[int]:
    """Live the life on stock, restored and serialised at every step; return the size of each state."""
    state = stock.start(life.start)
    sizes = [len(state)]
    for step in life.steps:
        if isinstance(step, Human):
            state = stock.complete(state, step.element, step.data)
            sizes.append(len(state))
    if not stock.is_completed(state):
        raise AssertionError("stock did not come to the end of the life")
    return sizes
