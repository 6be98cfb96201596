"""Cases: the register, and one case with its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duban.desk.desk import Desk
from duban.desk.due import Running
from duban.desk.incidents import Trouble
from duban.desk.work import Item
from duban.model.case import Case


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A petition as one line of the register."""

    number: str
    kind: str
    channel: str | None
    external_id: str | None
    received_at: datetime
    summary: str
    matter: str | None
    nature: str | None
    weight: str | None
    unit: str | None
    supervise: str | None
    stage: str | None
    """Label of the phase it is in."""
    status: str
    """``open`` or ``ended``."""
    end: str | None
    repeat_of: str | None
    repeat_n: int
    due: datetime | None
    due_name: str | None
    moved_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some rows of the register, and how many there are in all."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of a case's timeline, in words."""

    n: int
    at: datetime
    noticed_at: datetime
    actor: str
    actor_name: str
    kind: str
    element: str | None
    title: str
    """A Chinese sentence for people."""
    payload: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter that stands in the case's file."""

    letter: str
    title: str
    number: str
    to: str
    way: str
    at: datetime
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Everything one page shows of a case."""

    case: Case
    row: Row | None
    data: Mapping[str, Any]
    """The case's data at the top, long texts put in."""
    work: tuple[Item, ...]
    dues: tuple[Running, ...]
    incidents: tuple[Trouble, ...]
    letters: tuple[Letter, ...]
    timeline: tuple[Entry, ...]


def list_(
    desk: Desk,
    *,
    status: str | None = None,
    unit: str | None = None,
    channel: str | None = None,
    matter: str | None = None,
    weight: str | None = None,
    stage: str | None = None,
    text: str | None = None,
    overdue: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Page:
    """List petitions of the register, newest first."""
    raise NotImplementedError


def show(desk: Desk, number: str) -> Look:
    """Show one case with its work, deadlines, letters and timeline.

    Raises:
        NotFound: There is no such case.
    """
    raise NotImplementedError
