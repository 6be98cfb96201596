"""Standing: what a case is about and what it waits for, in words, where neither work nor a register row says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.desk.desk import Desk
from duban.desk.drawing import Drawing
from duban.desk.engine import process
from duban.desk.texts import put_in
from duban.model.case import Case
from duban.store import Unit

LONGEST = 60
"""Characters of a title."""


def title_of(desk: Desk, record: Unit, case: Case, data: Mapping[str, Any]) -> str:
    """Return in one line what *case* is about, by the title paths of its kind; empty: nothing says it yet."""
    kind = desk.bureau.settings.kinds.get(case.kind)
    for path in kind.title if kind else ():
        value = put_in(record, _value(data, path))
        if isinstance(value, str) and value:
            line = " ".join(value.split())
            return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    return ""


def waits_for(drawing: Drawing, view: process.View) -> tuple[str, ...]:
    """Return the labels of the events that a case waits for, the gateway's where several stand behind one."""
    elements = [*(wait.element for wait in view.waits), *(due.element for due in view.dues if due.attached is None)]
    labels = (drawing.labels.get(drawing.gateways.get(element, element)) for element in elements)
    return tuple(dict.fromkeys(label for label in labels if label))


def _value(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = data
    for part in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
