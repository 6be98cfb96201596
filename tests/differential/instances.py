"""Multi-instances: each item has a token of its own; one list comes out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.differential.opens import instance
from tests.differential.shapes import Chain, Many, Person
from tests.differential.tokens import Guard, Then, Token

if TYPE_CHECKING:  # the interpreter makes instances
    from tests.differential.interpreter import Interpreter


class Instances:
    """The instances of one multi-instance."""

    def __init__(self, interpreter: Interpreter, block: Many, token: Token, over: Then) -> None:
        self.interpreter = interpreter
        self.block = block
        self.token = token
        self.over = over
        given = list(range(block.count)) if block.source == "number" else token.data[f"xs_{block.id}"]
        self.keys: list[Any] = list(given) if isinstance(given, dict) else list(range(len(given)))
        self.items: list[Any] = [given[key] for key in self.keys]
        self.collected: dict[int, Any] = {}
        self.begun = 0
        self.guard = Guard(token.guard)

    def begin(self) -> None:
        """Start all instances, or the first."""
        if not self.items:
            self.finish()
        for _ in range(len(self.items) if self.block.parallel else min(1, len(self.items))):
            self.one()

    def finish(self) -> None:
        """Go on with what was collected, in the order of the items."""
        self.guard.fall()
        if not self.block.collects:
            self.over(self.token)
            return
        collected: Any = [self.collected[n] for n in sorted(self.collected)]
        if self.block.source == "mapping" and self.collected:
            collected = {self.keys[n]: value for n, value in self.collected.items()}
        self.over(self.token.wrote(f"out_{self.block.id}", collected))

    def one(self) -> None:
        """Start the next instance."""
        n, block = self.begun, self.block
        self.begun += 1
        token = self.token.at(self.token.moment.next(**{f"x_{block.id}": self.items[n]})).under(self.guard)
        path = instance(token.scope.path, block.id, self.keys[n])
        over = partial(self.collect, n)
        if block.of == "person":
            self.interpreter.work(block.id, token, over, path=path).on_edge = True
        elif block.of == "service":
            self.interpreter.call(block.id, token, over, (), path).on_edge = True
        else:
            body = Chain(blocks=(Person(id=f"y_{block.id}"), *block.body.blocks))
            self.interpreter.enter(block.id, body, token, over, path, isolates=True)

    def collect(self, n: int, token: Token) -> None:
        """Keep the value of an instance; stop, go on or start the next."""
        value = self.collected[n] = token.data[f"o_{self.block.id}"]
        stopped = self.block.stops and value["v"] % 3 == 0
        if stopped or len(self.collected) == len(self.items):
            self.finish()
        elif not self.block.parallel:
            self.one()
