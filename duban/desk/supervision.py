"""Supervision: the inspectorate's daily check of what lies, on every working day (processes.md 4.3).

Five things are looked for: not signed for, silent, near its limit, over its limit, sent back too often. Each unit is
told of its own in one notice, the inspectorate gets them all in one list. Shielded cases are left out: whoever may
know of them watches them elsewhere (条例 30).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.notices import tell
from duban.desk.rights import day_of
from duban.store import Unit
from duban.store.due import Running
from duban.store.register import Entry, Wanted
from duban.store.worklist import Item, WantedWork

NOBODY: frozenset[str] = frozenset()
"""Shielded kinds that are looked at here."""
ALL = 1_000_000
INSPECTORATE = "inspect"
"""Kind of the units that get the list."""
USUAL: Mapping[str, Any] = MappingProxyType(
    {"sign_at": ("sign", "report_in"), "near_days": 3, "silent_days": 10, "sent_back": 2}
)
"""``[supervision]`` of bureau.toml says otherwise: elements that are signatures; working days; times."""
COUNTERS = ("return_n", "back_n", "redo_n")
"""Keys of a petition that count how often it was sent back."""
WHAT: Mapping[str, str] = MappingProxyType(
    {"unsigned": "未签收", "silent": "久未动", "near": "临近期限", "over": "已超期", "sent_back": "多次退回"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that lies."""

    what: str
    """unsigned · silent · near · over · sent_back."""
    number: str
    unit: str
    """Whose it is; empty: nobody's yet."""
    says: str
    """What there is to say of it, in the words of the notice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What one check looks with."""

    desk: Desk
    record: Unit
    now: datetime
    bars: Mapping[str, Any]

    @property
    def today(self) -> date:
        return day_of(self.now)

    def worked_since(self, at: datetime, days: int) -> bool:
        """Tell whether so many working days have passed since *at*."""
        return self.desk.calendar.add_working_days(day_of(at), days) <= self.today


def findings(desk: Desk) -> list[Finding]:
    """Return everything that lies now, by unit."""
    now = desk.now()
    bars = {**USUAL, **desk.bureau.settings.raw.get("supervision", {})}

    def read(record: Unit) -> list[Finding]:
        look = _Look(desk=desk, record=record, now=now, bars=bars)
        return [*_unsigned(look), *_limits(look), *_petitions(look)]

    found = desk.store.read(read)
    return sorted(found, key=lambda each: (each.unit, list(WHAT).index(each.what), each.number))


def prompt(desk: Desk) -> Mapping[str, Any]:
    """Tell every unit what lies with it, and the inspectorate everything; on a day of rest nobody is told."""
    on = day_of(desk.now())
    if not desk.calendar.is_working_day(on):
        return {"on": on.isoformat(), "rests": "no working day"}
    found = findings(desk)
    told = sum(_tell(desk, unit, lies, on) for unit, lies in _by_unit(found).items() if unit)
    listed = sum(_list(desk, unit.code, found, on) for unit in desk.bureau.settings.units.values()
                 if unit.kind == INSPECTORATE)  # fmt: skip
    return {"on": on.isoformat(), **_counted(found), "units_told": told, "lists": listed}


def preview(desk: Desk) -> Mapping[str, Any]:
    """Say what a prompt would tell, and tell nobody."""
    found = findings(desk)
    return {"on": day_of(desk.now()).isoformat(), **_counted(found), "units": len([u for u in _by_unit(found) if u])}


def _unsigned(look: _Look) -> Iterator[Finding]:
    for element in look.bars["sign_at"]:
        for item in look.record.worklist.list_(WantedWork(element=element, sees=NOBODY), limit=ALL):
            if look.worked_since(item.opened_at, 1):
                says = f"{_day(item.opened_at)}送达，至今未签收"
                yield Finding(what="unsigned", number=item.number, unit=item.unit or "", says=says)


