"""Dates as people say them: 3月5日 周四 14:00, still three days, two days over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from duban.model.clock import SHANGHAI
from duban.web.language import Language

NEAR = timedelta(days=3)
"""From here on a running duty is shown as near its limit (look.md: amber)."""

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """What a due time means now: a state (colour and icon) and its words."""

    state: str
    """``done`` · ``running`` · ``near`` · ``over``."""
    text: str
    title: str
    """The date itself, in full."""


def day(on: date, today: date, language: Language) -> str:
    """Say a date with its weekday, and with the year when it is not this one."""
    weekday = _WEEKDAYS[language.code][on.weekday()]
    if language.code == "en":
        year = "" if on.year == today.year else f" {on.year}"
        return f"{weekday} {on.day} {_MONTHS[on.month - 1]}{year}"
    year = "" if on.year == today.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日 周{weekday}"


def moment(at: datetime, now: datetime, language: Language) -> str:
    """Say an instant in the bureau's time zone."""
    there = at.astimezone(SHANGHAI)
    return f"{day(there.date(), now.astimezone(SHANGHAI).date(), language)} {there:%H:%M}"


def last_day(at: datetime) -> date:
    """Return the last day on which a duty that ends at *at* is met in time.

    A limit in days ends at 24:00, which is 00:00 of the next day.
    """
    return (at.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def due_words(at: datetime, now: datetime, language: Language) -> str:
    """Say when a duty ends: the last day for limits in days, the minute for limits in hours."""
    if _ends_with_the_day(at):
        return day(last_day(at), now.astimezone(SHANGHAI).date(), language)
    return moment(at, now, language)


def chip(at: datetime, now: datetime, language: Language) -> Chip:
    """Say how much time is left until *at*, or by how much it is over."""
    title = due_words(at, now, language)
    state = "over" if now >= at else "near" if at - now <= NEAR else "running"
    return Chip(state=state, text=_left(at, now, language), title=title)


def _left(at: datetime, now: datetime, language: Language) -> str:
    if not _ends_with_the_day(at) and abs(at - now) < timedelta(days=2):
        return _hours(at, now, language)
    days = (last_day(at) - now.astimezone(SHANGHAI).date()).days
    if days == 0:
        return language.say("今天到期")
    if days > 0:
        return language.say("还剩 {n} 天", n=days)
    return language.say("超期 {n} 天", n=-days)


def _hours(at: datetime, now: datetime, language: Language) -> str:
    hours = abs(at - now) // timedelta(hours=1)
    if now >= at:
        return language.say("超期 {n} 小时", n=hours) if hours else language.say("刚刚超期")
    return language.say("还剩 {n} 小时", n=hours) if hours else language.say("还剩不到 1 小时")


def _ends_with_the_day(at: datetime) -> bool:
    there = at.astimezone(SHANGHAI)
    return (there.hour, there.minute, there.second) == (0, 0, 0)
