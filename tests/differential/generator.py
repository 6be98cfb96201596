"""Random processes: one seed, one process, the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from tests.differential.shapes import (
    Activity,
    Arm,
    Ask,
    Block,
    Boundary,
    BoundaryKind,
    Chain,
    Choice,
    Escalate,
    EventSub,
    Exit,
    ExitKind,
    Head,
    Inclusive,
    Link,
    Loop,
    Many,
    Moving,
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
    WaitKind,
    chains,
    is_inside,
    levels,
    walk,
)

HOUR = 3600
DEEPEST = 5
VARIED = 3
"""Every so many seeds the process begins by messages too, and its timers move."""
USUAL = 0.85
"""Share of the processes that are of a usual size."""
WEIGHTS = {
    "person": 4.0,
    "service": 2.2,
    "script": 0.8,
    "rule": 0.7,
    "choice": 1.7,
    "parallel": 1.8,
    "inclusive": 1.8,
    "loop": 1.7,
    "repeat": 0.4,
    "many": 1.8,
    "sub": 1.6,
    "transaction": 0.5,
    "leave": 1.6,
    "escalate": 0.9,
    "wait": 1.2,
    "ask": 1.0,
    "race": 1.0,
    "shout": 0.5,
    "link": 0.3,
    "shelf": 0.4,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in the process a block is to stand, as far as that limits what it may be."""

    depth: int = 0
    single: bool = True
    """Only one token at a time comes here: joins are safe (tokens are not coloured)."""
    joined: bool = False
    """A join waits for this branch: its token must not end here."""
    top: bool = True
    """At the top level of the case."""
    items: tuple[str, ...] = ()
    """Names of the items of the multi-instances around."""
    errors: tuple[str, ...] = ()
    """Codes of the errors that somebody around catches."""
    escalations: tuple[str, ...] = ()
    transaction: bool = False
    """Directly inside a transaction."""
    beside: bool = False
    """In what an event started beside the main line: a signal thrown here could start it again for ever."""

    def deeper(self, by: int = 1) -> Place:
        """Return this place, deeper."""
        return replace(self, depth=self.depth + by)

    def inside(self) -> Place:
        """Return the place inside a sub-process that stands here."""
        return replace(self, depth=self.depth + 1, single=True, joined=False, top=False, transaction=False)


