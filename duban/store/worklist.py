"""The worklist: what people are asked to do, joined with the register."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from duban.model.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Item(Work):
    """An open work item as the worklist shows it."""

    case: int
    number: str
    kind: str
    opened_at: datetime
    claimed_by: str | None
    claimed_at: datetime | None
    due_at: datetime | None
    """When the deadline on this step ends, else the next named deadline of its case."""
    petition: str | None
    """Number of the petition it belongs to (the root of the family)."""
    ask: str | None
    stage: str | None
    weight: str | None
    received_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedWork:
    """Which items are wanted; None means no matter."""

    person: str | None = None
    """Items that *person* may do: addressed to them, or to one of *holds* and claimed by nobody else."""
    holds: Collection[tuple[str, str]] = ()
    """(unit, role) pairs that the person holds; an item without a unit is open to whoever has the role."""
    claimed_by: str | None = None
    unit: str | None = None
    role: str | None = None
    element: str | None = None
    due_before: datetime | None = None
    """Near due or overdue: the deadline lies before this instant."""


class Worklist:
    """Open work items."""

    def list_(self, wanted: WantedWork = WantedWork(), *, limit: int = 50, offset: int = 0) -> list[Item]:
        """Return items, the nearest deadline first, then the oldest."""
        raise NotImplementedError

    def count(self, wanted: WantedWork = WantedWork()) -> int:
        """Return how many items *wanted* selects."""
        raise NotImplementedError

    def of(self, case: int) -> list[Item]:
        """Return the open items of a case, in order of task."""
        raise NotImplementedError

    def get(self, case: int, task: int) -> Item:
        """Return one item.

        Raises:
            AlreadyDone: It is not open (any more).
        """
        raise NotImplementedError

    def claim(self, case: int, task: int, person: str, *, at: datetime) -> None:
        """Put the item into *person*'s hands; claiming one's own again changes nothing.

        Raises:
            AlreadyDone: It is not open.
            Conflict: Somebody else has claimed it; the message says who.
        """
        raise NotImplementedError

    def give_back(self, case: int, task: int, person: str) -> None:
        """Put a claimed item back.

        Raises:
            AlreadyDone: It is not open.
            NotYourWork: *person* has not claimed it.
        """
        raise NotImplementedError
