"""Checks of wording: every expression, timer and script of a diagram is compiled when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from duban.engine.checks import ACTIVITIES, event_kinds, meant
from duban.engine.drawing import SPIFF, Drawing, extension, qualified, tag_of, text_of
from duban.engine.expressions import Expression, ExpressionError, compile_expression
from duban.engine.scripts import ScriptError, check_script
from duban.engine.timers import compile_timer
from duban.errors import Problem

Text = tuple[Any, str, str, Callable[[str], Any]]
"""XML element, what the text is for, the text, what compiles it."""

_ENGINE_ONLY: Final = frozenset({"deadline", "warning", "rhythm"})
_TIMES: Final = ("timeDate", "timeDuration", "timeCycle")
_TIMERS: Final = (
    '; write deadline("NAME") with a limit of bureau.toml, warning("NAME", 3), or a length like P3D or PT24H'
)


def check_wording(level: Drawing, decisions: Mapping[str, Any] | None) -> Iterator[Problem]:
    """Yield the problems of the texts of one process level; *decisions* None: the tables could not be read."""
    for node, what, text, compile_text in _texts(level):
        owner = _owner(node)
        try:
            compile_text(text)
        except ScriptError as error:
            line = node.sourceline + (error.line - 1 if error.line else 0)
            yield _problem(level, owner, line, f"{what}: {error}", "script-text")
        except ExpressionError as error:
            place = f" (at character {error.offset + 1} of {text!r})" if text else ""
            rule = "timer-text" if what == "timer" else "expression"
            advice = _TIMERS if what == "timer" and str(error).startswith("not an expression") else ""
            yield _problem(level, owner, node.sourceline, f"{what}: {error}{place}{advice}", rule)
    for node in level.nodes.values():
        if tag_of(node) == "businessRuleTask":
            wanted = extension(node, "calledDecisionId")
            if not wanted:
                yield _problem(
                    level, node, node.sourceline, "say which decision it asks (calledDecisionId)", "decision"
                )
            elif decisions is not None and wanted not in decisions:
                message = f"no decision table has the id {wanted!r}{meant(wanted, decisions)}"
                yield _problem(level, node, node.sourceline, message, "decision")
        if tag_of(node) == "scriptTask" and not text_of(node, "script"):
            yield _problem(level, node, node.sourceline, "the script task has no script", "script-text")


def _problem(level: Drawing, node: Any, line: int, message: str, rule: str) -> Problem:
    return Problem(file=level.file, element=node.get("id"), line=line, message=message, rule=rule)


def _owner(node: Any) -> Any:
    """Return the step or flow that *node* stands in."""
    while node.get("id") is None or tag_of(node) not in _OWNERS:
        parent = node.getparent()
        if parent is None:
            return node
        node = parent
    return node


_OWNERS: Final = ACTIVITIES | {
    "sequenceFlow", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "exclusiveGateway", "inclusiveGateway", "process",
}  # fmt: skip


def _texts(level: Drawing) -> Iterator[Text]:
    for flow in level.flows:
        condition = flow.find(qualified("conditionExpression"))
        if condition is not None:
            yield condition, "condition", condition.text or "", _plain
    for node in level.nodes.values():
        yield from _event_texts(node)
        yield from _loop_texts(node)
        yield from _task_texts(node)


def _event_texts(node: Any) -> Iterator[Text]:
    for definition in node:
        kind = tag_of(definition)
        if kind == "timerEventDefinition":
            yield from _timer_texts(node, definition)
        elif kind == "conditionalEventDefinition":
            yield definition, "condition", text_of(definition, "condition") or "", _plain
        elif kind in {
            "messageEventDefinition",
            "signalEventDefinition",
            "errorEventDefinition",
            "escalationEventDefinition",
        }:
            yield from _payload_texts(definition)
    if tag_of(node) in {"sendTask", "receiveTask"} and not event_kinds(node):
        yield from _payload_texts(node)


def _timer_texts(node: Any, definition: Any) -> Iterator[Text]:
    found = [child for child in definition if tag_of(child) in _TIMES]
    if len(found) != 1:
        yield definition, "timer", "", _one_time
        return
    if tag_of(found[0]) == "timeCycle" and tag_of(node) not in {"boundaryEvent", "startEvent"}:
        yield found[0], "timer", found[0].text or "", _no_cycle
    begins = tag_of(node) == "startEvent" and tag_of(node.getparent()) == "process"
    yield found[0], "timer", found[0].text or "", compile_timer if begins else _no_rhythm


def _payload_texts(node: Any) -> Iterator[Text]:
    for name in ("messagePayload", "payloadExpression"):
        for payload in node.iter(f"{{{SPIFF}}}{name}"):
            if payload.text and payload.text.strip():
                yield payload, "payload", payload.text, _plain
    for own in node.iter(f"{{{SPIFF}}}processVariableCorrelation"):
        text = next((child.text for child in own if tag_of(child) == "expression"), None)
        yield own, "correlation", text or "", _plain


def _loop_texts(node: Any) -> Iterator[Text]:
    many = node.find(qualified("multiInstanceLoopCharacteristics"))
    loop = node.find(qualified("standardLoopCharacteristics"))
    parts = [(many, name) for name in ("loopCardinality", "loopDataInputRef", "completionCondition")]
    for holder, name in [*parts, (loop, "loopCondition")]:
        found = None if holder is None else holder.find(qualified(name))
        if found is not None:
            yield found, name, found.text or "", _plain


def _task_texts(node: Any) -> Iterator[Text]:
    if tag_of(node) == "scriptTask":
        script = node.find(qualified("script"))
        if script is not None and script.text and script.text.strip():
            yield script, "script", script.text, check_script
    for parameter in node.iter(f"{{{SPIFF}}}parameter"):
        if parameter.getparent().getparent().getparent().getparent() is node:
            yield parameter, f"parameter {parameter.get('id')}", parameter.get("value") or "", _plain
    for name in ("unit", "person", "not_by", "role"):
        text = extension(node, name)
        if text and not (name == "role" and text.isidentifier()):  # a bare word is a role's id
            yield node, name, text, _plain


def check_definitions(file: str, root: Any) -> Iterator[Problem]:
    """Yield the problems of what a file defines beside its processes: messages, signals, errors, correlation."""
    for node in root.iter(*(qualified(kind) for kind in ("message", "signal", "error", "escalation"))):
        if not node.get("id"):
            yield Problem(
                file=file, line=node.sourceline, message=f"this {tag_of(node)} needs an id", rule="element-id"
            )
    messages = {node.get("id") for node in root.iter(qualified("message"))}
    for prop in root.iter(qualified("correlationProperty")):
        for node, message in _correlation(prop, messages):
            yield Problem(
                file=file, element=prop.get("id"), line=node.sourceline, message=message, rule="correlation-property"
            )


def _correlation(prop: Any, messages: Collection[str]) -> Iterator[tuple[Any, str]]:
    found = list(prop.iter(qualified("correlationPropertyRetrievalExpression")))
    if not found or not prop.get("id"):
        yield prop, "give it an id and say where its value stands (correlationPropertyRetrievalExpression)"
    for retrieval in found:
        wanted = retrieval.get("messageRef")
        if not wanted:
            yield retrieval, "say in which message its value stands (messageRef)"
        elif wanted.rpartition(":")[2] not in messages:
            yield retrieval, f"the message {wanted!r} is defined nowhere in this file: name one of its messages"
        text = next((child.text for child in retrieval if tag_of(child) in {"messagePath", "formalExpression"}), None)
        try:
            _plain(text or "")
        except ExpressionError as error:
            yield retrieval, f"message path of {retrieval.get('messageRef')}: {error}"


def _plain(text: str) -> Expression:
    expression = compile_expression(text.strip())
    if expression.calls & _ENGINE_ONLY:
        raise ExpressionError("deadline(), warning() and rhythm() stand in timers only")
    return expression


def _no_rhythm(text: str) -> Expression:
    expression = compile_timer(text)
    if "rhythm" in expression.calls:
        raise ExpressionError("rhythm() stands at the start event of a process only: it opens cases by time")
    return expression


def _one_time(_: str) -> None:
    raise ExpressionError("give exactly one of timeDate, timeDuration and timeCycle")


def _no_cycle(_: str) -> None:
    raise ExpressionError(
        "a cycle stands on a boundary event; a token in the flow waits for one time: use timeDuration"
    )
