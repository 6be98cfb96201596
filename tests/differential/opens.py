"""What waits in a case: work, calls, timers, messages, signals, and what a person must settle."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.differential.merging import Clash
from tests.differential.shapes import Boundary, EventSub, Moving
from tests.differential.tokens import Guard, Token

OpenKind: TypeAlias = Literal[
    "work", "call", "timer", "signal", "message", "clash", "failed", "inside", "arrived", "asleep"
]


@dataclass(eq=False, kw_only=True)
class Open:
    """Something that waits."""

    kind: OpenKind
    element: str
    token: Token
    guard: Guard
    path: str
    serial: int
    fire: Callable[[Any], None]
    due: int = 0
    """Of timers: seconds since the start of the case."""
    armed: int = 0
    """Of timers: when they were armed first."""
    seconds: int = 0
    moving: Moving | None = None
    """Of timers that move: by what."""
    known: Any = None
    """Of timers that move: what was written last of what they read."""
    spent: bool = False
    """Of timers that move: it has fired and waits for another time to come."""
    name: str = ""
    """Of messages and signals."""
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Of messages: correlation property to value."""
    said: Mapping[str, str] = field(default_factory=dict)
    """Of messages: key in the payload to the correlation property whose value it says."""
    picks: tuple[int, ...] = ()
    """Of work that decides: what may be picked."""
    codes: tuple[str, ...] = ()
    """Of calls: the errors that somebody catches."""
    clashes: tuple[Clash, ...] = ()
    on_edge: bool = False
    """A boundary event or an instance of a loop: it waits beside its activity's token, not with a token of its own."""

    @property
    def lives(self) -> bool:
        """Tell whether it still waits."""
        return self.guard.stands


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """A message that left the case."""

    element: str
    path: str
    name: str
    payload: Mapping[str, Any]
    correlation: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A call's business error."""

    code: str


def fingerprint(data: Mapping[str, Any]) -> str:
    """Return data as one text: what tells two entries at one place apart on both sides."""
    return json.dumps(data, sort_keys=True)


def key_of(element: str) -> str:
    """Return the key that *element* writes: its id, but what a multi-instance collects or a shelf keeps."""
    if element[0] == "m":
        return f"o_{element}"
    if element.startswith("y_"):
        return f"o_{element[2:]}"
    return element.removesuffix("_w")


def nothing(_: Any) -> None:
    """Do nothing: some entries only hold a token."""


def below(path: str, name: str) -> str:
    """Return the path of a scope inside another."""
    return f"{path}/{name}" if path else name


def instance(path: str, name: str, n: int | str) -> str:
    """Return the path of one instance."""
    return below(path, f"{name}#{n}")


def received(name: str, payload: Any) -> dict[str, Any]:
    """Return what a message writes."""
    return {f"msg_{name}": payload}


def brought(event: Boundary | EventSub, payload: Any) -> dict[str, Any]:
    """Return what an event writes: messages under their variable, failed calls under the event's id."""
    if event.kind == "message":
        return {f"got_{event.id}": payload} if event.interrupting else received(event.id, payload)
    return {event.id: payload} if payload else {}


def address(entry: Open, items: tuple[str, ...]) -> None:
    """Let a wait be addressed by the items of the multi-instances around it."""
    entry.keys = {f"q_{entry.name}_{n}": entry.token.data[item] for n, item in enumerate(items)}
    entry.said = {item: f"q_{entry.name}_{n}" for n, item in enumerate(items)}
