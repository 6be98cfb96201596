"""Reading: from a page of YAML to a suite, every mistake told with its line, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from duban.bureau.limits import length_of
from duban.bureau.settings import CalendarYear, Settings
from duban.bureau.table import Table
from duban.desk.scenarios.expectations import read_expectation, which
from duban.desk.scenarios.page import Page
from duban.desk.scenarios.script import (
    Answer,
    Do,
    Expect,
    Given,
    Load,
    Receive,
    Refuse,
    Say,
    Scenario,
    Step,
    Suite,
    Wait,
)
from duban.errors import BureauError
from duban.model.clock import SHANGHAI, aware
from duban.store.people import Absence

MORNING = time(9)
"""A bare date means this time of that day: when people come to work."""
STEPS = ("do", "refused", "wait", "until", "message", "call", "load", "receive", "then")

T = TypeVar("T")


def read_suite(file: str, data: bytes, settings: Settings) -> Suite:
    """Read a file of scenarios.

    Raises:
        BureauError: with every problem of the file, each with its line.
    """
    page = Page(file, data)
    suite = _suite(page, settings) if page.root else None
    if page.problems or suite is None:
        raise BureauError(sorted(page.problems, key=lambda problem: problem.line or 0))
    return suite


def _suite(page: Page, settings: Settings) -> Suite:
    table = Table(page, "", page.root)
    diagram = table.text("diagram")
    kinds = [kind.id for kind in settings.kinds.values() if kind.process == diagram]
    if not kinds and diagram:
        table.unknown("diagram", diagram, {kind.process for kind in settings.kinds.values()})
    usual = table.mapping("given")
    rhythmic = [kind.id for kind in settings.kinds.values() if kind.rhythm]
    kinds = kinds or list(settings.kinds)
    reader = _Reader(page=page, diagram=diagram, kinds=kinds, rhythmic=rhythmic, usual=usual)
    scenarios = tuple(reader.scenario(row) for row in table.rows("scenarios"))
    if not scenarios:
        table.problem("scenarios", "is empty: write at least one scenario")
    table.done()
    seen: set[str] = set()
    for n, scenario in enumerate(scenarios):
        if scenario.id in seen:
            page.problem(f"scenarios[{n}].id", f"{scenario.id!r} is there twice")
        seen.add(scenario.id)
    return Suite(file=page.file, diagram=diagram, scenarios=scenarios)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Reads the scenarios of one file."""

    page: Page
    diagram: str
    kinds: list[str]
    """Kinds of case that run on the diagram."""
    rhythmic: list[str]
    """Kinds of case that time opens."""
    usual: Mapping[str, Any]
    """What the file gives all its scenarios."""

    def line(self, table: Table, key: str = "") -> int:
        return self.page.line_of(f"{table.path}.{key}" if key else table.path) or 0

    def scenario(self, row: Table) -> Scenario:
        scenario = Scenario(
            file=self.page.file,
            diagram=self.diagram,
            id=_word(row, "id"),
            title=row.text("title", ""),
            shows=row.texts("shows", ()),
            given=self.given(row),
            steps=(*self.steps(row), *self.ending(row)),
            line=self.line(row),
        )
        row.done()
        return scenario

    # -- the world ------------------------------------------------------------------------------------

    def given(self, row: Table) -> Given:
        own = row.mapping("given")
        values = _merged(self.usual, own)
        if "petition" in own and "data" not in own:
            values.pop("data", None)
        table = Table(self.page, f"{row.path}.given", values)
        data, petition = values.get("data"), values.get("petition")
        if data is not None and petition is not None:
            table.problem("petition", "a case begins with data or with a petition, not with both")
        given = Given(
            at=_instant(table, "at") or datetime(2026, 1, 5, 9, tzinfo=SHANGHAI),
            kind=table.one_of("kind", self.kinds, self.kinds[0]),
            data=_copy(table.mapping("data")) if _has_data(values) else None,
            petition=None if petition is None else _copy(table.mapping("petition")),
            message=table.text("message", "") or None,
            key=table.mapping("to"),
            by=table.text("by", "") or None,
            rhythms=table.some_of("rhythms", self.rhythmic),
            settings=table.mapping("settings"),
            calls=tuple(self.call(each) for each in table.rows("calls")),
            leave=tuple(_absence(each) for each in table.rows("leave")),
            calendar=_year(self.page, table, "calendar") if values.get("calendar") is not None else None,
            line=self.line(row, "given"),
        )
        table.ignore("data", "petition", "calendar")
        table.done()
        return given

    # -- what happens ---------------------------------------------------------------------------------

    def steps(self, row: Table) -> list[Step]:
        return [step for each in row.rows("when") for step in self.step(each)]

    def ending(self, row: Table) -> list[Step]:
        if "then" not in row.values:
            row.problem("then", "is missing: say where the case stands in the end")
            return []
        return list(self.expectations(row))

    def step(self, row: Table) -> list[Step]:
        words = [word for word in STEPS if word in row.values]
        if len(words) != 1:
            row.problem(
                "", f"a step has exactly one of: {', '.join(STEPS)}; here: {', '.join(row.values) or 'nothing'}"
            )
            return []
        if words == ["then"]:
            found = list(self.expectations(row))
            row.done()
            return [*found]
        made = self._step(words[0], row)
        row.done()
        return [made]

    def _step(self, word: str, row: Table) -> Step:
        line = self.line(row)
        match word:
            case "do":
                return self.do(row)
            case "message":
                return self.say(row)
            case "refused":
                return self.refused(row)
            case "wait":
                text = row.text("wait")
                span = length_of(text)
                if span is None or span.amount <= 0 or span.unit not in {"d", "wd", "h", "min"}:
                    row.problem("wait", f"{text!r} is no time to wait; write 2d, 3wd, 24h or 30min")
                return Wait(line=line, span=span, until=None)
            case "until":
                return Wait(line=line, span=None, until=_instant(row, "until"))
            case "call":
                return self.answer(row)
            case "load":
                return Load(
                    line=line,
                    year=_year(self.page, Table(self.page, f"{row.path}.load", row.mapping("load")), "calendar"),
                )
            case _:
                return Receive(line=line, petition=row.mapping("receive"))

    def do(self, row: Table) -> Do:
        place = row.values.get("in")
        row.ignore("in")
        if place is not None and not isinstance(place, str | int):
            row.problem("in", f"must be a unit or the number of the item, not {place!r}")
        return Do(
            line=self.line(row),
            element=row.text("do"),
            fields=row.mapping("with"),
            place=None if place is None else str(place),
            actor=row.text("as", "") or None,
            case=which(row),
        )

    def say(self, row: Table) -> Say:
        return Say(
            line=self.line(row),
            name=row.text("message"),
            payload=row.mapping("with"),
            to=row.mapping("to"),
            actor=row.text("as", "") or None,
            case=which(row),
        )

    def refused(self, row: Table) -> Refuse:
        inner = Table(self.page, f"{row.path}.refused", row.mapping("refused"))
        step = self.say(inner) if "message" in inner.values else self.do(inner)
        refused = Refuse(line=self.line(row), step=step, says=inner.text("says", ""))
        inner.done()
        return refused

    def answer(self, row: Table) -> Answer:
        ways = [way for way in ("answers", "fails", "breaks") if way in row.values]
        if len(ways) != 1:
            row.problem("call", "say exactly one of: answers, fails, breaks")
        return Answer(
            line=self.line(row),
            operator=row.text("call"),
            answers=row.mapping("answers") if "answers" in row.values else None,
            fails=row.text("fails", "") or None,
            breaks=row.text("breaks", "") or None,
            times=row.whole("times", 1),
        )

    def call(self, row: Table) -> Answer:
        answer = self.answer(row)
        row.done()
        return answer

    def expectations(self, row: Table) -> list[Expect]:
        if isinstance(row.values["then"], list):
            return [read_expectation(self.page, each) for each in row.rows("then")]
        return [read_expectation(self.page, Table(self.page, f"{row.path}.then", row.mapping("then")))]


