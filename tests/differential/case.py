"""A case: what waits in it, how what waits happens, and how its scopes end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.differential.handing import hand_in
from tests.differential.merging import chose, forget, meet
from tests.differential.opens import Open, OpenKind, Thrown
from tests.differential.shapes import Moving
from tests.differential.tokens import Guard, Moment, Scope, Token


class Case:
    """Everything of a case but the blocks that it is made of."""

    def __init__(self, now: int = 0, moving: Mapping[str, Moving] | None = None) -> None:
        self.now = now
        self.moving = moving or {}
        self.serial = 0
        self.opens: list[Open] = []
        self.thrown: list[Thrown] = []
        self.ending: list[Scope] = []
        """Scopes in which tokens ended since all was at rest."""
        self.ends: list[str] = []
        """End events that the main line of the top level reached, each once."""
        self.final: dict[str, Any] | None = None
        """What the case knew when it ended."""
        self.top = Scope(guard=Guard(), path="", done=self.finish)

    # -- what a driver sees and does ------------------------------------------------------------------

    def live(self, *kinds: OpenKind) -> list[Open]:
        """Return what waits, of these kinds, oldest first."""
        self.opens = sorted((entry for entry in self.opens if entry.lives), key=lambda entry: entry.serial)
        if self.final is not None:
            return []
        return [entry for entry in self.opens if not kinds or entry.kind in kinds]

    def fires(self, entry: Open, value: Any = None) -> None:
        """Let one entry happen, and all come to rest."""
        self.happens(entry, value)
        self.rest()

    def happens(self, entry: Open, value: Any) -> None:
        """Let one entry happen."""
        entry.guard.fall()
        self.fired = entry
        entry.fire(value)

    def addressed(self, name: str, keys: Mapping[str, Any]) -> list[Open]:
        """Return the waits that a message means, oldest first; of several tokens at one place the oldest gets it."""
        return [entry for entry in self.live("message") if entry.name == name and entry.keys == keys]

    def signal(self, name: str, payload: Any = None) -> None:
        """Tell everybody who waits for the signal, and let all come to rest."""
        self.tell(name, payload)
        self.rest()

    def tell(self, name: str, payload: Any = None) -> None:
        """Tell everybody who waits for the signal now."""
        for entry in [entry for entry in self.live("signal") if entry.name == name]:
            if entry.lives:
                self.happens(entry, payload)

    def tick(self, now: int) -> None:
        """Fire what is due, one by one, in the order in which it was due."""
        self.now = now
        while due := [entry for entry in self.live("timer") if entry.due <= now]:
            self.fires(min(due, key=lambda entry: (entry.due, entry.serial)))

    def open(self, kind: OpenKind, element: str, token: Token, fire: Callable[[Any], None], path: str = "") -> Open:
        """Let something wait."""
        self.serial += 1
        entry = Open(
            kind=kind,
            element=element,
            token=token,
            guard=Guard(token.guard),
            path=path or token.scope.path,
            serial=self.serial,
            fire=fire,
        )
        self.opens.append(entry)
        return entry

    # -- timers -----------------------------------------------------------------------------------------

    def arm(self, entry: Open, seconds: int) -> None:
        """Let an entry wait for its time."""
        entry.armed, entry.seconds, entry.due = self.now, seconds, self.now + seconds
        entry.moving = self.moving.get(entry.name)
        if entry.moving is not None:
            entry.known = entry.token.sees.get(entry.moving.key)
            self.count(entry)

    def again(self, entry: Open, fired: Open) -> None:
        """Let an entry wait for another time of one that has fired."""
        entry.armed, entry.seconds, entry.moving, entry.known = fired.armed, fired.seconds, fired.moving, fired.known
        entry.spent = True

    def count(self, entry: Open) -> None:
        """Say when a timer that moves is due; one that has fired, only if that is to come."""
        if entry.moving is None:
            return
        length = entry.moving.lasts(entry.seconds, entry.known)
        if length is None:
            entry.kind = "asleep"
        elif not entry.spent or entry.armed + length > self.now:
            entry.kind, entry.due, entry.spent = "timer", entry.armed + length, False

    def hear(self, scope: Scope, key: str, value: Any) -> None:
        """Let the timers that read *key* hear that it was written in *scope*."""
        for entry in self.live("timer", "asleep"):
            if entry.moving is not None and entry.moving.key == key and entry.token.scope.world is scope.world:
                entry.known = value
                self.count(entry)

    # -- ends -----------------------------------------------------------------------------------------

    def finish(self, moment: Moment) -> None:
        """End the case."""
        self.final = {**self.top.objects, **moment.data}

    def end(self, token: Token, element: str) -> None:
        """Let *token* reach an end event."""
        scope = token.scope
        self.reach(token, element)
        scope.ended.append(token.moment.next())
        scope.tokens -= 1
        if scope not in self.ending:
            self.ending.append(scope)

    def rest(self) -> None:
        """When nothing else moves: let ended tokens hand in what they changed, and end scopes that have no token."""
        while any(self.close(scope) for scope in list(self.ending)):
            pass

    def close(self, scope: Scope) -> bool:
        """End a scope if its last token has ended, unless what it knew clashes; tell whether something moved."""
        if not scope.guard.stands or not scope.ended:
            self.ending.remove(scope)
            return False
        if scope.clashed:
            return False
        while len(scope.ended) > (0 if scope.tokens else 1):
            ended = scope.ended.pop(0)
            hand_in(ended, self.tips(scope))
        if scope.tokens:
            return False
        moment = scope.ended[0]
        data, clashes = meet([moment], last=True)
        if not clashes:
            scope.ended = []
            for key in scope.chosen:
                self.hear(scope, key, data.get(key))
            scope.done(Moment(data))
            return True

        def choose(chosen: Mapping[tuple[str, ...], Any]) -> None:
            scope.clashed = False
            scope.chosen = {path[0] for path in chosen}
            forget(moment, chosen)
            scope.ended = [chose(ended, chosen) for ended in scope.ended]

        scope.clashed = True
        token = Token(scope=scope, guard=scope.running, moment=moment)
        self.open("clash", "", token, choose).clashes = tuple(clashes)
        return False

    def tips(self, scope: Scope) -> list[Moment]:
        """Return where everything is that still lives in a scope."""
        return [entry.token.moment for entry in self.live() if entry.token.scope is scope] + scope.ended

    def reach(self, token: Token, element: str) -> None:
        """Remember an end event of the main line."""
        if element and not token.scope.path and not token.beside and element not in self.ends:
            self.ends.append(element)
