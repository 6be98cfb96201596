"""Statutes: what no bureau may lengthen, drop or stop; checked against the settings before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from duban.bureau.settings import Length, Limit, Settings
from duban.errors import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Statute:
    """A limit that the law sets."""

    length: Length
    """The longest that the law allows."""
    article: str
    exclusions: bool = False
    """Whether days may be left out of the count (条例 36: a hearing in 复核, and nowhere else in the regulation)."""
    extensions: tuple[int, ...] = ()
    """How often it may be extended, and by how many days at most each time."""


def _days(amount: int, article: str, *, exclusions: bool = False, extensions: tuple[int, ...] = ()) -> Statute:
    length = Length(amount=amount, unit="d")
    return Statute(length=length, article=article, exclusions=exclusions, extensions=extensions)


STATUTES = MappingProxyType(
    {
        "X2.notice": _days(15, "信访工作条例第23条"),
        "X3.notice": _days(15, "信访工作条例第23条"),
        "X4.objection": Statute(length=Length(amount=5, unit="wd"), article="信访工作条例第23条"),
        "X5.finish": _days(60, "信访工作条例第34条", extensions=(30,)),
        "X7.window": _days(30, "信访工作条例第35条"),
        "X8.review": _days(30, "信访工作条例第35条"),
        "X9.window": _days(30, "信访工作条例第36条"),
        "X10.reexam": _days(30, "信访工作条例第36条", exclusions=True),
        "X14.assigned": Statute(length=Length(amount=0, unit="order"), article="信访工作条例第22条"),
        "P.transfer": Statute(length=Length(amount=24, unit="h"), article="公安机关办理行政案件程序规定第61条"),
        "P.zhian": _days(30, "治安管理处罚法第118条", exclusions=True, extensions=(30, 30)),
        "P.nofile": _days(3, "公安机关办理刑事案件程序规定第178条"),
    }
)
RIGHTS = frozenset({"X7.window", "X9.window"})
"""Limits that are rights of the petitioner: a bureau may not even shorten them."""


def check(settings: Settings, file: str = "bureau.toml") -> list[Problem]:
    """Return where *settings* ask for more than the law allows."""
    return [
        Problem(file=file, element=f"limits.{name}", message=message, rule="clock-rule")
        for name, statute in STATUTES.items()
        for message in _wrong(name, settings.limits.get(name), statute)
    ]


def _wrong(name: str, limit: Limit | None, statute: Statute) -> Iterator[str]:
    if limit is None:
        yield f"is missing; {statute.article} sets it"
        return
    if not limit.statutory:
        yield f"must be marked statutory: {statute.article}"
    for length in (limit.length, *(variant.length for variant in limit.variants)):
        yield from _wrong_length(name, length, statute)
    if limit.excluded_by and not statute.exclusions:
        yield f"may leave out no days: {statute.article} knows no suspension"
    if limit.extended_by and not statute.extensions:
        yield f"cannot be extended: {statute.article}"


def _wrong_length(name: str, length: Length, statute: Statute) -> Iterator[str]:
    allowed = statute.length
    if length.unit != allowed.unit:
        yield f"must be counted as in {statute.article}: {allowed}, not {length}"
    elif length.amount > allowed.amount:
        yield f"may be shortened, never lengthened: {statute.article} allows {allowed}, not {length}"
    elif name in RIGHTS and length.amount < allowed.amount:
        yield f"is a right of the petitioner and may not be shortened: {statute.article} gives {allowed}, not {length}"
