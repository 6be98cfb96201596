"""Tokens, what they know, and what cancels them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, TypeAlias


class Moment:
    """What a token knew at one point of its way; tokens that split share the moments before."""

    __slots__ = ("before", "data", "fired", "handed", "serial")
    count = count()

    def __init__(self, data: Mapping[str, Any], before: Moment | None = None) -> None:
        self.data = dict(data)
        self.before = before
        self.serial = next(Moment.count)
        """Later moments have higher numbers."""
        self.fired: Mapping[str, int] = before.fired if before is not None else {}
        """Key under which an event keeps what came with it, to when it fired that began this branch."""
        self.handed: list[Any] = []
        """Changes of ended tokens that parted here (``merging.Change``)."""

    def next(self, /, **written: Any) -> Moment:
        """Return the moment after this one, with *written* on top."""
        return Moment({**self.data, **written}, self)

    def begun_by(self, key: str) -> Moment:
        """Return this moment as the first of a branch that an event began, which may fire again."""
        self.fired = {**self.fired, key: self.serial}
        return self


Catch: TypeAlias = "Callable[[Any, Token], None]"
"""What happens with what was thrown, and by which token."""


class Guard:
    """Stands over tokens; when it falls, they are gone. May catch what is thrown below it."""

    def __init__(self, above: Guard | None = None) -> None:
        self.above = above
        self.up = True
        self.catches: dict[tuple[str, str], Catch] = {}

    @property
    def stands(self) -> bool:
        """Tell whether this guard and all above it stand."""
        guard: Guard | None = self
        while guard is not None:
            if not guard.up:
                return False
            guard = guard.above
        return True

    def fall(self) -> None:
        """Cancel everything below."""
        self.up = False

    def catcher(self, kind: str, code: str) -> Catch | None:
        """Return what the nearest guard does about *code*; one for every code comes after one that names it."""
        guard: Guard | None = self
        while guard is not None:
            for caught in (code, ""):
                if (kind, caught) in guard.catches:
                    return guard.catches[kind, caught]
            guard = guard.above
        return None


@dataclass(eq=False, kw_only=True)
class Scope:
    """One instance of a process or sub-process."""

    guard: Guard
    path: str
    done: Callable[[Moment], None]
    outer: Scope | None = None
    objects: dict[str, Any] = field(default_factory=dict)
    """Data objects drawn here: seen by every token inside, not carried by any."""
    tokens: int = 1
    ended: list[Moment] = field(default_factory=list)
    """Where tokens ended that have not handed in what they changed."""
    running: Guard = field(default_factory=Guard)
    """Stands over everything that an interrupting event sub-process replaces."""
    clashed: bool = False
    """All tokens ended and somebody must choose between what they knew."""
    chosen: set[str] = field(default_factory=set)
    """Keys for which somebody has just chosen what stands at the scope's end."""
    isolates: bool = False
    """What is written inside is not heard outside: a called process, an instance of a multi-instance."""

    @property
    def world(self) -> Scope:
        """The scope in which everything hears what is written here."""
        scope = self
        while not scope.isolates and scope.outer is not None:
            scope = scope.outer
        return scope


@dataclass(frozen=True, eq=False, kw_only=True)
class Token:
    """Where the control is: in which scope, under which guard, knowing what."""

    scope: Scope
    guard: Guard
    moment: Moment
    beside: bool = False
    """Started by an event that interrupted nothing: its end is not the end of the main line."""

    @property
    def data(self) -> dict[str, Any]:
        """What the token carries."""
        return self.moment.data

    @property
    def sees(self) -> dict[str, Any]:
        """What the token carries, and behind it the data objects around, inner ones first."""
        seen: dict[str, Any] = {}
        scope: Scope | None = self.scope
        while scope is not None:
            seen = {**scope.objects, **seen}
            scope = scope.outer
        return {**seen, **self.data}

    def wrote(self, key: str, value: Any) -> Token:
        """Return the token after it wrote *value* under *key*."""
        return self.at(self.moment.next(**{key: value}))

    def at(self, moment: Moment) -> Token:
        """Return the token at another moment."""
        return replace(self, moment=moment)

    def under(self, guard: Guard) -> Token:
        """Return the token under another guard."""
        return replace(self, guard=guard)


Then: TypeAlias = Callable[[Token], None]
