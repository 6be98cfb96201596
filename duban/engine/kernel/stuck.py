"""Stuck: why a token cannot go on until a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Stuck(Exception):
    """A token cannot go on: its task becomes an incident, the rest of the case goes on."""

    def __init__(self, reason: str, message: str, detail: Mapping[str, Any] | None = None) -> None:
        self.reason = reason
        self.message = message
        self.detail = dict(detail or {})
        super().__init__(message)
