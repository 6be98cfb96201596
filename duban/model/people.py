"""People, units and roles: who may do what, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SYSTEM = "system"
"""The actor of everything that no person did."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit of the bureau, or an outside organ."""

    code: str
    name: str
    kind: str
    parent: str | None = None
    deputy: str | None = None
    """Code (L2…L7) of the bureau leader in charge."""
    window: bool = False
    whistled: bool = False
    """Can be whistled for."""
    outside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who works for the bureau."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """A person holds a role in a unit, from a day to a day (both included)."""

    person: str
    unit: str
    role: str
    since: date
    until: date | None = None

    def holds_on(self, on: date) -> bool:
        """Tell whether the membership is in force on *on*."""
        return self.since <= on and (self.until is None or on <= self.until)