class Generator:
    """Makes one random process."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.serial = 0
        self.budget = self.random.randint(8, 60) if self.random.random() < USUAL else self.random.randint(60, 140)
        self.signals: list[str] = []
        """Events drawn so far that wait for a signal."""
        self.makers: dict[str, Callable[[Place], Block]] = {
            "person": self.person,
            "service": self.service,
            "script": lambda _: Script(id=self.id("s")),
            "rule": lambda _: Rule(id=self.id("r")),
            "choice": self.choice,
            "parallel": self.parallel,
            "inclusive": self.inclusive,
            "loop": self.loop,
            "repeat": self.repeat,
            "many": self.many,
            "sub": self.sub,
            "transaction": self.transaction,
            "leave": self.leave,
            "escalate": lambda at: Escalate(id=self.id("h"), code=self.random.choice(at.escalations)),
            "wait": self.wait,
            "ask": lambda at: Ask(id=self.id("k"), keys=at.items),
            "race": self.race,
            "shout": lambda _: Shout(id=self.id("h"), signal=self.random.choice(self.signals)),
            "link": lambda _: Link(id=self.id("l")),
            "shelf": lambda _: Shelf(id=self.id("o")),
        }

    # -- the whole ----------------------------------------------------------------------------------

    def process(self) -> Process:
        """Return a process: a first user task, some blocks, perhaps event sub-processes."""
        place, events = self.events(Place(), 0.3)
        first: list[Block] = [Person(id=self.id("u"))]
        blocks = [self.block(place) for _ in range(self.random.randint(2, 4))]
        process = Process(body=Chain(blocks=tuple(first + blocks)), events=events)
        return self.varied(process) if self.seed % VARIED == 0 else process

    def varied(self, process: Process) -> Process:
        """Return the process with start events for messages, and with timers that move.

        Only some seeds have these, so that the others go on naming the processes that they have always named.
        """
        inside = Place(depth=DEEPEST - 1)
        ways = self.random.choice([0, 0, 1, 1, 2])
        heads = tuple(Head(id=f"begin_{n}", chain=self.chain(inside, 2)) for n in range(ways))
        process = replace(process, heads=heads, plain=ways != 1 or self.random.random() < 0.5)
        watched, near_watched = self.watched()
        process = replace(process, body=Chain(blocks=(*process.body.blocks, watched)))
        people = list(users(levels(process)))
        moving: dict[str, Moving] = {}
        for name, off, meanwhile in timers(process):
            near = near_watched.get(name, meanwhile)
            known = near if near and self.random.random() < 0.8 else people
            if self.random.random() < 0.8:
                moving[name] = Moving(key=self.random.choice(known), off=off and self.random.random() < 0.5)
        return replace(process, moving=moving)

    def watched(self) -> tuple[Block, dict[str, list[str]]]:
        """Return work under limits beside a branch that moves them, and who does that; perhaps in its own world."""
        wrap: Literal["", "sub", "call", "many"] = self.random.choice(["", "", "", "sub", "call", "many"])
        name = self.id({"many": "m", "": "p"}.get(wrap, "b"))
        place = Place(depth=DEEPEST - 1, joined=True, items=(f"x_{name}",) if wrap == "many" else ())
        limits = tuple(self.boundary(place, "timer") for _ in range(self.random.choice([1, 2, 2, 3])))
        work = Person(id=self.id("u"), boundaries=limits)
        movers = [Person(id=self.id("u")) for _ in range(self.random.randint(1, 4))]
        parts = (Chain(blocks=(work, *self.chain(place, 1).blocks)), Chain(blocks=tuple(movers)))
        block: Block = Parallel(id=self.id("p"), branches=parts)
        if wrap in ("sub", "call"):  # a tuple: mypy narrows by it
            block = Sub(id=name, of=wrap, body=Chain(blocks=(block,)))
        elif wrap == "many":
            block = Many(id=name, parallel=True, count=2, of="sub", body=Chain(blocks=(block,)))
        return block, {limit.id: [mover.id for mover in movers] for limit in limits}

    def events(self, inside: Place, share: float) -> tuple[Place, tuple[EventSub, ...]]:
        """Return event sub-processes for a level, and the place on that level when they catch what is thrown."""
        if self.budget <= 0 or self.random.random() > share:
            return inside, ()
        events = tuple(self.event_sub(inside) for _ in range(self.random.choice([1, 1, 2])))
        errors = tuple(event.code for event in events if event.kind == "error")
        escalations = tuple(event.code for event in events if event.kind == "escalation")
        return replace(inside, errors=inside.errors + errors, escalations=inside.escalations + escalations), events

    def event_sub(self, outside: Place) -> EventSub:
        """Return an event sub-process; its first task is a person's."""
        self.budget -= 3
        name = self.id("v")
        inside = replace(outside.inside(), depth=outside.depth + 2, beside=True)
        kind: Literal["signal", "message", "timer", "error", "escalation"] = self.random.choice(
            ["signal", "message", "timer", "error", "escalation"]
        )
        return EventSub(
            id=name,
            kind=kind,
            interrupting=kind == "error" or self.random.random() < 0.5,
            seconds=self.seconds(),
            code=f"{'E' if kind == 'error' else 'X'}_{name}" if kind in {"error", "escalation"} else "",
            keys=outside.items if kind == "message" else (),
            body=Chain(blocks=(Person(id=self.id("u")), *self.chain(inside, 2).blocks)),
        )

    def block(self, at: Place) -> Block:
        """Return a random block that may stand at this place."""
        if self.budget <= 0 or at.depth >= DEEPEST:
            self.budget -= 1
            return Person(id=self.id("u"))
        weights = dict(WEIGHTS)
        if not at.single:
            weights["parallel"] = weights["inclusive"] = 0.0
        if not at.escalations:
            weights["escalate"] = 0.0
        if at.beside or not self.signals:
            weights["shout"] = 0.0
        name = self.random.choices(list(weights), list(weights.values()))[0]
        self.budget -= 2 if name in {"person", "service", "script", "wait", "link"} else 3
        return self.makers[name](at)

    def chain(self, at: Place, most: int = 3) -> Chain:
        """Return one to *most* blocks."""
        return Chain(blocks=tuple(self.block(at) for _ in range(self.random.randint(1, most))))

    def id(self, letter: str) -> str:
        """Return a fresh id."""
        self.serial += 1
        return f"{letter}{self.serial}"

    def listens(self, letter: str, kind: str) -> str:
        """Return a fresh id for an event; remember it if signals of that name wake it."""
        name = self.id(letter)
        if kind == "signal":
            self.signals.append(name)
        return name

    def seconds(self, offset: int = 0) -> int:
        """Return a duration; no two timers of a process ever fall due at the same second.

        Commands happen at whole hours and every timer has its own residue below an hour.
        """
        return self.random.randint(1, 60) * HOUR + 7 * (self.serial % 500) + offset

    # -- blocks -------------------------------------------------------------------------------------

    def person(self, at: Place) -> Block:
        """Return a user task."""
        return Person(id=self.id("u"), boundaries=self.boundaries(at, 0.35))

    def service(self, at: Place) -> Block:
        """Return a deferred call, perhaps with error boundaries, perhaps failing outwards."""
        name = self.id("c")
        boundaries = self.boundaries(at, 0.15)
        if self.random.random() < 0.5:
            boundaries += (self.catcher(at, "error", code=f"E_{name}"),)
        codes = (self.random.choice(at.errors),) if at.errors and self.random.random() < 0.5 else ()
        return Service(id=name, boundaries=boundaries, codes=codes)

    def choice(self, at: Place) -> Block:
        """Return an exclusive gateway; its last branch may be empty."""
        name = self.id("x")
        empty = (Chain(),) if self.random.random() < 0.3 else ()
        full = self.random.choice([2, 2, 3]) - len(empty)
        return Choice(id=name, branches=tuple(self.chain(at.deeper(), 2) for _ in range(full)) + empty)

    def branches(self, at: Place) -> tuple[Chain, ...]:
        """Return branches for which a join waits."""
        inner = replace(at.deeper(), joined=True)
        return tuple(self.chain(inner, 2) for _ in range(self.random.choice([2, 2, 3])))

    def parallel(self, at: Place) -> Block:
        """Return parallel branches."""
        return Parallel(id=self.id("p"), branches=self.branches(at))

    def inclusive(self, at: Place) -> Block:
        """Return inclusive branches."""
        return Inclusive(id=self.id("i"), branches=self.branches(at), default=self.random.random() < 0.3)

    def loop(self, at: Place) -> Block:
        """Return a loop of flows."""
        return Loop(id=self.id("q"), body=self.chain(at.deeper()))

    def repeat(self, _: Place) -> Block:
        """Return a standard loop."""
        condition = self.random.random() < 0.5
        before = condition and self.random.random() < 0.5
        return Repeat(id=self.id("a"), times=self.random.randint(1, 3), before=before, condition=condition)

    def many(self, at: Place) -> Block:
        """Return a multi-instance; what it repeats may hold another one."""
        name = self.id("m")
        of: Literal["person", "service", "sub", "call"] = self.random.choice(
            ["person", "person", "service", "sub", "sub", "sub", "call"]
        )
        boundaries = self.boundaries(at, 0.3)
        collects = self.random.random() < 0.85
        inside = replace(at.inside(), items=(*at.items, f"x_{name}"))
        inside, catchers = self.caught(at, inside, name, 0.4 if of in {"sub", "call"} else 0.0)
        return Many(
            id=name,
            parallel=self.random.random() < 0.7,
            count=self.random.choice([0, 1, 2, 2, 2, 3, 3]),
            source=self.random.choice(["list", "list", "list", "mapping", "number"]),
            collects=collects,
            of=of,
            body=self.chain(inside, 2) if of in {"sub", "call"} else Chain(),
            stops=collects and self.random.random() < 0.25,
            boundaries=boundaries + catchers,
        )

    def sub(self, at: Place) -> Block:
        """Return a sub-process or a call activity."""
        name = self.id("b")
        boundaries = self.boundaries(at, 0.3)
        inside, catchers = self.caught(at, at.inside(), name, 0.6)
        inside, events = self.events(inside, 0.25)
        of: Literal["sub", "call"] = self.random.choice(["sub", "sub", "call"])
        return Sub(id=name, of=of, body=self.chain(inside), boundaries=boundaries + catchers, events=events)

    def transaction(self, at: Place) -> Block:
        """Return a transaction that can be cancelled."""
        name = self.id("t")
        inside = replace(at.inside(), transaction=True)
        body = self.chain(inside, 2)
        leave = Exit(id=self.id("z"), kind="cancel")
        boundaries = (*self.boundaries(at, 0.2), self.catcher(at, "cancel"))
        return Sub(id=name, of="transaction", body=Chain(blocks=(*body.blocks, leave)), boundaries=boundaries)

    def caught(self, outside: Place, inside: Place, name: str, share: float) -> tuple[Place, tuple[Boundary, ...]]:
        """Put error and escalation boundaries on an activity and say so to what stands inside."""
        catchers: tuple[Boundary, ...] = ()
        if self.random.random() < share:
            code = f"E_{name}"
            catchers += (self.catcher(outside, "error", code=self.some(code)),)
            inside = replace(inside, errors=(*inside.errors, code))
        if self.random.random() < share:
            code = f"X_{name}"
            catchers += (self.catcher(outside, "escalation", code=self.some(code)),)
            inside = replace(inside, escalations=(*inside.escalations, code))
        return inside, catchers

    def some(self, code: str) -> str:
        """Return this code or, sometimes, the one that means every code."""
        return "" if self.random.random() < 0.2 else code

    def leave(self, at: Place) -> Block:
        """Return an end event in the middle: error, escalation, cancel, terminate or none."""
        kinds: list[ExitKind] = ["terminate"] if not at.top or self.random.random() < 0.2 else []
        if at.errors:
            kinds += ["error"] * 4
        if at.escalations and not at.joined:
            kinds += ["escalation"] * 3
        if at.transaction:
            kinds += ["cancel"] * 3
        if not at.joined:
            kinds += ["none"]
        if not kinds:
            return self.person(at)
        kind = self.random.choice(kinds)
        codes = {"error": at.errors, "escalation": at.escalations}.get(kind)
        return Exit(id=self.id("z"), kind=kind, code=self.random.choice(codes) if codes else "")

    def wait(self, at: Place) -> Block:
        """Return an intermediate catch event."""
        kind: WaitKind = self.random.choice(["timer", "signal", "message"])
        return Wait(
            id=self.listens("w", kind), kind=kind, seconds=self.seconds(), keys=at.items if kind == "message" else ()
        )

    def race(self, at: Place) -> Block:
        """Return an event gateway with one to three arms, often with two timers."""
        name = self.id("e")
        kinds: list[WaitKind] = self.random.choice(
            [
                ["signal", "timer"],
                ["timer", "timer"],
                ["message", "timer"],
                ["message", "timer", "timer"],
                ["signal", "message"],
            ]
        )
        return Race(id=name, arms=tuple(self.arm(at.deeper(2), kind) for kind in kinds))

    def arm(self, at: Place, kind: WaitKind) -> Arm:
        """Return one arm of an event gateway."""
        name, seconds = self.listens("y", kind), self.seconds()
        keys = at.items if kind == "message" else ()
        return Arm(id=name, kind=kind, seconds=seconds, keys=keys, body=self.chain(at, 1))

    # -- boundary events ----------------------------------------------------------------------------

    def boundaries(self, at: Place, share: float) -> tuple[Boundary, ...]:
        """Return the events on the edge of an activity: none, one, two or three."""
        if self.budget <= 0 or self.random.random() > share:
            return ()
        kinds: list[str] = ["timer", "timer", "cycle", "signal", "message", "message"]
        return tuple(self.boundary(at, self.random.choice(kinds)) for _ in range(self.random.choice([1, 1, 2, 3])))

    def boundary(self, at: Place, kind: str) -> Boundary:
        """Return one event on the edge of an activity that stands at this place."""
        self.budget -= 2
        name = self.listens("n", kind)
        interrupting = kind != "cycle" and self.random.random() < 0.5
        seconds = self.seconds(1 if kind == "cycle" else 0)
        handler = self.handler(at, interrupting=interrupting)
        keys = at.items if kind == "message" else ()
        return Boundary(
            id=name,
            kind=cast("BoundaryKind", kind),
            interrupting=interrupting,
            handler=handler,
            seconds=seconds,
            keys=keys,
        )

    def catcher(self, at: Place, kind: BoundaryKind, code: str = "") -> Boundary:
        """Return an event that catches what is thrown inside."""
        self.budget -= 2
        interrupting = kind != "escalation" or self.random.random() < 0.5
        name = self.id("n")
        handler = self.handler(at, interrupting=interrupting)
        return Boundary(id=name, kind=kind, interrupting=interrupting, code=code, handler=handler)

    def handler(self, at: Place, *, interrupting: bool) -> Chain:
        """Return what happens when a boundary event fires."""
        if interrupting:
            return self.chain(at.deeper(2), 2)
        beside = replace(at.deeper(3), single=False, joined=False, beside=True)
        return self.chain(beside, 2)


