"""From bureau.toml to Settings: every table read, every name checked against the names that exist."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from duban.bureau import limits as limit_rows
from duban.bureau import rhythms as rhythm_rows
from duban.bureau import rows
from duban.bureau.settings import (
    CalendarYear,
    Counting,
    Duplicates,
    Rhythm,
    Routing,
    Said,
    Settings,
)
from duban.bureau.table import Source, Table
from duban.errors import BureauError, Problem
from duban.model.people import Membership, Person, Unit

READ = ("consult", "complaint", "suggest", "media", "leader", "lawsuit", "appeal", "arbitration")
"""Lists of words that the pre-check reads by."""
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


def read_root(file: str, root: Mapping[str, Any], *, years: Mapping[int, CalendarYear]) -> Settings:
    """Read settings from what a file would hold; *years* win over its own.

    Raises:
        BureauError: with every problem.
    """
    source = Source(file, b"")
    source.root = dict(root)
    told = json.dumps(source.root, sort_keys=True, default=str)
    settings = _settings(source, hashlib.sha256(told.encode()).hexdigest())
    if source.problems:
        raise BureauError(source.problems)
    return _with_years(settings, years.values())


def _digest(data: bytes, years: Mapping[str, bytes]) -> str:
    total = hashlib.sha256(data)
    for name in sorted(years):
        total.update(b"\0" + name.encode() + b"\0" + years[name])
    return total.hexdigest()


def _settings(source: Source, digest: str) -> Settings:
    bureau = source.table("bureau")
    units = _units(source)
    roles = _pairs(source, "roles")
    series = _by_id(source, "series", rows.series)
    letters = _by_id(source, "letters", lambda row: rows.letter(row, series))
    matters = _by_id(source, "matters", lambda row: rows.matter(row, units), key="code")
    chains = _by_id(source, "chains", lambda row: rows.chain(row, roles, letters, units))
    channels = _by_id(source, "channels", lambda row: rows.channel(row, units), key="code")
    people, memberships = _people(source, units, roles)
    rhythms = _rhythms(source)
    settings = Settings(
        name=bureau.text("name"),
        short=bureau.text("short"),
        first_receiver=bureau.one_of("first_receiver", units),
        units=units,
        roles=roles,
        channels=channels,
        matters=matters,
        keywords=tuple(rows.keyword(row, matters, units) for row in source.rows("keywords")),
        places=tuple(rows.place(row, units) for row in source.rows("places")),
        aliases=tuple(rows.place(row, units) for row in source.rows("aliases")),
        words=_words(source),
        limits=_by_id(source, "limits", lambda row: limit_rows.read(row, chains, _ids(source, "limits"))),
        chains=chains,
        kinds=_by_id(source, "kinds", lambda row: rows.kind(row, series, roles, rhythms)),
        rhythms=rhythms,
        said=_said(source, roles),
        series=series,
        letters=letters,
        mappings=tuple(_by_id(source, "mappings", lambda row: rows.mapping(row, channels)).values()),
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


def read_year(file: str, data: bytes) -> CalendarYear:
    """Read one year of the calendar: ``year = 2027``, ``off = […]``, ``on = […]``, ``source = "…"``.

    Raises:
        BureauError: with every problem of the file.
    """
    years, problems = _calendar_files({file: data})
    if problems:
        raise BureauError(problems)
    return years[0]


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


def _rhythms(source: Source) -> Mapping[str, Rhythm]:
    """Read the rhythms; a bureau may have none."""
    return _by_id(source, "rhythms", rhythm_rows.read) if "rhythms" in source.root else MappingProxyType({})


def _said(source: Source, roles: Collection[str]) -> Mapping[str, Said]:
    """Read what people may hand on; a bureau may have nothing of the kind."""
    if "said" not in source.root:
        return MappingProxyType({})
    return _by_id(source, "said", lambda row: rows.said(row, roles), key="message")


def _ids(source: Source, name: str) -> list[str]:
    return [str(row.get("id")) for row in source.root.get(name, [])]


def _pairs(source: Source, name: str) -> Mapping[str, str]:
    table = source.table(name)
    return MappingProxyType({key: table.text(key) for key in table.values})


def _units(source: Source) -> Mapping[str, Unit]:
    tables = source.rows("units")
    codes = {str(row.values.get("code")) for row in tables}
    found: dict[str, Unit] = {}
    for row in tables:
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


def _words(source: Source) -> Mapping[str, tuple[str, ...]]:
    table = source.table("words")
    words = MappingProxyType({key: table.texts(key) for key in READ})
    table.done()
    return words


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
