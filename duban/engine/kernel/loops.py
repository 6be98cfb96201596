"""Loops: multi-instances, each round with data of its own, and standard loops, each round after the other."""

from __future__ import annotations

from typing import Any, Final

from duban.engine.expressions import Expression
from duban.engine.kernel.element import Element, evaluate
from duban.engine.kernel.stuck import Stuck
from duban.engine.kernel.tasks import INSTANCE, STARTED, KernelTask

OUT: Final = "o"
"""Key in a multi-instance's notes: [index, what the instance gave], in the order of their ends."""
LEFT: Final = "l"
"""Key in a sequential multi-instance's notes: [index, item] of the instances to come."""
COUNT: Final = "n"
"""Key in a multi-instance's notes: how many instances there are."""
MOST_INSTANCES: Final = 1_000


class Loop(Element):
    """What all loops have in common: a started task whose children are its rounds."""

    body: Any
    """The spec of one round."""

    def add_round(self, my_task: KernelTask, index: Any, data: dict[str, Any] | None) -> KernelTask:
        """Make the task of one round; without *data* of its own it shares the loop's."""
        task = KernelTask(my_task.workflow, self.body, my_task)
        task.triggered = True
        task.internal_data[INSTANCE] = index
        if data is None:
            task.packed = my_task.box()
        else:
            task.loose = data
        return task

    def round_done(self, task: KernelTask) -> None:
        """Take in what a round gave, then go on."""
        my_task: KernelTask = task.parent
        self.take(my_task, task)
        self._proceed(my_task)

    def _proceed(self, my_task: KernelTask) -> None:
        try:
            self.proceed(my_task)
        except Stuck as stuck:
            my_task.stick(stuck)

    def take(self, my_task: KernelTask, task: KernelTask) -> None:
        """Take in what a round gave."""
        raise NotImplementedError

    def proceed(self, my_task: KernelTask) -> None:
        """Start the next round, or end the loop."""
        raise NotImplementedError

    def end(self, my_task: KernelTask) -> None:
        """Leave the loop: the rounds are forgotten."""
        for task in my_task.children:
            task.cancel()
        my_task._children = []
        my_task.complete()

    def retry(self, my_task: KernelTask) -> None:
        if my_task._state == STARTED:
            self._proceed(my_task)
        else:
            super().retry(my_task)

    def cancelled(self, my_task: KernelTask, before: int) -> None:
        for task in my_task.children:
            task.cancel()


