"""Triggers: what events wait for or throw, read from SpiffWorkflow's definitions, every expression compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import CancelEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from duban.engine.expressions import Expression, compile_expression
from duban.engine.timers import compile_timer

_KINDS: Final = (
    (TimerEventDefinition, "timer"),
    (MessageEventDefinition, "message"),
    (SignalEventDefinition, "signal"),
    (ErrorEventDefinition, "error"),
    (EscalationEventDefinition, "escalation"),
    (CancelEventDefinition, "cancel"),
    (TerminateEventDefinition, "terminate"),
    (ConditionalEventDefinition, "conditional"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """What an event waits for or throws, read once from SpiffWorkflow's event definition."""

    kind: str
    """none · timer · message · signal · error · escalation · cancel · terminate · conditional."""
    name: str = ""
    """Of a message or signal."""
    code: str | None = None
    """Of an error or escalation; None catches every code."""
    text: Expression | None = None
    """When a timer fires, or the condition waited for."""
    moves: bool = False
    """Whether a timer names a deadline, so that its time may move while it waits."""
    payload: Expression | None = None
    """What is sent along."""
    variable: str | None = None
    """Key under which a payload is kept; None: the element's id."""
    properties: tuple[tuple[str, Expression], ...] = ()
    """Correlation properties: id, where its value stands in the payload."""
    own: tuple[tuple[str, Expression], ...] = ()
    """Correlation properties: id, where its value stands in the waiting case's data."""


def read_trigger(definition: Any) -> Trigger:
    """Return what an event waits for or throws."""
    kind = next((kind for cls, kind in _KINDS if isinstance(definition, cls)), "none")
    if kind == "timer":
        text = compile_timer(definition.expression)
        return Trigger(kind=kind, text=text, moves=bool(text.calls & {"deadline", "warning"}))
    if kind == "conditional":
        return Trigger(kind=kind, text=compile_expression(definition.expression.strip()))
    if kind == "message":
        return Trigger(
            kind=kind,
            name=definition.name,
            payload=optional(definition.expression),
            variable=definition.message_var,
            properties=_properties(definition.correlation_properties),
            own=_properties(definition.process_correlations),
        )
    if kind in {"signal", "error", "escalation"}:
        return Trigger(
            kind=kind,
            name=definition.name or "",
            code=getattr(definition, "code", None) or None,
            payload=optional(definition.expression),
            variable=definition.variable,
        )
    return Trigger(kind=kind)


def _properties(properties: Any) -> tuple[tuple[str, Expression], ...]:
    return tuple((prop.name, compile_expression(prop.retrieval_expression.strip())) for prop in properties)


def optional(text: str | None) -> Expression | None:
    """Return *text* compiled, or None where there is none."""
    return compile_expression(text.strip()) if text and text.strip() else None
