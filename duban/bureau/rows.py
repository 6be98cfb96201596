"""Rows of bureau.toml: one function per table, from a row to its value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from duban.bureau import limits as limit_rows
from duban.bureau.settings import (
    Chain,
    Channel,
    Column,
    ColumnMapping,
    Entry,
    Keyword,
    Kind,
    Letter,
    Level,
    Matter,
    Place,
    Said,
    Series,
    Target,
)
from duban.bureau.table import Table
from duban.model.people import Unit

MARKS = ("secret", "urgent", "group", "review", "withdraw")
NATURES = ("S", "A", "1", "2", "3", "4", "5", "6", "C")
FORMS = ("书面", "口头", "走访", "电话", "网络")
WHERE_SAID = ("point", "unit", "window")
LEAF_UNITS = ("@", "unit", "window", "intake", "T3")
FIELDS = (
    *("external_id", "received_at", "text", "title", "name", "phone", "id_no", "address", "account", "people_count"),
    *("form", "place", "about_unit", "unit_hint", "category", "channel", "sender", "sender_no", "sender_limit"),
)
"""Fields of an envelope that a column may fill; ``extra.<name>`` besides."""


def series(row: Table) -> Series:
    """Read a series of numbers."""
    pattern = row.text("pattern")
    try:
        if pattern.format(year=2026, n=1) == pattern.format(year=2026, n=2):
            row.problem("pattern", "must hold {n}, else every number is the same")
    except (KeyError, IndexError, ValueError) as error:
        row.problem("pattern", f"{pattern!r} may use {{year}} and {{n}} only, as in 云信〔{{year}}〕{{n:05}} ({error})")
    return Series(id=row.text("id"), pattern=pattern)


def letter(row: Table, series: Collection[str]) -> Letter:
    """Read a letter."""
    return Letter(id=row.text("id"), title=row.text("title"), series=row.one_of("series", series))


def kind(row: Table, series: Collection[str], roles: Collection[str], rhythms: Collection[str]) -> Kind:
    """Read a kind of case."""
    return Kind(
        id=row.text("id"),
        name=row.text("name"),
        process=row.text("process"),
        series=row.one_of("series", series),
        open_by=row.some_of("open_by", roles),
        seen_by=row.some_of("seen_by", roles),
        title=tuple(tuple(path.split(".")) for path in row.texts("title", ())),
        rhythm=row.one_of("rhythm", rhythms, ""),
    )


def said(row: Table, roles: Collection[str]) -> Said:
    """Read a message that people hand on."""
    return Said(
        message=row.text("message"),
        name=row.text("name"),
        by=row.some_of("by", roles),
        form=row.text("form"),
    )


def channel(row: Table, units: Collection[str]) -> Channel:
    """Read a channel."""
    return Channel(
        code=row.text("code"),
        name=row.text("name"),
        receives=row.one_of("receives", [*units, *WHERE_SAID]),
        entry=_entry(row),
        form=row.one_of("form", FORMS),
        anonymous=row.flag("anonymous", default=False),
        complete_without_person=row.flag("complete_without_person", default=False),
        reply=row.text("reply"),
        limit=row.text("limit", ""),
        weighty=row.flag("weighty", default=False),
        shielded=row.flag("shielded", default=False),
    )


def _entry(row: Table) -> Entry:
    value = row.one_of("entry", [entry.value for entry in Entry])
    return Entry(value) if value in set(Entry) else Entry.DIRECT


def matter(row: Table, units: Collection[str]) -> Matter:
    """Read a leaf of the matter tree."""
    return Matter(
        code=row.text("code"),
        name=row.text("name"),
        group=row.text("group"),
        nature=row.one_of("nature", NATURES, ""),
        unit=row.one_of("unit", [*units, *LEAF_UNITS]),
        weighty=row.flag("weighty", default=False),
        supervise=row.one_of("supervise", units, ""),
    )


def keyword(row: Table, matters: Collection[str], units: Mapping[str, Unit]) -> Keyword:
    """Read a row of the keyword table."""
    outside = [code for code, unit in units.items() if unit.outside]
    targets = {Target.MATTER: matters, Target.OUTSIDE: outside, Target.MARK: MARKS}
    named = {target: row.one_of(target.value, known, "") for target, known in targets.items()}
    chosen = [(target, to) for target, to in named.items() if to]
    if len(chosen) != 1:
        row.problem("", "must name exactly one of matter, outside, mark")
    target, to = chosen[0] if chosen else (Target.MATTER, "")
    words = row.texts("words")
    if not words or not all(words):
        row.problem("words", "needs at least one word, and none may be empty")
    value = Keyword(words=words, target=target, to=to, weight=row.whole("weight"))
    row.done()
    return value


def place(row: Table, units: Collection[str]) -> Place:
    """Read a row of places or of aliases."""
    value = Place(unit=row.one_of("unit", units), words=row.texts("words"))
    row.done()
    return value


CHAIN = 9
"""Levels that a chain may have at most (processes.md 8)."""
WHERE = frozenset({"unit", "common"})
"""Behind the @ of a level: the unit that has the duty, the common superior of several; else a unit's code."""


