"""Hotspots: topics that come back more often than they used to, offered as campaigns, each once (processes.md 4.9).

Four whole weeks are held against the mean of the three times four weeks before, and against the same weeks of the year
before, whichever is larger: so neither a summer of noise nor a growing town is a hotspot by itself. Counts of
independent items scatter by the square root of their mean; what lies two such steps above it is more than chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from math import sqrt
from types import MappingProxyType
from typing import Any

from duban.desk.beginnings import Beginning, begin
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.rights import day_of
from duban.desk.steps import write
from duban.model.clock import SHANGHAI
from duban.model.people import SYSTEM
from duban.store import Unit
from duban.store.register import Wanted

KIND = "campaign"
START = "campaign.start"
NOBODY: frozenset[str] = frozenset()
YEAR = timedelta(weeks=52)
"""The same weeks of the year before, weekday for weekday."""
BEFORE = 3
"""Windows before the present one whose mean is what is usual."""
PLACES = 3
"""Units that are named with a topic, those with most items first."""
OFFERED = "hotspot/"
"""Number series, per matter, of the day on which it was offered last (ordinal)."""
USUAL: Mapping[str, int] = MappingProxyType({"days": 28, "least": 8, "steps": 2, "quiet_days": 90})
"""``[hotspots]`` of bureau.toml says otherwise: days of a window; items below which nothing is a hotspot; steps above
what is usual; days for which a topic that was offered is not offered again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hotspot:
    """A topic that comes back too often."""

    matter: str
    name: str
    count: int
    """Items of the last window."""
    usual: float
    """What was to be expected."""
    places: tuple[str, ...]
    """Codes of the units with most of them."""


def found(desk: Desk) -> list[Hotspot]:
    """Return the hotspots of today, the hottest first."""
    bars = _bars(desk)
    until = day_of(desk.now())
    days = timedelta(days=bars["days"])

    def read(record: Unit) -> list[Hotspot]:
        present = _tally(record, "matter", until - days, until)
        past = [_tally(record, "matter", until - n * days, until - (n - 1) * days) for n in range(2, BEFORE + 2)]
        last_year = _tally(record, "matter", until - YEAR - days, until - YEAR)
        hot: list[Hotspot] = []
        for matter, count in present.items():
            usual = max(sum(window.get(matter, 0) for window in past) / BEFORE, last_year.get(matter, 0))
            if matter and count >= bars["least"] and count > usual + bars["steps"] * sqrt(max(usual, 1)):
                places = _tally(record, "unit", until - days, until, matter)
                hot.append(_hotspot(desk, matter, count, usual, places))
        return sorted(hot, key=lambda each: (each.usual - each.count, each.matter))

    return desk.store.read(read)


def offer(desk: Desk) -> Mapping[str, Any]:
    """Open a campaign for every hotspot that has none and was not offered of late."""
    if KIND not in desk.bureau.settings.kinds:
        return {"found": 0, "offered": []}
    hot = found(desk)
    numbers = [write(desk, partial(_offer, desk, each, desk.now())) for each in hot]
    return {"found": len(hot), "offered": [number for number in numbers if number is not None]}


def preview(desk: Desk) -> Mapping[str, Any]:
    """Say which topics are hot, and open nothing."""
    return {"found": [asdict(each) for each in found(desk)]}


def _offer(desk: Desk, hot: Hotspot, now: datetime, record: Unit) -> str | None:
    today = day_of(now).toordinal()
    last = record.numbers.last(OFFERED + hot.matter)
    if today < last + _bars(desk)["quiet_days"] or hot.matter in _tackled(desk, record):
        return None
    if not record.numbers.reach(OFFERED + hot.matter, today):
        return None
    key = {"topic": hot.matter}
    given = {
        "topic": hot.name,
        "matter": hot.matter,
        "ref_no": None,
        "unit": None,
        "by": None,
        "count": hot.count,
        "usual": hot.usual,
        "places": list(hot.places),
    }
    beginning = Beginning(
        kind=KIND, data={f"{KIND}_in": given}, at=now, noticed_at=now, actor=SYSTEM, message=START, key=key
    )
    case, _ = begin(desk, record, beginning)
    record.keys.add(case.id, KIND, key, is_found=case.is_open)
    return case.number


def _tackled(desk: Desk, record: Unit) -> set[str]:
    """Return the matters that open campaigns tackle already."""
    matters: set[str] = set()
    for case in record.cases.list_(kind=KIND, is_open=True, limit=1_000):
        snapshot = record.cases.load(case.id)
        data = process.look(desk.shelf.by_digest(snapshot.definition, record), snapshot.state).data
        told: Mapping[str, Any] = {**(data.get(f"{KIND}_in") or {}), **(data.get("offer") or {})}
        matters.add(str(told.get("matter", "")))
    return matters


def _hotspot(desk: Desk, matter: str, count: int, usual: float, places: Mapping[str | None, int]) -> Hotspot:
    most = sorted((-n, unit) for unit, n in places.items() if unit)[:PLACES]
    name = desk.bureau.settings.matters[matter].name if matter in desk.bureau.settings.matters else matter
    return Hotspot(matter=matter, name=name, count=count, usual=round(usual, 1), places=tuple(unit for _, unit in most))


def _tally(record: Unit, by: str, first: date, end: date, matter: str | None = None) -> Mapping[str | None, int]:
    """Count the petitions received from *first* up to the day before *end*."""
    wanted = Wanted(received_from=_midnight(first), received_until=_midnight(end), matter=matter, sees=NOBODY)
    return record.register.tally(by, wanted)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI).astimezone(UTC)


def _bars(desk: Desk) -> Mapping[str, Any]:
    return {**USUAL, **desk.bureau.settings.raw.get("hotspots", {})}