def _limits(look: _Look) -> Iterator[Finding]:
    until = look.desk.calendar.add_working_days(look.today, look.bars["near_days"])
    names = {limit.id: limit.name for limit in look.desk.bureau.settings.limits.values()}
    listed = look.record.due.list_
    for each in listed(named=True, warnings=False, sees=NOBODY, limit=ALL):
        if day_of(each.at) > until:
            break  # they come in order of time
        if each.attached is not None:  # a wait of the petitioner's is nobody's duty
            says = f"“{names.get(each.name or '', each.name)}”{_last_day(each)}到期"
            yield Finding(what="near", number=each.number, unit=_unit(look, each), says=says)
    for each in listed(missed=True, sees=NOBODY, limit=ALL):
        says = f"“{names.get(each.name or '', each.name)}”{_last_day(each)}已到期，仍未办理"
        yield Finding(what="over", number=each.number, unit=_unit(look, each), says=says)


def _unit(look: _Look, due: Running) -> str:
    """Return whose duty a limit is: of whoever holds the step, else of the unit in charge of the petition."""
    items = look.record.worklist.of(due.case)
    held = next((item.unit for item in items if item.element == due.attached and item.unit), None)
    return held or _first_unit(items)


def _first_unit(items: list[Item]) -> str:
    return next((item.unit for item in items if item.unit), "")


def _petitions(look: _Look) -> Iterator[Finding]:
    for row in look.record.register.list_(Wanted(is_open=True, sees=NOBODY), limit=ALL):
        if look.worked_since(row.moved_at, look.bars["silent_days"]):
            yield from _silent(look, row)
        times = _sent_back(look, row.case)
        if times >= look.bars["sent_back"]:
            says = f"已退回{times}次"
            yield Finding(what="sent_back", number=row.number, unit=row.unit or "", says=says)


def _silent(look: _Look, row: Entry) -> Iterator[Finding]:
    """Yield a petition that waits for somebody of ours; one that waits for the petitioner may be silent."""
    items = look.record.worklist.of(row.case)
    if items:
        unit = _first_unit(items) or row.unit or ""
        yield Finding(what="silent", number=row.number, unit=unit, says=f"自{_day(row.moved_at)}起没有任何办理记录")


def _sent_back(look: _Look, case: int) -> int:
    snapshot = look.record.cases.load(case)
    data = process.look(look.desk.shelf.by_digest(snapshot.definition, look.record), snapshot.state).data
    return max((n for key in COUNTERS if isinstance(n := data.get(key), int)), default=0)


def _by_unit(found: list[Finding]) -> Mapping[str, list[Finding]]:
    units: dict[str, list[Finding]] = defaultdict(list)
    for each in found:
        units[each.unit].append(each)
    return units


def _counted(found: list[Finding]) -> dict[str, int]:
    return {what: sum(each.what == what for each in found) for what in WHAT}


def _tell(desk: Desk, unit: str, lies: list[Finding], on: date) -> bool:
    values = {"unit": desk.bureau.unit(unit), "groups": _grouped(lies), "on": on}
    body = desk.letters.render("notices/supervision.txt", values)
    return tell(desk, unit, "每日督办提示", body, key=f"supervision/{on.isoformat()}/{unit}")


def _list(desk: Desk, to: str, found: list[Finding], on: date) -> bool:
    units = [
        {"name": desk.bureau.unit(unit)["name"] if unit else "尚未派单", "groups": _grouped(lies)}
        for unit, lies in _by_unit(found).items()
    ]
    counts = [(WHAT[what], n) for what, n in _counted(found).items()]
    body = desk.letters.render("notices/supervision_list.txt", {"units": units, "counts": counts, "on": on})
    return tell(desk, to, "每日督察清单", body, key=f"supervision/{on.isoformat()}/list/{to}")


def _grouped(lies: list[Finding]) -> list[dict[str, Any]]:
    return [
        {"what": name, "rows": rows} for what, name in WHAT.items() if (rows := [e for e in lies if e.what == what])
    ]


def _last_day(due: Running) -> str:
    """Return the last day of a limit: one that is counted in days ends at midnight, when the next has begun."""
    return _day(due.at - timedelta(microseconds=1))


def _day(at: datetime) -> str:
    on = day_of(at)
    return f"{on.month}月{on.day}日"