# -- single values ------------------------------------------------------------------------------------


def _word(row: Table, key: str) -> str:
    """Return a text that may look like a number."""
    value = row.values.get(key)
    if isinstance(value, int | float):
        row.ignore(key)
        return str(value)
    return row.text(key)


def _merged(usual: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return *usual* with *own* over it, table by table; lists and single values are replaced."""
    merged = dict(usual)
    for key, value in own.items():
        before = merged.get(key)
        merged[key] = _merged(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return merged


def _has_data(values: Mapping[str, Any]) -> bool:
    """Tell whether a case is begun with data: where nothing is said of a petition, nor of time that opens cases."""
    return values.get("petition") is None and (values.get("data") is not None or not values.get("rhythms"))


def _copy(value: Mapping[str, Any]) -> dict[str, Any]:
    return _merged({}, value)


def _parsed(row: Table, key: str, read: Callable[[str], T], example: str) -> T | None:
    text = row.text(key)
    try:
        return read(text)
    except ValueError:
        if text:
            row.problem(key, f"{text!r} is not {example}")
        return None


def _instant(row: Table, key: str) -> datetime | None:
    return _parsed(row, key, instant, "a time (2026-09-18T09:00+08:00) or a date (2026-09-18, meaning 09:00)")


def instant(text: str) -> datetime:
    """Return the instant that *text* says; a bare date is 09:00 of that day, a time without zone the bureau's.

    Raises:
        ValueError: It says none.
    """
    at = datetime.fromisoformat(text)
    if len(text) == len("2026-01-31"):
        at = datetime.combine(at.date(), MORNING)
    return aware(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))


def _day(row: Table, key: str) -> date:
    return _parsed(row, key, date.fromisoformat, "a date (2026-01-31)") or date.min


def _absence(row: Table) -> Absence:
    absence = Absence(
        person=row.text("person"),
        since=_day(row, "from"),
        until=_day(row, "to"),
        substitute=row.text("substitute", "") or None,
        why=row.text("why", ""),
    )
    row.done()
    return absence


def _year(page: Page, table: Table, key: str) -> CalendarYear:
    row = Table(page, f"{table.path}.{key}", table.mapping(key))
    year = CalendarYear(
        year=row.whole("year"), off=_days(row, "off"), on=_days(row, "on"), source=row.text("source", "")
    )
    row.done()
    return year


def _days(row: Table, key: str) -> frozenset[date]:
    found: set[date] = set()
    for text in row.texts(key, ()):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            row.problem(key, f"{text!r} is not a date (2026-01-31)")
    return frozenset(found)
