"""Work: what people see on their desks, take, give back and complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duban.desk.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An open work item with what a list shows of its case; (number, task) is its address for ever."""

    number: str
    task: int
    kind: str
    element: str
    name: str
    """Label, as drawn."""
    scope: str
    role: str
    unit: str | None
    person: str | None
    form: str | None
    claimed_by: str | None
    opened_at: datetime
    summary: str
    """One line of what the case is about."""
    due: datetime | None
    """The nearest running deadline of the case, warnings left out."""
    due_name: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A work item with everything that is needed to do it."""

    item: Item
    schema: Mapping[str, Any] | None
    """JSON Schema of its form, or None when it only has to be confirmed."""
    values: Mapping[str, Any]
    """What is filled in beforehand."""
    seen: Mapping[str, Any]
    """The case's data as this work sees it, long texts put in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """What completing a work item led to."""

    number: str
    task: int
    element: str
    at: datetime
    opened: tuple[str, ...]
    """Elements of the work that was opened in the same step."""
    is_open: bool
    """Whether the case goes on."""


def list_(
    desk: Desk,
    *,
    person: str | None = None,
    unit: str | None = None,
    role: str | None = None,
    number: str | None = None,
    due_before: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[Item, ...]:
    """List open work, nearest deadline first; *person* gives what that person may do or has claimed."""
    raise NotImplementedError


def show(desk: Desk, number: str, task: int) -> Sheet:
    """Show a work item with its form and the case's data.

    Raises:
        NotFound: There is no such case.
        AlreadyDone: The item is no longer open.
    """
    raise NotImplementedError


def claim(desk: Desk, number: str, task: int, actor: str) -> Item:
    """Take an item, so that others see who is at it.

    Raises:
        NotYourWork: Somebody else has it, or *actor* may not do it.
    """
    raise NotImplementedError


def give_back(desk: Desk, number: str, task: int, actor: str) -> Item:
    """Give back an item that *actor* had claimed."""
    raise NotImplementedError


def complete(desk: Desk, number: str, task: int, data: Mapping[str, Any], actor: str) -> Completed:
    """Complete an item with the form's *data*.

    Raises:
        InvalidForm: The data do not fit the form; every field is named.
        NotYourWork: *actor* may not do it.
        AlreadyDone: Somebody completed it, or the case moved on.
    """
    raise NotImplementedError
