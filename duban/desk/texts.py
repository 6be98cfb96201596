"""Texts: long words leave the data for a table of their own, and come back where people read them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from duban.desk.forms import LONG
from duban.store import Unit

REFERENCE = "$text"
PURGED = "（已按规定清除）"
"""What stands where words were destroyed."""


def put_away(
    unit: Unit, data: Mapping[str, Any], *, words: Collection[str], at: datetime, by: str, case: int | None
) -> dict[str, Any]:
    """Return *data* with the fields named in *words*, and whatever else is long, replaced by references."""
    return {
        name: _put(unit, value, name in words, at=at, by=by, case=case)
        if isinstance(value, str | list | dict)
        else value
        for name, value in data.items()
    }


def _put(unit: Unit, value: Any, is_words: bool, *, at: datetime, by: str, case: int | None) -> Any:
    if isinstance(value, str):
        if value and (is_words or len(value) > LONG):
            return {REFERENCE: unit.texts.add(value, at=at, by=by, case=case)}
        return value
    if isinstance(value, list):
        return [_put(unit, each, is_words, at=at, by=by, case=case) for each in value]
    if isinstance(value, dict):
        return {name: _put(unit, each, False, at=at, by=by, case=case) for name, each in value.items()}
    return value


def without_blanks(value: Any) -> Any:
    """Return *value* without empty fields: in a form, what is not said is not there."""
    if isinstance(value, Mapping):
        return {name: without_blanks(each) for name, each in value.items() if each is not None and each != ""}
    if isinstance(value, list):
        return [without_blanks(each) for each in value]
    return value


def put_in(unit: Unit, data: Any) -> Any:
    """Return *data* with every reference replaced by its words."""
    wanted = set(references(data))
    if not wanted:
        return data
    found = unit.texts.get_many(wanted)
    words = {id_: PURGED if text.words is None else text.words for id_, text in found.items()}
    return _filled(data, words)


def reference_of(value: Any) -> int | None:
    """Return the id of the text that *value* refers to, or None when it is no reference."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(id_ := value.get(REFERENCE), int):
        return id_
    return None


def references(value: Any) -> Iterator[int]:
    """Yield the id of every text that *value* refers to, however deep."""
    if isinstance(value, dict):
        if (id_ := reference_of(value)) is not None:
            yield id_
            return
        value = value.values()
    elif not isinstance(value, list):
        return
    for each in value:
        if isinstance(each, dict | list):
            yield from references(each)


def _filled(value: Any, words: Mapping[int, str]) -> Any:
    if isinstance(value, dict):
        if (id_ := reference_of(value)) is not None:
            return words.get(id_, f"（文本 {id_} 不在）")
        return {name: _filled(each, words) if isinstance(each, dict | list) else each for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, words) for each in value]
    return value