def users(chains: Iterable[Chain]) -> Iterator[str]:
    """Yield the user tasks in *chains* that write a key of their own."""
    for chain in chains:
        yield from (block.id for block in walk(chain) if isinstance(block, Person))


def timers(process: Process) -> Iterator[tuple[str, bool, list[str]]]:
    """Yield the timers of a process, whether something else can go on without them, and who works meanwhile."""
    beside = list(users(levels(process)))
    yield from ((event.id, True, beside) for event in process.events if event.kind == "timer")
    for chain in levels(process):
        for block in walk(chain):
            if isinstance(block, Activity):
                inside = list(users(inner for inner in chains(block) if is_inside(block, inner)))
                yield from ((edge.id, True, inside) for edge in block.boundaries if edge.kind == "timer")
            if isinstance(block, Sub):
                inside = list(users([block.body]))
                yield from ((event.id, True, inside) for event in block.events if event.kind == "timer")
            if isinstance(block, Wait) and block.kind == "timer":
                yield block.id, False, []
            if isinstance(block, Race):
                otherwise = any(arm.kind != "timer" for arm in block.arms)
                yield from ((arm.id, otherwise, []) for arm in block.arms if arm.kind == "timer")


def generate(seed: int) -> Process:
    """Return the random process of *seed*."""
    return Generator(seed).process()
