"""Statutes: what a bureau may not do with its own table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from duban.bureau.settings import Condition, Length, Settings, Variant
from duban.petitions.statutes import STATUTES, check


def changed(settings: Settings, name: str, **values: Any) -> Settings:
    limits = {**settings.limits, name: replace(settings.limits[name], **values)}
    return replace(settings, limits=limits)


def test_the_sample_bureau_keeps_the_law(settings: Settings) -> None:
    """What we ship must pass its own gate."""
    assert check(settings) == []


def test_a_bureau_may_shorten(settings: Settings) -> None:
    """Ten days instead of fifteen harm nobody."""
    assert check(changed(settings, "X2.notice", length=Length(amount=10, unit="d"))) == []


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("X5.finish", {"length": Length(amount=90, unit="d")}, "may be shortened, never lengthened"),
        (
            "X2.notice",
            {"length": Length(amount=15, unit="wd")},
            "信访工作条例第23条: 15d, not 15wd",
        ),
        ("X2.notice", {"excluded_by": (("suspend",),)}, "knows no suspension"),
        ("X8.review", {"excluded_by": (("hear_record",),)}, "knows no suspension"),
        ("X2.notice", {"extended_by": (("extend", "days"),)}, "cannot be extended"),
        ("X7.window", {"length": Length(amount=10, unit="d")}, "is a right of the petitioner"),
        ("X3.notice", {"statutory": False}, "must be marked statutory"),
        (
            "X2.notice",
            {"variants": (Variant(when=Condition(path=("a",), values=(1,)), length=Length(amount=30, unit="d")),)},
            "allows 15d, not 30d",
        ),
    ],
)
def test_what_the_law_forbids_is_told(settings: Settings, name: str, values: dict[str, Any], said: str) -> None:
    """The message names the article."""
    [problem] = check(changed(settings, name, **values))

    assert problem.element == f"limits.{name}"
    assert said in problem.message


@pytest.mark.parametrize("name", sorted(STATUTES))
def test_no_statute_can_be_left_out(settings: Settings, name: str) -> None:
    """A table without the row would run no clock."""
    limits = {other: limit for other, limit in settings.limits.items() if other != name}

    assert [problem.element for problem in check(replace(settings, limits=limits))] == [f"limits.{name}"]
