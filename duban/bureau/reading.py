"""From bureau.toml to Settings: every table read, every name checked against the names that exist."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from duban.bureau import limits as limit_rows
from duban.bureau.settings import (
    CalendarYear,
    Chain,
    Channel,
    Column,
    ColumnMapping,
    Counting,
    Duplicates,
    Entry,
    Keyword,
    Kind,
    Letter,
    Level,
    Matter,
    Place,
    Routing,
    Series,
    Settings,
    Target,
)
from duban.bureau.table import Source, Table
from duban.errors import BureauError, Problem
from duban.model.people import Membership, Person, Unit

READ = ("consult", "complaint", "suggest", "media", "leader", "lawsuit", "appeal", "arbitration")
"""Lists of words that the pre-check reads by."""
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
SINCE = date(2025, 1, 1)

_T = TypeVar("_T")


def read_settings(file: str, data: bytes, years: Mapping[str, bytes] | None = None) -> Settings:
    """Read bureau.toml from *data*, and the calendar files beside it.

    Raises:
        BureauError: with every problem of every file.
    """
    source = Source(file, data)
    calendar = dict(years or {})
    problems = list(source.problems)
    if source.root:
        settings = _settings(source, _digest(data, calendar))
        problems = source.problems
        extra, found = _calendar_files(calendar)
        problems += found
        if not problems:
            return _with_years(settings, extra)
    raise BureauError(problems)


def _digest(data: bytes, years: Mapping[str, bytes]) -> str:
    total = hashlib.sha256(data)
    for name in sorted(years):
        total.update(b"\0" + name.encode() + b"\0" + years[name])
    return total.hexdigest()


def _settings(source: Source, digest: str) -> Settings:
    bureau = source.table("bureau")
    units = _units(source)
    roles = _pairs(source, "roles")
    series = _by_id(source, "series", _series)
    letters = _by_id(source, "letters", lambda row: _letter(row, series))
    matters = _by_id(source, "matters", lambda row: _matter(row, units), key="code")
    chains = _by_id(source, "chains", lambda row: _chain(row, roles, letters))
    channels = _by_id(source, "channels", lambda row: _channel(row, units), key="code")
    people, memberships = _people(source, units, roles)
    settings = Settings(
        name=bureau.text("name"),
        short=bureau.text("short"),
        first_receiver=bureau.one_of("first_receiver", units),
        units=units,
        roles=roles,
        channels=channels,
        matters=matters,
        keywords=tuple(_keyword(row, matters, units) for row in source.rows("keywords")),
        places=tuple(_place(row, units) for row in source.rows("places")),
        aliases=tuple(_place(row, units) for row in source.rows("aliases")),
        words=_words(source),
        limits=_by_id(source, "limits", lambda row: limit_rows.read(row, chains, _ids(source, "limits"))),
        chains=chains,
        kinds=_by_id(source, "kinds", lambda row: _kind(row, series)),
        series=series,
        letters=letters,
        mappings=tuple(_by_id(source, "mappings", lambda row: _mapping(row, channels)).values()),
        people=people,
        memberships=memberships,
        counting=_counting(source.table("count")),
        years={year.year: year for year in (_year(row) for row in source.rows("years", optional=True))},
        duplicates=_duplicates(source.table("duplicates")),
        routing=_routing(source.table("routing")),
        raw=MappingProxyType(source.root),
        digest=digest,
    )
    bureau.done()
    return settings


def _with_years(settings: Settings, years: Iterable[CalendarYear]) -> Settings:
    """Return *settings* with the calendar files' years, which win over bureau.toml's."""
    merged = {**settings.years, **{year.year: year for year in years}}
    return replace(settings, years=MappingProxyType(merged))


def _calendar_files(files: Mapping[str, bytes]) -> tuple[list[CalendarYear], list[Problem]]:
    """Read files of the form ``year = 2027``, ``off = […]``, ``on = […]``, ``source = "…"``."""
    years: list[CalendarYear] = []
    problems: list[Problem] = []
    for name in sorted(files):
        source = Source(name, files[name])
        if source.root:
            row = Table(source, "", source.root)
            years.append(_year(row))
        problems += source.problems
    return years, problems


# -- tables of names ------------------------------------------------------------------------------


def _by_id(source: Source, name: str, make: Callable[[Table], _T], *, key: str = "id") -> Mapping[str, _T]:
    """Read the array *name* into a mapping by *key*; the same key twice is a problem."""
    found: dict[str, _T] = {}
    for row in source.rows(name):
        known = row.text(key)
        value = make(row)
        row.done()
        if known in found:
            row.problem(key, f"{known!r} is there twice")
        found[known] = value
    return MappingProxyType(found)


def _ids(source: Source, name: str) -> list[str]:
    return [str(row.get("id")) for row in source.root.get(name, [])]


def _pairs(source: Source, name: str) -> Mapping[str, str]:
    table = source.table(name)
    return MappingProxyType({key: table.text(key) for key in table.values})


def _units(source: Source) -> Mapping[str, Unit]:
    rows = source.rows("units")
    codes = {str(row.values.get("code")) for row in rows}
    found: dict[str, Unit] = {}
    for row in rows:
        unit = Unit(
            code=row.text("code"),
            name=row.text("name"),
            kind=row.text("kind"),
            parent=row.one_of("parent", codes, "") or None,
            deputy=row.one_of("deputy", codes, "") or None,
            window=row.flag("window", default=False),
            whistled=row.flag("whistled", default=False),
            outside=row.flag("outside", default=False),
        )
        row.ignore("address", "phone")
        row.done()
        if unit.code in found:
            row.problem("code", f"{unit.code!r} is there twice")
        found[unit.code] = unit
    return MappingProxyType(found)


def _series(row: Table) -> Series:
    pattern = row.text("pattern")
    try:
        if pattern.format(year=2026, n=1) == pattern.format(year=2026, n=2):
            row.problem("pattern", "must hold {n}, else every number is the same")
    except (KeyError, IndexError, ValueError) as error:
        row.problem("pattern", f"{pattern!r} may use {{year}} and {{n}} only, as in 云信〔{{year}}〕{{n:05}} ({error})")
    return Series(id=row.text("id"), pattern=pattern)


def _letter(row: Table, series: Collection[str]) -> Letter:
    return Letter(id=row.text("id"), title=row.text("title"), series=row.one_of("series", series))


def _kind(row: Table, series: Collection[str]) -> Kind:
    return Kind(
        id=row.text("id"),
        name=row.text("name"),
        process=row.text("process"),
        series=row.one_of("series", series),
    )


def _channel(row: Table, units: Collection[str]) -> Channel:
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


def _matter(row: Table, units: Collection[str]) -> Matter:
    return Matter(
        code=row.text("code"),
        name=row.text("name"),
        group=row.text("group"),
        nature=row.one_of("nature", NATURES, ""),
        unit=row.one_of("unit", [*units, *LEAF_UNITS]),
        weighty=row.flag("weighty", default=False),
        supervise=row.one_of("supervise", units, ""),
    )


def _keyword(row: Table, matters: Collection[str], units: Mapping[str, Unit]) -> Keyword:
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
    keyword = Keyword(words=words, target=target, to=to, weight=row.whole("weight"))
    row.done()
    return keyword


def _place(row: Table, units: Collection[str]) -> Place:
    place = Place(unit=row.one_of("unit", units), words=row.texts("words"))
    row.done()
    return place


def _words(source: Source) -> Mapping[str, tuple[str, ...]]:
    table = source.table("words")
    words = MappingProxyType({key: table.texts(key) for key in READ})
    table.done()
    return words


# -- chains, columns, people ----------------------------------------------------------------------


def _chain(row: Table, roles: Collection[str], letters: Collection[str]) -> Chain:
    levels = tuple(_level(level, roles, letters) for level in row.rows("levels"))
    numbers = [level.level for level in levels]
    if not levels or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        row.problem("levels", f"must count up by one from 0 or 1, not {numbers}")
    return Chain(id=row.text("id"), levels=levels)


def _level(row: Table, roles: Collection[str], letters: Collection[str]) -> Level:
    who = row.texts("who")
    for person in who:
        if person.partition("@")[0] not in {*roles, "agenda"}:
            row.unknown("who", person, roles)
    wait = row.text("wait", "")
    level = Level(
        level=row.whole("level"),
        who=who,
        act=row.text("act"),
        letter=row.one_of("letter", letters, ""),
        wait=limit_rows.length(row, "wait", wait) if wait else None,
    )
    row.done()
    return level


def _mapping(row: Table, channels: Collection[str]) -> ColumnMapping:
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


def _people(
    source: Source, units: Collection[str], roles: Collection[str]
) -> tuple[Mapping[str, Person], tuple[Membership, ...]]:
    memberships: list[Membership] = []

    def person(row: Table) -> Person:
        since, until = row.day("since", SINCE) or SINCE, row.day("until", None)
        for post in row.texts("posts"):
            unit, _, role = post.partition("/")
            if unit not in units:
                row.unknown("posts", unit, units)
            if role not in roles:
                row.unknown("posts", role, roles)
            memberships.append(Membership(person=row.text("id"), unit=unit, role=role, since=since, until=until))
        return Person(id=row.text("id"), name=row.text("name"))

    return _by_id(source, "people", person), tuple(memberships)


# -- single tables --------------------------------------------------------------------------------


def _year(row: Table) -> CalendarYear:
    year = CalendarYear(year=row.whole("year"), off=row.days("off"), on=row.days("on"), source=row.text("source"))
    for key, days in (("off", year.off), ("on", year.on)):
        wrong = sorted(day.isoformat() for day in days if day.year != year.year)
        if wrong:
            row.problem(key, f"{', '.join(wrong)} lie outside {year.year}")
    both = sorted(day.isoformat() for day in year.off & year.on)
    if both:
        row.problem("on", f"{', '.join(both)} cannot be both holiday and make-up day")
    weekdays = sorted(day.isoformat() for day in year.on if day.isoweekday() < 6)  # noqa: PLR2004 - Saturday is 6
    if weekdays:
        row.problem("on", f"{', '.join(weekdays)} are ordinary weekdays, no make-up days")
    row.done()
    return year


def _counting(row: Table) -> Counting:
    counting = Counting(
        first_day=row.one_of("first_day", ("excluded", "included")),
        roll=row.flag("roll"),
        warn_hour=_hour(row, "warn_hour"),
        morning=_hour(row, "morning"),
        afternoon=_hour(row, "afternoon"),
    )
    row.done()
    return counting


def _hour(row: Table, key: str) -> int:
    hour = row.whole(key)
    if hour not in range(24):
        row.problem(key, f"must be an hour of the day, 0 to 23, not {hour}")
        return 0
    return hour


def _duplicates(row: Table) -> Duplicates:
    settings = Duplicates(
        same=_share(row, "same"),
        ask=_share(row, "ask"),
        person=_share(row, "person"),
        candidates=row.whole("candidates"),
        years=row.whole("years"),
        boilerplate=row.texts("boilerplate"),
        new_facts=row.texts("new_facts"),
    )
    if settings.ask > settings.same:
        row.problem("ask", f"must not be above same ({settings.ask} > {settings.same})")
    _check_patterns(row, "boilerplate", settings.boilerplate)
    row.done()
    return settings


def _check_patterns(row: Table, key: str, patterns: Sequence[str]) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            row.problem(key, f"{pattern!r} is no regular expression: {error}")


def _routing(row: Table) -> Routing:
    routing = Routing(
        bar=_share(row, "bar"),
        score=row.whole("score"),
        margin=row.whole("margin"),
        group=row.whole("group"),
        representatives=row.whole("representatives"),
    )
    row.done()
    return routing


def _share(row: Table, key: str) -> float:
    share = row.number(key)
    if not 0 <= share <= 1:
        row.problem(key, f"must lie between 0 and 1, not {share}")
    return share
