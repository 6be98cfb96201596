"""Forms: a JSON Schema becomes fields on a page, and what a browser posts becomes the data it asks for.

Names in the address of a field are joined by dots (``steps.0.what``); a problem is filed under that name.
Nothing here decides whether data is right, that is the desk's; only what cannot be read at all is a problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from duban.model.clock import SHANGHAI

_SPARE_ROWS = 2
_RADIOS_UP_TO = 6
_FORMATS = {
    "text": "text",
    "verbatim": "verbatim",
    "date": "date",
    "date-time": "moment",
    "unit": "unit",
    "person": "person",
}


_PICKED = {"unit", "person"}
"""Formats whose values the page offers by name."""


class Posted(Protocol):
    """What a browser posted: every name with all its values (Starlette's FormData is one)."""

    def getlist(self, key: Any) -> list[Any]:
        """Return every value posted under *key*."""
        ...

    def keys(self) -> Any:
        """Return every name."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of the values a field offers."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One question of a form as the page shows it."""

    name: str
    title: str
    widget: str
    """``line`` · ``text`` · ``verbatim`` · ``number`` · ``date`` · ``moment`` · ``unit`` · ``person`` · ``radios`` ·
    ``select`` · ``checks`` · ``picks`` (several units or people) · ``lines`` (one value per line) · ``rows`` (a table
    of small forms) · ``group``."""
    required: bool
    hint: str
    value: str
    problem: str
    choices: tuple[Choice, ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    longest: int | None = None
    of: str = ""
    """What is picked: ``unit`` or ``person``."""


def fields_of(
    schema: Mapping[str, Any], data: Mapping[str, Any], problems: Mapping[str, str], prefix: str = ""
) -> tuple[Field, ...]:
    """Return the fields of an object schema, filled with *data*, each with its problem beside it."""
    required = set(schema.get("required", ()))
    return tuple(
        _field(name, part, data.get(name), problems, prefix, required=name in required)
        for name, part in _ordered(schema)
    )


def read(schema: Mapping[str, Any], posted: Posted, prefix: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """Return the data a form carries, in the types its schema asks for, and what could not be read.

    An empty field is an absent one. What cannot be read stays as it was typed, so that the page can show it again.
    """
    data: dict[str, Any] = {}
    problems: dict[str, str] = {}
    required = set(schema.get("required", ()))
    for name, part in _ordered(schema):
        value = _read_one(part, posted, prefix + name, problems)
        if value is not None and value != "":
            data[name] = value
        elif name in required and _type(part) == "array" and not part.get("minItems"):
            data[name] = []  # nobody is an answer too: an anonymous petition has no petitioners
    return data, problems


def _ordered(schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the properties in the order a person should meet them."""
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    order = schema.get("x-order")
    if isinstance(order, Sequence) and not isinstance(order, str):
        rank = {name: n for n, name in enumerate(order)}
        return sorted(properties.items(), key=lambda item: rank.get(item[0], len(rank)))
    return sorted(properties.items(), key=lambda item: item[1].get("x-order", 0))


def kind_of(part: Mapping[str, Any]) -> str:
    """Return the widget a property schema asks for."""
    kind = _type(part)
    if "enum" in part or "oneOf" in part:
        return "radios" if len(_values(part)) <= _RADIOS_UP_TO else "select"
    if kind == "array":
        items = part.get("items", {})
        if _type(items) == "object":
            return "rows"
        if items.get("format") in _PICKED:
            return "picks"
        return "checks" if "enum" in items or "oneOf" in items else "lines"
    if kind == "object":
        return "group"
    if kind == "boolean":
        return "radios"
    if kind in {"integer", "number"}:
        return "number"
    return _FORMATS.get(part.get("format", ""), "line")


def _picked(part: Mapping[str, Any]) -> str:
    kind = str((part.get("items", {}) if _type(part) == "array" else part).get("format", ""))
    return kind if kind in _PICKED else ""


def _type(part: Mapping[str, Any]) -> str:
    kind = part.get("type", "string")
    return kind if isinstance(kind, str) else next((k for k in kind if k != "null"), "string")


def _values(part: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Return the values of an enumeration with their labels (``x-labels``: a list in step, or a mapping)."""
    if "oneOf" in part:
        return [
            (option["const"], str(option.get("title", option["const"])))
            for option in part["oneOf"]
            if "const" in option
        ]
    labels = part.get("x-labels", {})
    values = [value for value in part.get("enum", ()) if value is not None]
    if isinstance(labels, Mapping):
        return [(value, str(labels.get(str(value), value))) for value in values]
    return list(zip(values, map(str, labels), strict=False)) or [(value, str(value)) for value in values]


def _field(
    name: str, part: Mapping[str, Any], value: Any, problems: Mapping[str, str], prefix: str, *, required: bool
) -> Field:
    full = prefix + name
    widget = kind_of(part)
    return Field(
        name=full,
        title=str(part.get("title", name)),
        widget=widget,
        required=required,
        hint=str(part.get("description", "")),
        value=_shown(widget, value),
        problem=problems.get(full, ""),
        choices=_choices(part, value),
        rows=_rows(widget, part, value, problems, full),
        longest=part.get("maxLength"),
        of=_picked(part),
    )


def _choices(part: Mapping[str, Any], value: Any) -> tuple[Choice, ...]:
    if _type(part) == "boolean":
        return tuple(
            Choice(value=text, label=label, chosen=value is truth or value == text)
            for truth, text, label in ((True, "true", "是"), (False, "false", "否"))
        )
    chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
    source = part.get("items", {}) if _type(part) == "array" else part
    return tuple(Choice(value=str(code), label=label, chosen=str(code) in chosen) for code, label in _values(source))


def _rows(
    widget: str, part: Mapping[str, Any], value: Any, problems: Mapping[str, str], full: str
) -> tuple[tuple[Field, ...], ...]:
    if widget == "group":
        return (fields_of(part, value if isinstance(value, Mapping) else {}, problems, f"{full}."),)
    if widget != "rows":
        return ()
    filled = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    shown = min(len(filled) + _SPARE_ROWS, part.get("maxItems", len(filled) + _SPARE_ROWS))
    blank: list[Mapping[str, Any]] = [{}] * max(shown - len(filled), 0)
    return tuple(fields_of(part["items"], row, problems, f"{full}.{n}.") for n, row in enumerate([*filled, *blank]))


def _shown(widget: str, value: Any) -> str:
    """Return a value as its input element wants it."""
    if value is None or widget in {"radios", "select", "checks", "rows", "group"}:
        return ""
    if widget in {"lines", "picks"}:
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    if widget == "moment":
        return _local(str(value))
    return str(value)


def _local(text: str) -> str:
    """Return an ISO instant as ``datetime-local`` wants it; what is no instant comes back as typed."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.astimezone(SHANGHAI) if at.tzinfo else at:%Y-%m-%dT%H:%M}"


def _read_one(part: Mapping[str, Any], posted: Posted, full: str, problems: dict[str, str]) -> Any:
    widget = kind_of(part)
    if widget == "rows":
        return _read_rows(part, posted, full, problems)
    if widget == "group":
        inner, more = read(part, posted, f"{full}.")
        problems.update(more)
        return inner or None
    texts = [str(text).strip() for text in posted.getlist(full)]
    if widget in {"checks", "picks"}:
        return [_as_listed(part.get("items", {}), text) for text in texts if text] or None
    text = texts[-1] if texts else ""
    if not text:
        return None
    if widget == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    return _typed(part, widget, text, full, problems)


def _read_rows(part: Mapping[str, Any], posted: Posted, full: str, problems: dict[str, str]) -> list[Any] | None:
    """Read the rows that carry anything; empty ones between them close up, and their problems move with them."""
    start = len(full) + 1
    numbers = {name[start:].split(".")[0] for name in posted.keys() if name.startswith(f"{full}.")}  # noqa: SIM118 (a Protocol)
    rows: list[Any] = []
    for n in sorted(int(number) for number in numbers if number.isdecimal()):
        row, more = read(part["items"], posted, f"{full}.{n}.")
        if row:
            problems.update(
                {name.replace(f"{full}.{n}.", f"{full}.{len(rows)}.", 1): what for name, what in more.items()}
            )
            rows.append(row)
    return rows or None


def _as_listed(part: Mapping[str, Any], text: str) -> Any:
    """Return the enumeration's own value (which may be a number) for what the browser sent."""
    return next((value for value, _ in _values(part) if str(value) == text), text)


def _typed(part: Mapping[str, Any], widget: str, text: str, full: str, problems: dict[str, str]) -> Any:
    if widget in {"radios", "select"}:
        if _type(part) == "boolean":
            return {"true": True, "false": False}.get(text, text)
        return _as_listed(part, text)
    try:
        match widget:
            case "number":
                return int(text) if _type(part) == "integer" else float(text)
            case "date":
                return date.fromisoformat(text).isoformat()
            case "moment":
                at = datetime.fromisoformat(text)
                return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()
            case _:
                return text.replace("\r\n", "\n")
    except ValueError:
        problems[full] = _UNREADABLE[widget]
        return text


_UNREADABLE = {
    "number": "请填数字",
    "date": "请按 2026-03-05 的样子填写日期",
    "moment": "请按 2026-03-05 14:00 的样子填写日期和时间",
}
