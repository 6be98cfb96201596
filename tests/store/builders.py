"""Builders: steps and cases as an engine would hand them to the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from duban.model.calls import CallWanted, Thrown
from duban.model.definition import Definition
from duban.model.facts import Happening, Kind
from duban.model.outcome import Incident, Outcome
from duban.model.work import Due, Work
from duban.store import NewCase, Snapshot, Unit

NOW = datetime(2026, 2, 2, 1, tzinfo=UTC)
DEFINITION = Definition.of("petition", "信访件", {"petition.bpmn": b"<bpmn/>", "routing.dmn": b"<dmn/>"})


def later(**parts: float) -> datetime:
    """Return NOW plus these days, hours, minutes."""
    return NOW + timedelta(**parts)


def happening(kind: Kind = Kind.TOKENS_MOVED, /, **payload: Any) -> Happening:
    """Make a fact to be."""
    return Happening(kind=kind, payload=payload)


def work(task: int, **changes: Any) -> Work:
    """Make a work item of the clerks of unit U1."""
    fields: dict[str, Any] = {
        "task": task,
        "element": "sign",
        "name": "签收",
        "scope": "",
        "role": "unit_clerk",
        "unit": "U1",
        "person": None,
        "form": "sign",
    }
    return Work(**(fields | changes))


def due(task: int, at: datetime, **changes: Any) -> Due:
    """Make a running timer of the named deadline X4.sign, on the step *sign*."""
    fields: dict[str, Any] = {
        "task": task,
        "element": "sign_late",
        "scope": "",
        "attached": "sign",
        "at": at,
        "name": "X4.sign",
        "warning": False,
        "why": {"zh": "自转办之日起三个工作日"},
        "interrupting": False,
    }
    return Due(**(fields | changes))


def call(task: int, **changes: Any) -> CallWanted:
    """Make a wanted call."""
    fields: dict[str, Any] = {
        "task": task,
        "element": "notify",
        "scope": "",
        "operator": "letters/issue_notice",
        "parameters": {"letter": "受理告知书"},
    }
    return CallWanted(**(fields | changes))


def thrown(task: int, name: str = "callback_asked", **changes: Any) -> Thrown:
    """Make a thrown message."""
    fields: dict[str, Any] = {"element": "ask", "scope": "", "payload": {"tier": 1}, "correlation": {"number": "1"}}
    return Thrown(task=task, name=name, **(fields | changes))


def incident(task: int, **changes: Any) -> Incident:
    """Make an incident."""
    fields: dict[str, Any] = {
        "element": "decide",
        "scope": "",
        "reason": "no_flow",
        "message": "no condition holds",
        "detail": {"flows": ["f1"]},
    }
    return Incident(task=task, **(fields | changes))


def outcome(**changes: Any) -> Outcome:
    """Make the outcome of a step that does nothing but move."""
    fields: dict[str, Any] = {
        "state": b"state",
        "happenings": (happening(entered=[["sign", "", 1]], left=[]),),
        "opened": (),
        "closed": (),
        "calls": (),
        "uncalled": (),
        "thrown": (),
        "armed": (),
        "disarmed": (),
        "incidents": (),
        "settled": (),
        "written": {},
        "ended": None,
    }
    return Outcome(**(fields | changes))


def a_case(
    unit: Unit,
    number: str = "云信〔2026〕00001",
    *,
    step: Outcome | None = None,
    register: Mapping[str, Any] | None = None,
    at: datetime = NOW,
    more: Sequence[Happening] = (),
    **changes: Any,
) -> Snapshot:
    """Open a case, a petition when it has a register row."""
    unit.definitions.add(DEFINITION, at=NOW)
    fields: dict[str, Any] = {"kind": "petition", "process": DEFINITION.process, "definition": DEFINITION.digest}
    new = NewCase(number=number, **(fields | changes))
    return unit.open_case(new, step or outcome(), at=at, actor="system", register=register, more=more)