class MultiInstance(Loop):
    """One instance per item of a collection.

    What an instance writes is its own; only its output item comes back, into one list in the order of the
    instances (or one mapping, if the input is one), written anew each time the element is entered.
    """

    items: Expression | None
    """The collection to walk over."""
    cardinality: Expression | None
    """How many instances, where there is no collection."""
    input_item: str | None
    output_item: str
    output: str | None
    """Key of the list that is written; None: nothing comes back."""
    condition: Expression | None
    """Ends the loop before all instances are done."""
    sequential: bool
    isolates = True

    def _update(self, my_task: KernelTask) -> None:
        my_task.inherit()
        rounds = self.rounds(my_task)
        my_task.internal_data[OUT] = []
        my_task.internal_data[COUNT] = len(rounds)
        if not rounds:
            my_task._ready()
            return
        my_task._set_state(STARTED)
        if self.sequential:
            my_task.internal_data[LEFT] = rounds[1:]
            self.start(my_task, *rounds[0]).enter()
            return
        for task in [self.start(my_task, index, item) for index, item in rounds]:
            task.enter()

    def _run(self, my_task: KernelTask) -> bool | None:
        self.collect(my_task)
        return True

    def rounds(self, my_task: KernelTask) -> list[list[Any]]:
        """Return index and item of every instance."""
        if self.items is None:
            rounds = [[index, index] for index in range(self.count(my_task))]
        else:
            items = evaluate(my_task, self.items)
            if isinstance(items, dict):
                rounds = [[key, item] for key, item in items.items()]
            elif isinstance(items, list | tuple):
                rounds = [[index, item] for index, item in enumerate(items)]
            else:
                raise Stuck("expression", f"{self.items.text} must be a list or a mapping, not {items!r}")
        if len(rounds) > MOST_INSTANCES:
            raise Stuck("expression", f"{len(rounds)} instances; at most {MOST_INSTANCES} are allowed")
        return rounds

    def count(self, my_task: KernelTask) -> int:
        """Return the number that the cardinality means."""
        if self.cardinality is None:
            return 0
        count = evaluate(my_task, self.cardinality)
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_INSTANCES:
            raise Stuck(
                "expression", f"{self.cardinality.text} must be a number from 0 to {MOST_INSTANCES}, not {count!r}"
            )
        return count

    def start(self, my_task: KernelTask, index: Any, item: Any) -> KernelTask:
        """Make the task of one instance."""
        data = None if self.input_item is None else {**my_task.seen(), self.input_item: item}
        return self.add_round(my_task, index, data)

    def take(self, my_task: KernelTask, task: KernelTask) -> None:
        given = task.seen().get(self.output_item)
        my_task.internal_data[OUT].append([task.internal_data[INSTANCE], given])

    def proceed(self, my_task: KernelTask) -> None:
        notes = my_task.internal_data
        if len(notes[OUT]) == notes[COUNT] or self.is_enough(my_task):
            self.collect(my_task)
            self.end(my_task)
        elif self.sequential:
            index, item = notes[LEFT].pop(0)
            self.start(my_task, index, item).enter()

    def is_enough(self, my_task: KernelTask) -> bool:
        """Tell whether the completion condition holds."""
        if self.condition is None:
            return False
        out = my_task.internal_data[OUT]
        count = my_task.internal_data[COUNT]
        active = sum(number in my_task.workflow.live for number in my_task._children)
        extra: dict[str, Any] = {
            "numberOfInstances": count,
            "numberOfCompletedInstances": len(out),
            "numberOfActiveInstances": active,
            self.output_item: out[-1][1],
        }
        if self.output is not None:
            extra[self.output] = [given for _, given in out]
        return bool(evaluate(my_task, self.condition, extra))

    def collect(self, my_task: KernelTask) -> None:
        """Write what came back."""
        out = my_task.internal_data.pop(OUT)
        if self.output is None:
            return
        indexes = [index for index, _ in out]
        if any(isinstance(index, str) for index in indexes):
            written: Any = dict(out)
        else:
            written = [given for _, given in sorted(out, key=lambda pair: pair[0])]
        my_task.data[self.output] = written
        my_task.workflow.case.record.write(my_task, {self.output: written})


class StandardLoop(Loop):
    """Rounds that follow each other while the condition holds, each on the data of the one before."""

    condition: Expression | None
    maximum: int | None
    test_before: bool

    def _update(self, my_task: KernelTask) -> None:
        my_task.inherit()
        my_task.internal_data[COUNT] = 0
        if self.test_before and not self.goes_on(my_task):
            my_task._ready()
            return
        my_task._set_state(STARTED)
        self.add_round(my_task, 0, None).enter()

    def goes_on(self, my_task: KernelTask) -> bool:
        """Tell whether there is another round."""
        if self.maximum is not None and my_task.internal_data[COUNT] >= self.maximum:
            return False
        return self.condition is None or bool(evaluate(my_task, self.condition))

    def take(self, my_task: KernelTask, task: KernelTask) -> None:
        my_task.loose, my_task.packed = task.loose, task.packed
        task.loose = task.packed = None
        my_task.internal_data[COUNT] += 1

    def proceed(self, my_task: KernelTask) -> None:
        if self.goes_on(my_task):
            self.add_round(my_task, my_task.internal_data[COUNT], None).enter()
        else:
            self.end(my_task)
