"""Why a deadline falls when it falls: in figures for machines, in one sentence each for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from duban.bureau.settings import Length, Limit
from duban.model.clock import SHANGHAI
from duban.petitions.calendar import Calendar
from duban.petitions.counting import Exclusion, Extension, Span, day_of

_UNITS = {"d": "日", "wd": "个工作日", "h": "小时", "min": "分钟", "mo": "个月"}
_UNITS_EN = {"d": "days", "wd": "working days", "h": "hours", "min": "minutes", "mo": "months"}


def either(values: Sequence[Any]) -> str:
    """Return values joined by or."""
    return " or ".join(repr(value) for value in values)


def off(limit: Limit, reason: str, *, warns: int | None = None) -> dict[str, Any]:
    """Say that a deadline does not apply, or that a warning is not sent."""
    what = {"warns": warns} if warns is not None else {}
    return {
        **_head(limit),
        **what,
        "applies": False,
        "off": reason,
        "zh": f"{limit.name}：不{'预警' if warns is not None else '适用'}",
        "en": f"{limit.id} {'is not warned of' if warns is not None else 'does not apply'}: {reason}",
    }


def counted(
    limit: Limit,
    length: Length,
    span: Span,
    path: str,
    calendar: Calendar,
    *,
    more: Sequence[Extension],
    excluded: Sequence[Exclusion],
) -> dict[str, Any]:
    """Say how a limit was counted."""
    why: dict[str, Any] = {
        **_head(limit),
        "applies": True,
        "start": span.start.isoformat(),
        "start_from": path,
        "length": str(length),
        "at": span.at.isoformat(),
    }
    if span.raw and span.on:
        why["raw"], why["on"] = span.raw.isoformat(), span.on.isoformat()
        why["skipped"] = [[day.isoformat(), calendar.name_of(day)] for day in span.skipped]
        why["provisional"] = calendar.is_provisional(span.on.year)
    days = sum(extension.days for extension in more)
    if days:
        why["extended"] = days
        why["extensions"] = [[extension.days, extension.by, extension.at] for extension in more]
    if excluded:
        why["excluded"] = [[item.first.isoformat(), item.last.isoformat(), item.days] for item in excluded]
    why["zh"] = _chinese(limit, length, span, calendar, days, excluded)
    why["en"] = _english(limit, length, span, path, calendar, days, excluded)
    return why


def warned(limit: Limit, end: Mapping[str, Any], days: int, at: datetime) -> dict[str, Any]:
    """Say why a warning is sent when it is sent."""
    unit, unit_en = _UNITS.get(limit.length.unit, "日"), _UNITS_EN.get(limit.length.unit, "days")
    when = _moment(at)
    return {
        **_head(limit),
        "applies": True,
        "warns": days,
        "at": at.isoformat(),
        "deadline": end.get("on", end["at"]),
        "zh": f"{limit.name}届满前{days}{unit}提醒，{when}发出",
        "en": f"{limit.id}: warns {days} {unit_en} before the end",
    }


def _head(limit: Limit) -> dict[str, Any]:
    return {"name": limit.id, "label": limit.name, "source": limit.source, "statutory": limit.statutory}


def _chinese(
    limit: Limit,
    length: Length,
    span: Span,
    calendar: Calendar,
    more: int,
    excluded: Sequence[Exclusion],
) -> str:
    if span.raw is None or span.on is None:
        begun = f"{limit.start_name}{_moment(span.start)}起"
        amount = f"{length.amount + more}{_UNITS[length.unit]}"
        return f"{limit.name}：{begun}{amount}，{_moment(span.at)}届满（{limit.source}）"
    if length.unit == "order":
        return f"{limit.name}：{limit.start_name}{_day(span.on)}前报结（{limit.source}）"
    if length.unit == "half":
        return f"{limit.name}：{_moment(span.at)}（{limit.source}）"
    amount = f"{abs(length.amount)}{_UNITS[length.unit]}"
    counted_ = f"{_day(day_of(span.start))}，{'倒数' if length.amount < 0 else '次日起算'}{amount}"
    added = f"，延长{more}{_UNITS[length.unit]}" if more else ""
    out = "".join(f"，扣除{_day(item.first)}至{_day(item.last)}听证期间{item.days}日" for item in excluded)
    rolled = _rolled(span.raw, span.on, calendar, span.on.year)
    provisional = "，暂定（该年放假调休通知未发布）" if calendar.is_provisional(span.on.year) else ""
    return f"{limit.name}：{limit.start_name}{counted_}{added}{out}{rolled}{provisional}（{limit.source}）"


def _rolled(raw: date, on: date, calendar: Calendar, year: int) -> str:
    if raw == on:
        return f"，至{_day(on)}24时届满"
    way = "顺延至" if on > raw else "提前至"
    return f"，末日{_short(raw, year)}为{calendar.name_of(raw)}，{way}{_day(on)}24时届满"


def _english(
    limit: Limit,
    length: Length,
    span: Span,
    path: str,
    calendar: Calendar,
    more: int,
    excluded: Sequence[Exclusion],
) -> str:
    begun = f"{limit.id}: from {span.start.astimezone(SHANGHAI).isoformat(timespec='minutes')} ({path})"
    if span.raw is None or span.on is None or length.unit == "half":
        return f"{begun}, {length}, until {span.at.astimezone(SHANGHAI).isoformat(timespec='minutes')}"
    if length.unit == "order":
        return f"{limit.id}: ordered for {span.on} ({path})"
    parts = [begun, f"{length.amount} {_UNITS_EN[length.unit]}, first day not counted"]
    if more:
        parts.append(f"extended by {more} {_UNITS_EN[length.unit]}")
    parts += [f"{item.first} to {item.last} not counted" for item in excluded]
    if span.raw != span.on:
        parts.append(f"the last day {span.raw} is a rest day ({calendar.name_of(span.raw)}) and moves")
    provisional = " (provisional)" if calendar.is_provisional(span.on.year) else ""
    return f"{', '.join(parts)}: ends with {span.on}{provisional}"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _short(on: date, year: int) -> str:
    return f"{on.month}月{on.day}日" if on.year == year else _day(on)


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{_day(local.date())}{local.hour}时{local.minute:02}分"
