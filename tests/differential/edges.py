"""Boundary events: what may happen at the edge of an activity while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.differential.opens import Open, OpenKind, address, brought, nothing
from tests.differential.shapes import FIRINGS, Boundary
from tests.differential.tokens import Guard, Then, Token

if TYPE_CHECKING:  # the interpreter makes edges
    from tests.differential.interpreter import Interpreter


class Edge:
    """One boundary event of one activity that runs."""

    def __init__(self, interpreter: Interpreter, boundary: Boundary, entry: Token, guard: Guard, then: Then) -> None:
        self.interpreter = interpreter
        self.boundary = boundary
        self.entry = entry
        """The token as it came to the activity: all that a handler knows."""
        self.guard = guard
        """Stands over the activity."""
        self.then = then
        """What comes behind the activity."""
        self.waiting = entry
        """The event itself, beside the activity."""
        self.place = interpreter.open("inside", boundary.id, entry, nothing)
        """Where it stands."""
        self.firings = 0

    def arm(self) -> None:
        """Begin to wait, or to catch what is thrown inside."""
        boundary = self.boundary
        if boundary.kind in {"error", "escalation", "cancel"}:
            self.catch()
        else:
            self.wait(self.interpreter.now + boundary.seconds)
            if boundary.kind == "timer":
                self.interpreter.arm(self.place, boundary.seconds)

    def catch(self) -> None:
        """Catch what is thrown inside."""
        boundary = self.boundary
        self.guard.catches[boundary.kind, boundary.code] = self.fire
        self.entered("inside", nothing)

    def wait(self, due: int) -> None:
        """Wait for the event."""
        boundary = self.boundary
        kind: OpenKind = "timer"
        if boundary.kind in {"signal", "message"}:
            kind = "signal" if boundary.kind == "signal" else "message"
        waiting = self.entered(kind, self.fire)
        waiting.name, waiting.due = boundary.id, due
        address(waiting, boundary.keys)

    def entered(self, kind: OpenKind, fire: Callable[[Any], None]) -> Open:
        """Put the event beside the activity."""
        self.waiting = self.entry.at(self.entry.moment.next()).under(self.guard)
        self.place.guard.fall()
        self.place = self.interpreter.open(kind, self.boundary.id, self.waiting, fire)
        self.place.on_edge = True
        return self.place

    def fire(self, payload: Any = None, _: Token | None = None) -> None:
        """Run the handler: in the place of the activity, or beside it."""
        self.firings += 1
        boundary, entry = self.boundary, self.entry
        self.place.guard.fall()
        token = entry.at(entry.moment.next(**brought(boundary, payload)))
        if boundary.interrupting:
            self.guard.fall()
            self.interpreter.chain(boundary.handler, token, self.then)
            return
        self.again()
        if boundary.kind == "message":
            token.moment.begun_by(f"msg_{boundary.id}")
        entry.scope.tokens += 1
        beside = replace(token, beside=True)
        end = f"end_{boundary.id}"
        self.interpreter.chain(boundary.handler, beside, lambda t: self.interpreter.end(t, end))

    def again(self) -> None:
        """Wait again: for messages, signals and escalations always, for cycles as often as they say."""
        kind = self.boundary.kind
        if kind == "escalation":
            self.catch()
        elif kind in {"message", "signal"}:
            self.wait(0)
        elif kind == "cycle" and self.firings < FIRINGS:
            self.wait(self.interpreter.fired.due + self.boundary.seconds)
        elif kind == "timer" and self.boundary.id in self.interpreter.moving:
            fired = self.interpreter.fired
            asleep = self.entered("asleep", self.fire)
            asleep.name = self.boundary.id
            self.interpreter.again(asleep, fired)
