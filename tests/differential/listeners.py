"""Event sub-processes: what may start beside the tokens of a scope, or in their place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.differential.merging import chose, forget, meet
from tests.differential.opens import Open, OpenKind, address, below, brought, nothing
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
        self.waiting = token
        """The event itself, beside the tokens."""
        self.place = interpreter.open("inside", event.id, token, nothing)
        """Where it stands, if it catches what is thrown."""
        self.place.guard.fall()
        self.clash: Open | None = None
        """The choice without which it cannot replace the tokens."""

    def listen(self) -> Open:
        """Begin to wait, or to catch what the scope's own tokens throw."""
        event = self.event
        self.waiting = self.token.at(self.token.moment.next())
        if event.kind in {"error", "escalation"}:
            self.token.guard.catches[event.kind, event.code] = self.fire
            self.place.guard.fall()
            self.place = self.interpreter.open("inside", event.id, self.waiting, nothing)
            self.place.on_edge = True
            return self.place
        kind: OpenKind = "timer"
        if event.kind in {"signal", "message"}:
            kind = "signal" if event.kind == "signal" else "message"
        entry = self.interpreter.open(kind, f"start_{event.id}", self.waiting, self.fire)
        entry.name, entry.on_edge = event.id, True
        if event.kind == "timer":
            self.interpreter.arm(entry, event.seconds)
        address(entry, event.keys)
        return entry

    def fire(self, payload: Any = None, thrower: Token | None = None) -> None:
        """Start: instead of everything else in the scope, or beside it.

        While somebody must choose first, the event does not come again, and who threw an error stays where it threw.
        """
        self.place.guard.fall()
        if self.event.interrupting:
            if self.clash is None or not self.clash.lives:
                self.replace(payload, thrower)
            if thrower is not None and thrower.guard.stands and self.event.kind == "error":
                self.interpreter.open("inside", "", thrower, nothing)
            return
        if self.event.kind != "timer":
            self.listen()
        elif self.event.id in self.interpreter.moving:
            fired = self.interpreter.fired
            asleep = self.listen()
            asleep.kind = "asleep"
            self.interpreter.again(asleep, fired)
        self.begin(payload, self.token.moment, self.token.scope.running)

    def replace(self, payload: Any, thrower: Token | None, settled: Iterable[str] = ()) -> None:
        """Take all tokens of the scope away and go on with what they knew; where it clashes, somebody chooses first."""
        scope = self.token.scope
        thrown = [thrower.moment] if thrower is not None and thrower.scope is scope else []
        moments = [entry.token.moment for entry in self.tokens()] + thrown + scope.ended
        data, clashes = meet(moments or [self.waiting.moment], last=True)
        if not clashes:
            scope.running.fall()
            scope.running = scope.guard
            scope.tokens, scope.ended, scope.clashed = 0, [], False
            for key in settled:
                self.interpreter.hear(scope, key, data.get(key))
            self.begin(payload, Moment(data), scope.guard)
            return

        def choose(chosen: Any) -> None:
            if not self.tokens() and not scope.ended:
                forget(self.waiting.moment, chosen)
                self.waiting = self.waiting.at(chose(self.waiting.moment, chosen))
            for entry in self.tokens():
                forget(entry.token.moment, chosen)
                entry.token = entry.token.at(chose(entry.token.moment, chosen))
            for moment in scope.ended:
                forget(moment, chosen)
            scope.ended = [chose(moment, chosen) for moment in scope.ended]
            self.replace(payload, None, {path[0] for path in chosen})

        self.clash = self.interpreter.open("clash", self.event.id, self.token, choose)
        self.clash.clashes = tuple(clashes)

    def tokens(self) -> list[Open]:
        """Return where the tokens of the scope are."""
        scope = self.token.scope
        return [o for o in self.interpreter.live() if o.token.scope is scope and not o.on_edge and o.kind != "clash"]

    def begin(self, payload: Any, moment: Moment, guard: Guard) -> None:
        """Run what is inside in a scope of its own."""
        event, scope = self.event, self.token.scope
        scope.tokens += 1
        known = Moment({**moment.data, **brought(event, payload)}, moment)
        if event.kind == "message" and not event.interrupting:
            known.begun_by(f"msg_{event.id}")
        begun = Token(scope=scope, guard=Guard(guard), moment=known)
        path = below(scope.path, event.id)
        running = self.interpreter.open("inside", event.id, begun, nothing)
        running.on_edge = True

        def over(token: Token) -> None:
            running.guard.fall()
            self.interpreter.end(token, "")

        self.interpreter.enter(event.id, event.body, begun, over, path)
