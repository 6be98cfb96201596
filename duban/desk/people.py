"""People: who may do what, today."""

from __future__ import annotations

from dataclasses import dataclass

from duban.desk.desk import Desk
from duban.model.people import Membership


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """A person with the roles held today."""

    id: str
    name: str
    memberships: tuple[Membership, ...]


def list_(desk: Desk) -> tuple[Who, ...]:
    """List everybody, by unit and role."""
    raise NotImplementedError


def show(desk: Desk, person: str) -> Who:
    """Show one person.

    Raises:
        NotFound: There is no such person; the nearest known ids are named.
    """
    raise NotImplementedError
