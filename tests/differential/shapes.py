"""The shapes random processes are made of: a tree of blocks, each with one way in and one way out.

The tree is all that the generator, the drawing and the interpreter have in common.  Ids say what a node is: they
become element ids in the diagram and, for everything that writes, the one top-level key that it writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

BoundaryKind: TypeAlias = Literal["timer", "cycle", "signal", "message", "error", "escalation", "cancel"]
WaitKind: TypeAlias = Literal["timer", "signal", "message"]
ExitKind: TypeAlias = Literal["none", "error", "escalation", "cancel", "terminate"]
HOUR = 3600
FIRINGS = 2
"""How often a cycle timer fires."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Something with one way in and one way out."""

    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """Blocks one after the other; may be empty."""

    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Boundary:
    """An event on the edge of an activity.

    The handler of an interrupting event goes on behind the activity; that of another ends by itself.
    """

    id: str
    kind: BoundaryKind
    interrupting: bool
    handler: Chain
    seconds: int = 0
    code: str = ""
    """Of errors and escalations; empty catches every error."""
    keys: tuple[str, ...] = ()
    """Of messages: names of the items by which the instance is addressed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSub:
    """An event sub-process; an interrupting one replaces everything that runs beside it."""

    id: str
    kind: Literal["signal", "message", "timer", "error", "escalation"]
    interrupting: bool
    body: Chain
    seconds: int = 0
    code: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity(Block):
    """A block that boundary events can sit on."""

    boundaries: tuple[Boundary, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Person(Activity):
    """A user task; writes its own key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Service(Activity):
    """A deferred call; its answer is kept under its own key."""

    codes: tuple[str, ...] = ()
    """Codes of the errors with which it may fail although no boundary event of its own catches them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Script(Block):
    """Counts its visits under ``n_<id>`` and forgets ``g_<id>`` at the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Block):
    """A decision table over what a person picked just before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice(Block):
    """An exclusive gateway behind a user task that picks; the first branch is the default."""

    branches: tuple[Chain, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parallel(Block):
    """All branches at once."""

    branches: tuple[Chain, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Inclusive(Block):
    """Any of the branches at once, picked as bits."""

    branches: tuple[Chain, ...]
    default: bool = False
    """The first branch is the default flow: taken when no other is picked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop(Block):
    """Flows that lead back while a person says so."""

    body: Chain


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat(Block):
    """A user task with a standard loop."""

    times: int
    before: bool
    """The condition is tested before the first round."""
    condition: bool
    """Stops early when a round's value is odd."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Many(Activity):
    """A multi-instance activity over the items ``xs_<id>``, collecting ``out_<id>``."""

    parallel: bool
    count: int
    source: Literal["list", "mapping", "number"] = "list"
    collects: bool = True
    of: Literal["person", "service", "sub", "call"]
    body: Chain = Chain()
    stops: bool = False
    """Has a completion condition: stops when an instance's value is a multiple of three."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sub(Activity):
    """A sub-process, a transaction or a call activity."""

    of: Literal["sub", "call", "transaction"]
    body: Chain
    events: tuple[EventSub, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Exit(Block):
    """A person may pick an end event of this kind; otherwise the token goes on."""

    kind: ExitKind
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalate(Block):
    """An intermediate throw of an escalation."""

    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait(Block):
    """An intermediate catch event."""

    kind: WaitKind
    seconds: int = 0
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask(Block):
    """Throws a message and waits for the reply that carries the same key."""

    keys: tuple[str, ...]
    """Names of the items that make the key; empty: the key is the block's id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """One way out of an event gateway."""

    id: str
    kind: WaitKind
    body: Chain
    seconds: int = 0
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Race(Block):
    """An event gateway."""

    arms: tuple[Arm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shout(Block):
    """A signal thrown on the way to whoever in the case waits for it just then."""

    signal: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link(Block):
    """A link throw and its catch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf(Block):
    """A data object: one user task writes it, a later one reads it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Another start event: what a message of its name begins with, before the body."""

    id: str
    chain: Chain


@dataclass(frozen=True, kw_only=True, slots=True)
class Moving:
    """What a named deadline reads beside its own length: what a user task wrote."""

    key: str
    off: bool
    """Whether it may cease to apply."""

    def lasts(self, seconds: int, said: Any) -> int | None:
        """Return how long it lasts after somebody wrote *said* (None: nobody did); None: it does not apply."""
        v = said["v"] if said is not None else 0
        return None if self.off and v % 3 == 1 else seconds + v % 5 * 9 * HOUR


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """A whole case."""

    body: Chain
    events: tuple[EventSub, ...] = ()
    heads: tuple[Head, ...] = ()
    plain: bool = True
    """Whether there is a start event without a message."""
    moving: Mapping[str, Moving] = field(default_factory=dict)
    """Timer to what it reads; the others never move."""


def walk(chain: Chain) -> Iterator[Block]:
    """Yield every block of *chain*, handlers and bodies included."""
    for block in chain.blocks:
        yield block
        for inner in chains(block):
            yield from walk(inner)


def shelves(chain: Chain) -> list[str]:
    """Return the data objects drawn at the level of *chain* itself, not inside its sub-processes."""
    found = []
    for block in chain.blocks:
        if isinstance(block, Shelf):
            found.append(block.id)
        for inner in chains(block):
            if not is_inside(block, inner):
                found += shelves(inner)
    return found


def is_inside(block: Block, inner: Chain) -> bool:
    """Tell whether *inner* is drawn in a level of its own."""
    if isinstance(block, Sub):
        return inner is block.body or any(inner is event.body for event in block.events)
    return isinstance(block, Many) and inner is block.body


def chains(block: Block) -> Iterator[Chain]:
    """Yield the chains directly inside *block*."""
    if isinstance(block, Choice | Parallel | Inclusive):
        yield from block.branches
    elif isinstance(block, Loop | Many | Sub):
        yield block.body
        if isinstance(block, Sub):
            yield from (event.body for event in block.events)
    elif isinstance(block, Race):
        yield from (arm.body for arm in block.arms)
    if isinstance(block, Activity):
        yield from (boundary.handler for boundary in block.boundaries)


def levels(process: Process, *, events: bool = True) -> Iterator[Chain]:
    """Yield the chains that a process is drawn of: at its top level, and in its event sub-processes."""
    yield process.body
    yield from (head.chain for head in process.heads)
    yield from (event.body for event in process.events if events)


def start_data(process: Process) -> dict[str, Any]:
    """Return the data a case of *process* starts with: items for multi-instances, counters for scripts."""
    data: dict[str, Any] = {"seed": {"v": 7}}
    for chain in levels(process):
        for block in walk(chain):
            if isinstance(block, Many):
                data |= items(block)
            elif isinstance(block, Script):
                data |= {f"n_{block.id}": 0, f"g_{block.id}": {"to": ["forget"]}}
            elif isinstance(block, Repeat):
                data[block.id] = {"v": 0}
    return data


def items(block: Many) -> dict[str, Any]:
    """Return the collection that a multi-instance walks over."""
    values = [f"{block.id}.{n}" for n in range(block.count)]
    if block.source == "number":
        return {}
    return {f"xs_{block.id}": dict(zip("abcdefg", values, strict=False)) if block.source == "mapping" else values}
