"""Offers: every name that the bureau has to offer to its diagrams, by kind."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field of a form."""

    values: frozenset[Hashable] | None
    """The values that it can have; None: any of its type."""
    required: bool
    unit: bool = False
    """It names a unit."""


def _none() -> Mapping[str, Mapping[str, Field]]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """The names; an empty collection of roles, units or limits means that nothing is known of them."""

    forms: Mapping[str, Mapping[str, Field]] = field(default_factory=_none)
    """Form to its fields."""
    roles: Collection[str] = ()
    units: Collection[str] = ()
    limits: Collection[str] = ()
    statutory: Collection[str] = ()
    """Limits that the law sets."""
    warnings: Mapping[str, Collection[int]] = field(default_factory=lambda: MappingProxyType({}))
    """Limit to the offsets before its end at which its row warns."""
    rhythms: Collection[str] = ()
    kinds: Collection[str] = ()
    letters: Collection[str] = ()
    """Letters that have a template."""
    handlers: Collection[str] = ()
    given: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Process to the keys that the desk puts into its start data, besides ``case``."""
    called: Collection[str] = ()
    """Processes that others call."""
