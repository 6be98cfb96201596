"""Incidents: tokens that cannot go on until a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duban.desk.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """An open incident."""

    number: str
    task: int
    element: str
    scope: str
    reason: str
    message: str
    detail: Mapping[str, Any]
    opened_at: datetime


def list_(desk: Desk, *, number: str | None = None, limit: int = 100, offset: int = 0) -> tuple[Trouble, ...]:
    """List open incidents, oldest first."""
    raise NotImplementedError


def retry(desk: Desk, number: str, task: int, actor: str) -> None:
    """Let the token or the call try again."""
    raise NotImplementedError


def answer(desk: Desk, number: str, task: int, result: Mapping[str, Any], actor: str) -> None:
    """Answer by hand a call whose handler keeps failing."""
    raise NotImplementedError


def resolve(desk: Desk, number: str, task: int, choices: Mapping[str, Any], actor: str) -> None:
    """Choose a value for each path on which two branches disagree."""
    raise NotImplementedError
