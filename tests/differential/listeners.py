"""Event sub-processes: what may start beside the tokens of a scope, or in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.differential.merging import meet
from tests.differential.opens import OpenKind, address, below, brought
from tests.differential.shapes import EventSub
from tests.differential.tokens import Guard, Moment, Token

if TYPE_CHECKING:  # the interpreter makes listeners
    from tests.differential.interpreter import Interpreter


class Listener:
    """One event sub-process of one scope that runs."""

    def __init__(self, interpreter: Interpreter, event: EventSub, token: Token) -> None:
        self.interpreter = interpreter
        self.event = event
        self.token = token
        """The first token of the scope: an event that interrupts nothing knows what it knew."""
        self.running = token.guard.above or token.guard
        """Stands over everything that an interrupting event replaces."""

    def listen(self) -> None:
        """Begin to wait, or to catch what the scope's own tokens throw."""
        event = self.event
        if event.kind in {"error", "escalation"}:
            self.token.guard.catches[event.kind, event.code] = self.fire
            return
        kind: OpenKind = "timer"
        if event.kind in {"signal", "message"}:
            kind = "signal" if event.kind == "signal" else "message"
        entry = self.interpreter.open(kind, f"start_{event.id}", self.token, self.fire)
        entry.name, entry.on_edge = event.id, True
        entry.due = self.interpreter.now + event.seconds
        address(entry, event.keys)

    def fire(self, payload: Any = None, thrower: Token | None = None) -> None:
        """Start: instead of everything else in the scope, or beside it."""
        event, scope = self.event, self.token.scope
        moment = self.token.moment
        if event.interrupting:
            moment = self.gather(thrower)
            self.running.fall()
            scope.tokens, scope.ended = 0, []
        elif event.kind in {"signal", "message"}:
            self.listen()
        scope.tokens += 1
        guard = scope.guard if event.interrupting else self.running
        known = {**moment.data, **brought(event, payload)}
        begun = Token(scope=scope, guard=Guard(guard), moment=Moment(known, moment))
        path = below(scope.path, event.id)
        self.interpreter.enter(event.id, event.body, begun, lambda t: self.interpreter.end(t, ""), path)

    def gather(self, thrower: Token | None) -> Moment:
        """Return what all tokens of the scope know together, the throwing one included."""
        scope = self.token.scope
        moments = [o.token.moment for o in self.interpreter.live() if o.token.scope is scope and not o.on_edge]
        if thrower is not None and thrower.scope is scope:
            moments.append(thrower.moment)
        data, _ = meet(moments + scope.ended)
        return Moment(data)
