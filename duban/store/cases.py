"""Cases: the present state of each, its version, and the head of its chain of facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from duban.model.case import Case


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot(Case):
    """A case with what the next step needs: the engine's state and the head of its chain."""

    state: bytes = field(repr=False)
    facts: int
    """How many facts stand in its chain."""
    head: bytes = field(repr=False)
    """Hash of the last of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCase:
    """What a case is before it is written."""

    number: str
    kind: str
    process: str
    definition: str
    """Digest; the definition must stand in the record (``unit.definitions.add``)."""
    parent: int | None = None
    parent_task: int | None = None


class Cases:
    """The cases of the record."""

    def load(self, case: int | str) -> Snapshot:
        """Return the case with this id or number, ready for a step; NotFound says which one is missing."""
        raise NotImplementedError

    def find(self, case: int | str) -> Case | None:
        """Return the case with this id or number without its state, or None."""
        raise NotImplementedError

    def list_(
        self, *, kind: str | None = None, is_open: bool | None = None, after: int = 0, limit: int = 100
    ) -> list[Case]:
        """Return cases in order of id, those with an id above *after*."""
        raise NotImplementedError

    def children(self, case: int) -> list[Case]:
        """Return the cases that *case* opened."""
        raise NotImplementedError

    def count(self, *, kind: str | None = None, is_open: bool | None = None) -> int:
        """Return how many there are."""
        raise NotImplementedError
