"""Masking: personal values become invented ones of the same shape, the same one for the same value everywhere.

What stays: codes, dates, choices, figures, words that diagrams and settings say themselves, and the ids of those who
acted, for rights depend on them. What goes: names, phones, documents, addresses, and whatever people said or wrote in
their own words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from duban.desk.texts import reference_of
from duban.petitions.redaction import personal

NAMES = frozenset({"name", "petitioner", "speaker", "about_person", "contact", "witness"})
"""Fields that hold the name of somebody from outside."""
ADDRESSES = frozenset({"address", "place", "where", "account"})
WORDS = frozenset({"words", "text", "title", "summary", "facts", "request", "ask", "verbatim", "description"})
"""Fields that hold somebody's own words, whatever their form says."""
NUMBER = re.compile(r"\S{1,12}〔\d{4}〕\S{1,12}")
"""What the number of a case or a letter looks like: 云信〔2026〕00001."""
_CODE = re.compile(r"[A-Za-z0-9_.:+/@#-]*")
_SURNAMES = "甲乙丙丁戊己庚辛壬癸"
_FILLER = "略"
_QUOTED = tuple(map(re.compile, (r"\"([^\"<>]{1,40})\"", r"'([^'<>]{1,40})'", r"<text>([^<]{1,40})</text>")))


def trade_of(files: Mapping[str, bytes], *others: Any) -> frozenset[str]:
    """Return the words that diagrams and tables have in quotes, and every text in *others* (forms, settings)."""
    written = [data.decode("utf-8", "replace").replace("&quot;", "'") for data in files.values()]
    quoted = frozenset(word for text in written for pattern in _QUOTED for word in pattern.findall(text))
    return quoted | frozenset(_texts(others))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


@dataclass(kw_only=True)
class Mask:
    """Replaces what is personal in the data of some cases."""

    known: dict[str, str] = field(default_factory=dict)
    """Value to what stands for it."""
    trade: Collection[str] = frozenset()
    """Words of the trade: what diagrams, tables, forms and settings say themselves is nobody's own."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Case number to the number that the case will have when the scenario is played."""

    def data(self, values: Mapping[str, Any], schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return *values* masked; *schema* is that of the form that they filled in."""
        fields: Mapping[str, Any] = (schema or {}).get("properties", {})
        return {key: self._value(key, value, fields.get(key, {})) for key, value in values.items()}

    def _value(self, key: str, value: Any, schema: Mapping[str, Any]) -> Any:
        if reference_of(value) is not None:
            return _FILLER * max(2, int(schema.get("minLength", 0)))
        if isinstance(value, Mapping):
            return self.data(value, schema)
        if isinstance(value, list):
            return [self._value(key, each, schema.get("items", {})) for each in value]
        return self._text(key, value, schema) if isinstance(value, str) and value else value

    def _text(self, key: str, text: str, schema: Mapping[str, Any]) -> str:
        form = schema.get("format")
        if "enum" in schema or "const" in schema or form in {"date", "date-time", "unit", "person"}:
            return text
        if NUMBER.fullmatch(text):
            return self.numbers.get(text, text)
        if key in NAMES and not _CODE.fullmatch(text):
            return self._name(text)
        if any(True for _ in personal(text)) and text == text.strip() and " " not in text and _CODE.fullmatch(text):
            return self._figure(text)
        if _CODE.fullmatch(text) or (text in self.trade and form not in {"text", "verbatim"} and key not in WORDS):
            return text
        if key in ADDRESSES:
            return self._known(text, lambda n: f"某地{n}号")
        return self._known(text, lambda n: str(n).rjust(len(text), _FILLER))

    def _name(self, name: str) -> str:
        return self._known(name, lambda n: _SURNAMES[n % len(_SURNAMES)] + "某" + ("某" if n >= len(_SURNAMES) else ""))

    def _figure(self, text: str) -> str:
        """Return another figure of the same length: a phone stays a phone."""
        return self._known(text, lambda n: text[:3] + str(n).rjust(len(text) - 3, "0"))

    def _known(self, value: str, invent: Any) -> str:
        if value not in self.known:
            n = len(self.known)
            self.known[value] = next(made for made in (invent(n), invent(n + 1)) if made != value)
        return self.known[value]
