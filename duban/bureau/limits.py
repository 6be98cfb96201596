"""Rows of the deadline table: lengths, starts, conditions."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from duban.bureau.settings import Condition, Length, Limit, Variant
from duban.bureau.table import Table

_LENGTH = re.compile(r"^(-?\d{1,4})(d|wd|h|min|mo)$")
_PATH = re.compile(r"^\w+(\.\w+)*$")


def read(row: Table, chains: Collection[str], limits: Collection[str]) -> Limit:
    """Read one limit."""
    limit = Limit(
        id=row.text("id"),
        name=row.text("name"),
        starts=_paths(row, "starts"),
        latest=row.flag("latest", default=False),
        not_after=_known(row, "not_after", limits),
        start_name=row.text("start_name"),
        length=length(row, "length", row.text("length")),
        length_from=_paths(row, "length_from", ()),
        variants=tuple(_variant(variant) for variant in row.rows("variants")),
        warn=tuple(sorted(row.wholes("warn", ()), reverse=True)),
        extended_by=_paths(row, "extended_by", ()),
        excluded_by=_paths(row, "excluded_by", ()),
        only=_conditions(row, "only"),
        unless=_conditions(row, "unless"),
        source=row.text("source"),
        statutory=row.flag("statutory", default=False),
        chain=row.one_of("chain", chains, ""),
    )
    if not limit.starts:
        row.problem("starts", "needs at least one data path (or now)")
    if any(days <= 0 for days in limit.warn):
        row.problem("warn", "offsets are counted before the end: write 5 for five days before")
    return limit


def length(row: Table, key: str, text: str) -> Length:
    """Read ``15d``, ``5wd``, ``24h``, ``30min``, ``3mo``, ``order`` or ``half``."""
    found = length_of(text)
    if found is None:
        row.problem(key, f"{text!r} is no length; write 15d, 5wd, 24h, 30min, 3mo, order or half")
        return Length(amount=0, unit="d")
    return found


def length_of(text: str) -> Length | None:
    """Return the length that *text* says, or None where it says none."""
    if text in {"order", "half"}:
        return Length(amount=0, unit=text)
    found = _LENGTH.match(text)
    return Length(amount=int(found[1]), unit=found[2]) if found else None


def _known(row: Table, key: str, known: Collection[str]) -> tuple[str, ...]:
    names = row.texts(key, ())
    for name in names:
        if name not in known:
            row.unknown(key, name, known)
    return names


def _paths(row: Table, key: str, *default: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    texts = row.texts(key, *default)
    for text in texts:
        if not _PATH.match(text):
            row.problem(key, f"{text!r} is no data path; write register.received_at")
    return tuple(tuple(text.split(".")) for text in texts)


def _conditions(row: Table, key: str) -> tuple[Condition, ...]:
    return tuple(_condition(row, key, path, values) for path, values in row.mapping(key).items())


def _condition(row: Table, key: str, path: str, values: Any) -> Condition:
    if not isinstance(values, list) or not values:
        row.problem(key, f'{path}: give the list of values that count, as in {{"{path}" = [true]}}')
        values = []
    return Condition(path=tuple(path.split(".")), values=tuple(values))


def _variant(row: Table) -> Variant:
    conditions = _conditions(row, "when")
    if len(conditions) != 1:
        row.problem("when", "needs exactly one data path")
    when = conditions[0] if conditions else Condition(path=(), values=())
    variant = Variant(when=when, length=length(row, "length", row.text("length")))
    row.done()
    return variant
