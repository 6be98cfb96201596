"""Intake: how a petition gets in, from any channel, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from duban.desk.desk import Desk
from duban.model.petition import Envelope


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the sender gets: the same for the same envelope."""

    number: str
    case: int
    repeat_of: str | None
    """Number of the earlier petition that this one repeats."""
    known: bool
    """True when this very envelope had been received before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How the rows of a file ended; rows = accepted + repeat + refused + known."""

    rows: int
    accepted: int
    repeat: int
    refused: int
    known: int
    """Rows that an earlier import had brought already."""
    refused_file: str | None


def receive(desk: Desk, envelope: Envelope, actor: str) -> Receipt:
    """Receive *envelope*: number it, start its case, compare it with earlier ones."""
    raise NotImplementedError


def import_file(
    desk: Desk, path: Path, *, channel: str | None, actor: str, progress: Callable[[int], None] | None = None
) -> Report:
    """Import a CSV, XLSX or JSON-lines file; *progress* is told how many rows are done."""
    raise NotImplementedError
