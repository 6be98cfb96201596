"""Interprets the tree of a process token by token, as BPMN 2.0 describes it; knows nothing of the engine.

Every block is run in the words of the standard; what has to wait becomes an entry of the case (``case.py``), whose
methods are what a driver may do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from tests.differential.case import Case
from tests.differential.edges import Edge
from tests.differential.handing import carry, tidy
from tests.differential.instances import Instances
from tests.differential.listeners import Listener
from tests.differential.merging import chose, meet
from tests.differential.opens import (
    Failed,
    Open,
    Thrown,
    address,
    below,
    instance,
    key_of,
    nothing,
    received,
)
from tests.differential.shapes import (
    Activity,
    Arm,
    Ask,
    Block,
    Chain,
    Choice,
    Escalate,
    EventSub,
    Exit,
    Inclusive,
    Link,
    Loop,
    Many,
    Parallel,
    Person,
    Process,
    Race,
    Repeat,
    Rule,
    Script,
    Service,
    Shelf,
    Shout,
    Sub,
    Wait,
    levels,
    shelves,
    start_data,
)
from tests.differential.tokens import Guard, Moment, Scope, Then, Token

ROUNDS = 3
"""How often a person may send a loop back."""


class Interpreter(Case):
    """One case."""

    def __init__(self, process: Process, now: int = 0, message: str | None = None) -> None:
        super().__init__(now, process.moving)
        self.runners: dict[type[Block], Callable[[Any, Token, Then], None]] = {
            Person: self.person,
            Service: self.service,
            Script: self.script,
            Rule: self.rule,
            Choice: self.choice,
            Parallel: self.parallel,
            Inclusive: self.inclusive,
            Loop: self.loop,
            Repeat: self.repeat,
            Many: self.many,
            Sub: self.sub,
            Exit: self.leave,
            Escalate: self.escalate,
            Wait: self.wait,
            Ask: self.ask,
            Race: self.race,
            Shout: self.shout,
            Link: lambda _, token, then: then(token),
            Shelf: self.shelf,
        }
        self.begin(process, message)
        self.rest()

    # -- levels -------------------------------------------------------------------------------------

    def begin(self, process: Process, message: str | None) -> None:
        """Start the case, by a message or by itself."""
        moment = Moment(start_data(process))
        self.top.objects = dict.fromkeys(name for chain in levels(process, events=False) for name in shelves(chain))
        head = next((head for head in process.heads if head.id == message), None)
        if head is None and not process.plain:
            (head,) = process.heads
        body = process.body if head is None else Chain(blocks=head.chain.blocks + process.body.blocks)
        self.fill(self.top, "main", body, process.events, moment)

    def enter(
        self,
        name: str,
        chain: Chain,
        token: Token,
        then: Then,
        path: str,
        events: tuple[EventSub, ...] = (),
        *,
        isolates: bool = False,
    ) -> None:
        """Run *chain* in a scope of its own; what it knows at its end goes on with *token*."""
        guard = Guard(token.guard)

        def done(moment: Moment) -> None:
            guard.fall()
            then(token.at(Moment(moment.data, token.moment)))

        objects: dict[str, Any] = dict.fromkeys(shelves(chain))
        scope = Scope(guard=guard, path=path, done=done, outer=token.scope, objects=objects, isolates=isolates)
        self.fill(scope, name, chain, events, Moment(token.data))

    def fill(self, scope: Scope, name: str, chain: Chain, events: tuple[EventSub, ...], moment: Moment) -> None:
        """Put the first token of a scope down, and its event sub-processes beside it."""
        scope.running = Guard(scope.guard)
        token = Token(scope=scope, guard=Guard(scope.running), moment=moment)
        for event in events:
            Listener(self, event, token).listen()
        self.chain(chain, token, lambda t: self.end(t, f"end_{name}"))

    # -- running ------------------------------------------------------------------------------------

    def chain(self, chain: Chain, token: Token, then: Then, n: int = 0) -> None:
        """Run the blocks of *chain* from the nth on, as long as nothing took the token away."""
        if not token.guard.stands:
            return
        if n == len(chain.blocks):
            then(token)
            return
        block = chain.blocks[n]
        self.runners[type(block)](block, token, lambda t: self.chain(chain, t, then, n + 1))

    def work(self, element: str, token: Token, then: Then, picks: tuple[int, ...] = (), path: str = "") -> Open:
        """Ask a person to fill in *element*."""

        def written(value: Any) -> None:
            self.hear(entry.token.scope, key_of(element), value)
            then(entry.token.wrote(key_of(element), value))

        entry = self.open("work", element, token, written, path)
        entry.picks = picks
        return entry

    def decide(self, block: Block, token: Token, picks: tuple[int, ...], then: Callable[[Token, int], None]) -> None:
        """Ask a person to pick, then go on with the pick."""
        name = f"d_{block.id}"
        self.work(name, token, lambda t: then(t, t.data[name]["pick"]), picks)

    def activity(self, block: Activity, token: Token, then: Then, begin: Callable[[Token, Then], None]) -> None:
        """Run an activity under the events on its edge."""
        guard = Guard(token.guard)
        entry = token.at(token.moment.next())

        def over(inside: Token) -> None:
            guard.fall()
            then(inside.under(token.guard))

        for boundary in block.boundaries:
            Edge(self, boundary, entry, guard, then).arm()
        begin(entry.at(entry.moment.next()).under(guard), over)

    # -- activities ---------------------------------------------------------------------------------

    def person(self, block: Person, token: Token, then: Then) -> None:
        """Run a user task."""
        self.activity(block, token, then, lambda t, over: nothing(self.work(block.id, t, over)))

    def service(self, block: Service, token: Token, then: Then) -> None:
        """Run a deferred call."""
        own = tuple(b.code for b in block.boundaries if b.kind == "error")
        self.activity(block, token, then, lambda t, over: nothing(self.call(block.id, t, over, own + block.codes)))

    def call(
        self, element: str, token: Token, then: Then, codes: tuple[str, ...], path: str = "", serial: int = 0
    ) -> Open:
        """Want a call; it may be answered, fail in a way somebody catches, or fail and be wanted again."""

        def settle(result: Any) -> None:
            if not isinstance(result, Failed):
                then(entry.token.wrote(key_of(element), result))
            elif catch := token.guard.catcher("error", result.code):
                catch({"code": result.code, "message": ""}, entry.token)
            else:
                failed = self.open("failed", element, entry.token, again, path)
                failed.serial, failed.on_edge = entry.serial, entry.on_edge

        def again(_: Any) -> None:
            wanted = self.call(element, entry.token, then, codes, path, entry.serial)
            wanted.on_edge = entry.on_edge

        entry = self.open("call", element, token, settle, path)
        entry.codes, entry.serial = codes, serial or entry.serial
        return entry

    def sub(self, block: Sub, token: Token, then: Then) -> None:
        """Run a sub-process, transaction or call activity."""
        path = below(token.scope.path, block.id)

        def begin(inside: Token, over: Then) -> None:
            self.open("inside", block.id, inside, nothing)

            def back(at: Token) -> None:
                if block.of == "call":
                    for key in [key for key, value in at.data.items() if inside.data.get(key) != value]:
                        self.hear(token.scope, key, at.data[key])
                over(at)

            isolates = block.of == "call"
            self.enter(block.id, block.body, inside, back, path, block.events, isolates=isolates)

        self.activity(block, token, then, begin)

    def many(self, block: Many, token: Token, then: Then) -> None:
        """Run a multi-instance."""

        def begin(inside: Token, over: Then) -> None:
            self.open("inside", block.id, inside, nothing)
            Instances(self, block, inside, over).begin()

        self.activity(block, token, then, begin)

    def repeat(self, block: Repeat, token: Token, then: Then) -> None:
        """Run a user task with a standard loop."""

        def over(at: Token, done: int) -> bool:
            tested = block.condition and (done > 0 or block.before)
            return done == block.times or (tested and at.data[block.id]["v"] % 2 == 1)

        def again(at: Token, done: int) -> None:
            if over(at, done):
                then(at)
            else:
                path = instance(token.scope.path, block.id, done)
                self.work(block.id, at, lambda t: again(t, done + 1), path=path)

        again(token, 0)

    # -- automatic tasks ----------------------------------------------------------------------------

    def script(self, block: Script, token: Token, then: Then) -> None:
        """Count, and forget at the first visit."""
        moment = token.moment.next(**{f"n_{block.id}": token.data[f"n_{block.id}"] + 1})
        if moment.data[f"n_{block.id}"] == 1:
            del moment.data[f"g_{block.id}"]
        then(token.at(moment))

    def rule(self, block: Rule, token: Token, then: Then) -> None:
        """Say in words what was picked."""
        words = ["none", "low", "high", "high"]
        self.decide(block, token, (0, 1, 2, 3), lambda t, pick: then(t.wrote(block.id, {"size": words[pick]})))

    def shelf(self, block: Shelf, token: Token, then: Then) -> None:
        """Put something into a data object, then read it."""

        def put(at: Token) -> None:
            at.scope.objects[block.id] = at.data.pop(block.id)
            self.work(f"{block.id}_r", at, then)

        self.work(f"{block.id}_w", token, put)

    # -- gateways -----------------------------------------------------------------------------------

    def choice(self, block: Choice, token: Token, then: Then) -> None:
        """Take the branch that was picked."""
        picks = tuple(range(len(block.branches)))
        self.decide(block, token, picks, lambda t, pick: self.chain(block.branches[pick], t, then))

    def parallel(self, block: Parallel, token: Token, then: Then) -> None:
        """Take all branches."""
        self.split(block, block.branches, token, then)

    def inclusive(self, block: Inclusive, token: Token, then: Then) -> None:
        """Take the branches whose bits were picked."""

        def split(at: Token, pick: int) -> None:
            taken = tuple(branch for n, branch in enumerate(block.branches) if pick >> n & 1)
            self.split(block, taken or block.branches[:1], at, then)

        every = range(0, 1 << len(block.branches), 2) if block.default else range(1, 1 << len(block.branches))
        self.decide(block, token, tuple(every), split)

    def split(self, block: Block, branches: tuple[Chain, ...], token: Token, then: Then) -> None:
        """Run branches at once; go on when the last has arrived."""
        arrived: list[Open] = []

        def arrive(at: Token) -> None:
            arrived.append(self.open("arrived", f"j_{block.id}", at.at(at.moment.next()), nothing))
            if len(arrived) == len(branches):
                self.join(arrived, then)

        for branch in branches:
            self.chain(branch, token.at(token.moment.next()), arrive)

    def join(self, arrived: list[Open], then: Then, settled: Iterable[str] = ()) -> None:
        """Make one token of those that arrived; where what they knew clashes, wait until somebody chooses."""
        last = arrived[-1]
        data, clashes = meet([entry.token.moment for entry in arrived])
        if not clashes:
            tidy(self.tips(last.token.scope))
            for key in settled:
                self.hear(last.token.scope, key, data.get(key))
            for entry in arrived:
                entry.guard.fall()
                if entry is not last:
                    carry(entry.token.moment, last.token.moment)
            then(last.token.at(Moment(data, last.token.moment)))
            return

        def choose(chosen: Mapping[tuple[str, ...], Any]) -> None:
            for entry in arrived:
                entry.token = entry.token.at(chose(entry.token.moment, chosen))
            self.join(arrived, then, {path[0] for path in chosen})

        self.open("clash", last.element, last.token, choose).clashes = tuple(clashes)

    def loop(self, block: Loop, token: Token, then: Then) -> None:
        """Run the body again while somebody says so."""

        def again(at: Token, rounds: int) -> None:
            picks = (0, 1) if rounds < ROUNDS else (0,)
            self.chain(
                block.body,
                at,
                lambda t: self.decide(block, t, picks, lambda u, pick: again(u, rounds + 1) if pick else then(u)),
            )

        again(token, 0)

    def leave(self, block: Exit, token: Token, then: Then) -> None:
        """Go on, or end the way that was picked."""

        def picked(at: Token, pick: int) -> None:
            if not pick:
                then(at)
            elif block.kind == "terminate":
                self.terminate(at, block.id)
            elif block.kind in {"error", "cancel"}:
                self.throw(block.kind, block.code, at)
            else:
                if block.kind == "escalation":
                    self.throw("escalation", block.code, at)
                if at.guard.stands:
                    self.end(at, block.id)

        self.decide(block, token, (0, 0, 1), picked)

    def terminate(self, token: Token, element: str) -> None:
        """End the scope at once; also where an event beside the main line does it, that is how the scope ended."""
        scope = token.scope
        self.reach(replace(token, beside=False), element)
        scope.guard.fall()
        scope.done(token.moment)

    # -- events -------------------------------------------------------------------------------------

    def throw(self, kind: str, code: str, token: Token) -> None:
        """Throw something to the activities around."""
        catch = token.guard.catcher(kind, code)
        if catch:
            catch(None, token)

    def escalate(self, block: Escalate, token: Token, then: Then) -> None:
        """Let a person throw an escalation, and go on, unless it was interrupting."""

        def throw(at: Token) -> None:
            self.throw("escalation", block.code, at)
            if at.guard.stands:
                then(at)

        self.work(f"d_{block.id}", token, throw)

    def shout(self, block: Shout, token: Token, then: Then) -> None:
        """Let a person throw a signal, and go on, unless it was interrupting."""

        def throw(at: Token) -> None:
            self.tell(block.signal)
            if at.guard.stands:
                then(at)

        self.work(f"d_{block.id}", token, throw)

    def wait(self, block: Wait, token: Token, then: Then) -> None:
        """Wait for one event."""
        self.race(Race(id=block.id, arms=(catch_of(block),)), token, then)

    def race(self, block: Race, token: Token, then: Then) -> None:
        """Wait for the first of several events."""
        guard = Guard(token.guard)
        waiting = token.under(guard)

        def fire(arm: Arm, payload: Any) -> None:
            guard.fall()
            data = received(arm.id, payload) if arm.kind == "message" else {}
            self.chain(arm.body, token.at(token.moment.next(**data)), then)

        for arm in block.arms:
            entry = self.open(arm.kind, arm.id, waiting, partial(fire, arm))
            entry.name = arm.id
            if arm.kind == "timer":
                self.arm(entry, arm.seconds)
            address(entry, arm.keys)

    def ask(self, block: Ask, token: Token, then: Then) -> None:
        """Throw a message and wait for the reply to it."""
        values = [token.data[key] for key in block.keys] or [block.id]
        out, back = f"{block.id}_out", f"{block.id}_in"
        keys = {f"q_{block.id}_{n}": value for n, value in enumerate(values)}
        payload = {f"k{n}": value for n, value in enumerate(values)}
        path = token.scope.path
        self.thrown.append(Thrown(element=out, path=path, name=out, payload=payload, correlation=keys))

        def fire(reply: Any) -> None:
            then(token.at(token.moment.next(**received(block.id, reply))))

        entry = self.open("message", back, token, fire)
        entry.name, entry.keys = back, keys
        entry.said = {f"k{n}": f"q_{block.id}_{n}" for n in range(len(values))}


def catch_of(block: Wait) -> Arm:
    """Return an intermediate catch event as the only arm of a race."""
    return Arm(id=block.id, kind=block.kind, seconds=block.seconds, keys=block.keys, body=Chain())
