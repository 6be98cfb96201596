"""What every page of one running house shares: the desk, the sessions, the templates, what is still loading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment

from duban.desk.desk import Desk
from duban.web.session import Sessions


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far the sample year has been lived."""

    done: int
    """Days lived."""
    total: int
    """Days in all; 0 while that is not known."""


class Loading(Protocol):
    """Something that fills the database while pages are already served."""

    def progress(self) -> Progress | None:
        """Return how far it is, or None when there is nothing to wait for."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """A running house, as its web edge sees it."""

    desk: Desk
    sessions: Sessions
    templates: Environment
    loading: Loading | None
