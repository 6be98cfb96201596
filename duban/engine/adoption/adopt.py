"""Adopt: a diagram from elsewhere becomes one that can be run, as far as rules can bring it there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from duban.engine.adoption import circles, meanings, structure
from duban.engine.adoption.sheet import Change, Sheet
from duban.engine.drawing import ProblemFound
from duban.errors import DiagramError

__all__ = ["Adopted", "Change", "adopt"]

_ORDER: Final = (*structure.REPAIRS, *meanings.REPAIRS, circles.capped, structure.pictures)


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """A repaired file."""

    data: bytes
    changes: tuple[Change, ...]
    """What was changed, in the order in which it was done."""
    forms: Mapping[str, Mapping[str, Any]]
    """Forms that the repaired diagram asks for: name to JSON Schema."""


def adopt(file: str, data: bytes, roles: Collection[str] = (), calls: Collection[str] = ()) -> Adopted:
    """Return *data* repaired; what no rule repairs stays, and the gate says so.

    Args:
        file: Its name, for problems.
        data: Its bytes.
        roles: The roles that the bureau has; work in lanes that are none of them comes to the first one.
        calls: Processes outside this file that a call activity may call.

    Raises:
        DiagramError: It is no BPMN file at all.
    """
    try:
        sheet = Sheet(file, data, roles, calls)
    except ProblemFound as found:
        raise DiagramError([found.problem]) from found
    for repair in _ORDER:
        repair(sheet)
    if not sheet.changes:
        return Adopted(data=data, changes=(), forms={})
    sheet.tidy()
    text = etree.tostring(sheet.root.getroottree(), encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return Adopted(data=bytes(text), changes=tuple(sheet.changes), forms=sheet.forms)
