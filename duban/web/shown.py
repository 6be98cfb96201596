"""Answers to a form, read back: each question with its answer in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from duban.web.visit import Visit

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A question and its answer."""

    title: str
    text: str


def shown(schema: Mapping[str, Any], data: Mapping[str, Any], visit: Visit) -> tuple[Shown, ...]:
    """Return what *data* answers to the form *schema*; the stamps of the house (``_by`` …) are left out."""
    parts: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    return tuple(
        Shown(title=str(parts.get(name, {}).get("title", name)), text=text)
        for name, value in data.items()
        if not name.startswith("_") and (text := said(parts.get(name, {}), value, visit))
    )


def said(part: Mapping[str, Any], value: Any, visit: Visit) -> str:
    """Say one value."""
    if isinstance(value, bool):
        return visit.language.say("是") if value else visit.language.say("否")
    if isinstance(value, Mapping):
        return _said_mapping(part, value, visit)
    if isinstance(value, list):
        return "；".join(_said_all(part.get("items", {}), value, visit))
    return _said_text(part, "" if value is None else str(value), visit)


def _said_mapping(part: Mapping[str, Any], value: Mapping[str, Any], visit: Visit) -> str:
    if "$text" in value:
        return visit.language.say("（原文存档）")
    return "，".join(f"{one.title} {one.text}" for one in shown(part, value, visit))


def _said_all(part: Mapping[str, Any], values: Iterable[Any], visit: Visit) -> list[str]:
    return [text for value in values if (text := said(part, value, visit))]


def _said_text(part: Mapping[str, Any], text: str, visit: Visit) -> str:
    settings = visit.house.desk.bureau.settings
    labels = part.get("x-labels")
    if isinstance(labels, Mapping):
        return str(labels.get(text, text))
    if isinstance(labels, list) and text in part.get("enum", []):
        return str(labels[part["enum"].index(text)])
    if part.get("format") == "unit" and text in settings.units:
        return settings.units[text].name
    if part.get("format") == "person" and text in settings.people:
        return settings.people[text].name
    return _said_time(text, visit)


def _said_time(text: str, visit: Visit) -> str:
    """Say a date or an instant; anything else is said as it is."""
    try:
        if _INSTANT.match(text) and (at := datetime.fromisoformat(text)).tzinfo:
            return visit.moment(at)
        if _DAY.fullmatch(text):
            return visit.day(date.fromisoformat(text))
    except ValueError:
        return text
    return text
