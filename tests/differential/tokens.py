"""Tokens, what they know, and what cancels them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


class Moment:
    """What a token knew at one point of its way; tokens that split share the moments before."""

    __slots__ = ("before", "data")

    def __init__(self, data: Mapping[str, Any], before: Moment | None = None) -> None:
        self.data = dict(data)
        self.before = before

    def next(self, /, **written: Any) -> Moment:
        """Return the moment after this one, with *written* on top."""
        return Moment({**self.data, **written}, self)


class Guard:
    """Stands over tokens; when it falls, they are gone. May catch what is thrown below it."""

    def __init__(self, above: Guard | None = None) -> None:
        self.above = above
        self.up = True
        self.catches: dict[tuple[str, str], Callable[[], None]] = {}

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

    def catcher(self, kind: str, code: str) -> Callable[[], None] | None:
        """Return what the nearest guard does about *code*."""
        guard: Guard | None = self
        while guard is not None:
            if (kind, code) in guard.catches:
                return guard.catches[kind, code]
            guard = guard.above
        return None


@dataclass(eq=False, kw_only=True)
class Scope:
    """One instance of a process or sub-process."""

    guard: Guard
    path: str
    done: Callable[[Moment], None]
    tokens: int = 1
    ended: list[Moment] = field(default_factory=list)


@dataclass(frozen=True, eq=False, kw_only=True)
class Token:
    """Where the control is: in which scope, under which guard, knowing what."""

    scope: Scope
    guard: Guard
    moment: Moment

    @property
    def data(self) -> dict[str, Any]:
        """What the token knows."""
        return self.moment.data

    def wrote(self, key: str, value: Any) -> Token:
        """Return the token after it wrote *value* under *key*."""
        return self.at(self.moment.next(**{key: value}))

    def at(self, moment: Moment) -> Token:
        """Return the token at another moment."""
        return Token(scope=self.scope, guard=self.guard, moment=moment)

    def under(self, guard: Guard) -> Token:
        """Return the token under another guard."""
        return Token(scope=self.scope, guard=guard, moment=self.moment)


Then: TypeAlias = Callable[[Token], None]