def chain(row: Table, roles: Collection[str], letters: Collection[str], units: Collection[str]) -> Chain:
    """Read an escalation chain."""
    levels = tuple(_level(item, roles, letters, units) for item in row.rows("levels"))
    numbers = [level.level for level in levels]
    if not levels or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        row.problem("levels", f"must count up by one from 0 or 1, not {numbers}")
    if len(levels) > CHAIN:
        row.problem("levels", f"are {len(levels)}; a chain has {CHAIN} at most")
    return Chain(id=row.text("id"), levels=levels)


def _level(row: Table, roles: Collection[str], letters: Collection[str], units: Collection[str]) -> Level:
    who = row.texts("who")
    for person in who:
        role, _, where = person.partition("@")
        if role not in {*roles, "agenda"}:
            row.unknown("who", person, roles)
        elif role != "agenda" and where and where not in {*units, *WHERE}:
            row.unknown("who", where, {*units, *WHERE})
    wait = row.text("wait", "")
    value = Level(
        level=row.whole("level"),
        who=who,
        act=row.text("act"),
        letter=row.one_of("letter", letters, ""),
        wait=limit_rows.length(row, "wait", wait) if wait else None,
    )
    row.done()
    return value


def mapping(row: Table, channels: Collection[str]) -> ColumnMapping:
    """Read how the columns of a file become an envelope."""
    columns = tuple(_column(row, field, value) for field, value in row.mapping("columns").items())
    fields = {column.field for column in columns}
    for needed in ("text", "received_at"):
        if needed not in fields:
            row.problem("columns", f"must say where {needed} comes from")
    return ColumnMapping(
        id=row.text("id"),
        headers=row.texts("headers"),
        channel=row.one_of("channel", channels, ""),
        columns=columns,
    )


def _column(row: Table, field: str, value: Any) -> Column:
    """Read ``"header"``, ``["first", "second"]`` or ``{header = "…", match = "…"}``."""
    where = f"columns.{field}"
    if field not in FIELDS and not field.startswith("extra."):
        row.unknown(where, field, FIELDS)
    match = ""
    if isinstance(value, dict):
        column = Table(row.source, f"{row.path}.{where}", value)
        value, match = column.text("header"), column.text("match", "")
        column.done()
        try:
            if match and re.compile(match).groups < 1:
                column.problem("match", "needs a group in round brackets: that is the value")
        except re.error as error:
            column.problem("match", f"is no regular expression: {error}")
    headers = [value] if isinstance(value, str) else value
    if not isinstance(headers, list) or not all(isinstance(header, str) for header in headers):
        row.problem(where, "must be a header, a list of headers, or {header, match}")
        headers = []
    return Column(field=field, headers=tuple(headers), match=match)
