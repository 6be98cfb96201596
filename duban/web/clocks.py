"""Clocks: everything that can be said about a running limit: by which rule, from when, how counted, what moved it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from duban.desk.cases import Entry, Look
from duban.desk.due import Running
from duban.model.clock import SHANGHAI
from duban.model.facts import Kind
from duban.web.dates import last_day
from duban.web.visit import Visit
from duban.web.words import Names

_COUNTED = {
    "d": "自然日",
    "wd": "工作日",
    "h": "小时，昼夜连续",
    "min": "分钟，昼夜连续",
    "mo": "月",
    "order": "以交办要求的日期为准",
    "half": "下一个工作日的另半天",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A running limit as a page shows it."""

    due: Running
    rows: tuple[tuple[str, str], ...]
    """Questions and answers about it."""
    sentences: tuple[str, ...]
    """Why it ends on this day, in the language that the page does not speak: its own stands beside the day."""
    is_provisional: bool
    """The holidays of its last year are not known yet."""


def clocks_of(visit: Visit, look: Look) -> list[Clock]:
    """Return the limits of a case, what has passed before what runs, nearest first; reminders are left out."""
    names = Names(visit.house.desk.bureau.settings, visit.language)
    dues = sorted((due for due in look.dues if not due.warning), key=lambda due: due.at)
    return [_clock(visit, names, due, look.timeline) for due in dues]


def _clock(visit: Visit, names: Names, due: Running, timeline: Iterable[Entry]) -> Clock:
    why = due.why
    return Clock(
        due=due,
        rows=tuple((visit.language.say(title), text) for title, text in _rows(visit, names, due, timeline) if text),
        sentences=tuple(str(why[code]) for code in ("zh", "en") if why.get(code) and code != visit.language.code),
        is_provisional=why.get("provisional") is True,
    )


def _rows(visit: Visit, names: Names, due: Running, timeline: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield what is known about a limit, as (title, text)."""
    say, why = visit.language.say, due.why
    yield "依据", str(why.get("source") or "")
    yield "起算", _start(visit, why)
    yield "计算", say(_COUNTED.get(_unit(why), ""))
    for days, by, at in why.get("extensions") or ():
        approved = say("{name} 批准", name=names.person(by)) if by else ""
        yield "延长", " · ".join(each for each in (say("{n} 天", n=days), approved, _day(visit, at)) if each)
    for first, last, days in why.get("excluded") or ():
        yield "不计入", f"{_day(visit, first)} – {_day(visit, last)} · {say('{n} 天', n=days)}"
    for day, name in why.get("skipped") or ():
        yield "顺延", f"{_day(visit, day)} {name}"
    for entry in timeline:
        if entry.kind is Kind.TIMER_MOVED and entry.payload.get("task") == due.task:
            before, after = (_day(visit, entry.payload.get(key)) for key in ("before", "after"))
            yield "变动", f"{before} → {after} · {visit.moment(entry.at)} · {entry.actor_name}"


def _start(visit: Visit, why: Mapping[str, Any]) -> str:
    start = why.get("start")
    if not isinstance(start, str):
        return ""
    limit = visit.house.desk.bureau.settings.limits.get(str(why.get("name")))
    return f"{limit.start_name if limit else ''} {visit.moment(datetime.fromisoformat(start))}".strip()


def _unit(why: Mapping[str, Any]) -> str:
    return str(why.get("length") or "").lstrip("-0123456789")


def _day(visit: Visit, value: Any) -> str:
    """Say a day or an instant; midnight is said as the day that ends with it."""
    if not isinstance(value, str) or not value:
        return ""
    if "T" not in value:
        return visit.day(date.fromisoformat(value))
    at = datetime.fromisoformat(value).astimezone(SHANGHAI)
    return visit.day(last_day(at)) if at.time() == time() else visit.moment(at)
