"""Calls: what a diagram wants done in the world, asked after the commit and answered by a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class CallWanted:
    """A service task waits: somebody must run *operator* and deliver its answer."""

    task: int
    element: str
    scope: str
    operator: str
    """``module/function`` as written in the diagram, found in tasks/."""
    parameters: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The result of a call: becomes the service task's result variable."""

    task: int
    result: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessError:
    """A call ended in a BPMN error: caught by an error boundary with this code, else an incident."""

    task: int
    code: str
    message: str = ""
    detail: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message for a case."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    correlation: Mapping[str, Any] = field(default_factory=dict)
    """Correlation property to value; decides which instance is meant."""
    id: str = ""
    """The sender's id: the same id is delivered once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A signal for every case and instance that waits for it."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Thrown:
    """A message that a case sent."""

    task: int
    element: str
    scope: str
    name: str
    payload: Mapping[str, Any]
    correlation: Mapping[str, Any]
