"""Small pieces of BPMN and DMN markup."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from tests.differential.shapes import FIRINGS, Moving

BPMN = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'id="definitions" targetNamespace="http://example.org/random">'
)
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tables" name="tables" '
    'namespace="http://example.org/random">'
)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def message_definition(name: str, inner: str) -> str:
    """Return a message event definition with extension elements."""
    return f'<bpmn:messageEventDefinition messageRef="M_{name}">{extension(inner)}</bpmn:messageEventDefinition>'


def association(way: str, name: str, inner: str) -> str:
    """Return a data input or output association."""
    return f'<bpmn:data{way}Association id="{name}">{inner}</bpmn:data{way}Association>'


def extension(*inner: str) -> str:
    """Return extension elements."""
    return f"<bpmn:extensionElements>{''.join(inner)}</bpmn:extensionElements>"


def split_extension(body: str) -> tuple[str, str]:
    """Return a node's own extension elements, which must stand first, and the rest."""
    end = "</bpmn:extensionElements>"
    if not body.startswith("<bpmn:extensionElements>"):
        return "", body
    cut = body.index(end) + len(end)
    return body[:cut], body[cut:]


def operator(name: str, variable: str = "") -> str:
    """Return what makes a service task call ``ops/<name>`` with a value of the start data."""
    return extension(
        f'<spiffworkflow:serviceTaskOperator id="ops/{name}" resultVariable="{variable or name}">'
        '<spiffworkflow:parameters><spiffworkflow:parameter id="first" type="int" value="seed.v"/>'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )


def expression(tag: str, text: str) -> str:
    """Return a formal expression."""
    return f"<bpmn:{tag} xsi:type={quoteattr('bpmn:tFormalExpression')}>{escape(text)}</bpmn:{tag}>"


def timer(seconds: int, *, cycle: bool = False, moving: Moving | None = None) -> str:
    """Return a timer event definition: a literal with or without quotes, or a named deadline."""
    duration = f"PT{seconds}S"
    if moving is not None:
        name = f"{'OFF' if moving.off else 'MOVES'} {moving.key} {seconds}"
        text = expression("timeDuration", f'deadline("{name}")')
    elif cycle:
        text = expression("timeCycle", f'"R{FIRINGS}/{duration}"')
    else:
        way = (duration, f'"{duration}"', f'deadline("{duration}")')[seconds % 3]
        text = expression("timeDuration", way)
    return f"<bpmn:timerEventDefinition>{text}</bpmn:timerEventDefinition>"
