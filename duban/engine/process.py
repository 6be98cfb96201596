"""The engine's face: a case is bytes, a step is a pure function of state, input, time and deadlines.

The same inputs give the same outcome, bit for bit; nothing here reads a clock, a database or a network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duban.api import Deadlines
from duban.engine.kernel.state import content
from duban.engine.parse import prepare
from duban.engine.session import Choose, Retry, Session
from duban.engine.view import View, Wait, view_of
from duban.model.calls import Answer, BusinessError, Message, Signal
from duban.model.definition import Definition
from duban.model.outcome import Outcome

__all__ = [
    "Choose",
    "Retry",
    "View",
    "Wait",
    "complete",
    "deliver",
    "digest",
    "look",
    "recount",
    "settle",
    "start",
    "tick",
]


def start(
    definition: Definition,
    data: Mapping[str, Any],
    *,
    message: str | None = None,
    now: datetime,
    deadlines: Deadlines,
) -> Outcome:
    """Start a case with *data*.

    It begins at the start event of *message*; without one, or where none is drawn for it, at the start event that
    waits for no message (none, or a rhythm), else at the only one.

    Raises:
        Refused: The process begins with one of several messages only.
    """
    session = Session.new(definition, now=now, deadlines=deadlines)
    session.start(data, message)
    return session.outcome()


def complete(
    definition: Definition,
    state: bytes,
    task: int,
    data: Mapping[str, Any],
    *,
    now: datetime,
    deadlines: Deadlines,
) -> Outcome:
    """Complete a work item; *data* holds top-level keys, each replaced whole.

    Raises:
        AlreadyDone: It is not open any more.
    """
    session = Session.of(definition, state, now=now, deadlines=deadlines)
    session.complete(task, data)
    return session.outcome()


def deliver(
    definition: Definition,
    state: bytes,
    delivery: Answer | BusinessError | Message | Signal,
    *,
    now: datetime,
    deadlines: Deadlines,
) -> Outcome:
    """Deliver what a call brought, a message or a signal.

    Raises:
        AlreadyDone: Nobody waits for this call's answer any more.
        NotWaiting: Nothing waits for this message or signal.
        AmbiguousMessage: Several instances wait for this message and it names none of them.
    """
    session = Session.of(definition, state, now=now, deadlines=deadlines)
    session.deliver(delivery)
    return session.outcome()


def tick(definition: Definition, state: bytes, *, now: datetime, deadlines: Deadlines) -> Outcome:
    """Fire every timer that is due, one by one in the order in which they were due."""
    session = Session.of(definition, state, now=now, deadlines=deadlines)
    session.tick()
    return session.outcome()


def recount(definition: Definition, state: bytes, *, now: datetime, deadlines: Deadlines) -> Outcome:
    """Count every running limit again: *deadlines* stand on another calendar or table than when they were armed.

    What moves is told with before and after; what has come due meanwhile fires at the next tick.
    """
    session = Session.of(definition, state, now=now, deadlines=deadlines)
    session.recount()
    return session.outcome()


def settle(
    definition: Definition,
    state: bytes,
    task: int,
    decision: Retry | Choose,
    *,
    now: datetime,
    deadlines: Deadlines,
) -> Outcome:
    """Settle an incident: try again, or choose a value for every path on which branches disagree.

    Raises:
        AlreadyDone: The incident is gone.
        Refused: The decision does not fit the incident, or leaves a path out.
    """
    session = Session.of(definition, state, now=now, deadlines=deadlines)
    session.settle(task, decision)
    return session.outcome()


def digest(definition: Definition, state: bytes) -> str:
    """Return what identifies a state: equal for equal cases on every machine."""
    return hashlib.sha256(content(state, prepare(definition).spec.vocabulary)).hexdigest()


def look(definition: Definition, state: bytes, task: int | None = None) -> View:
    """Return what can happen next, and the data that *task* sees (without one: all that the case knows).

    Raises:
        AlreadyDone: That task is over.
    """
    return view_of(Session.read(definition, state), task)
