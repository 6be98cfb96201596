"""What commands print."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType

import pytest

from duban.cli.output import plain, say, show_json, show_table


class Colour(StrEnum):
    """A closed list."""

    RED = "red"


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """A value as the desk returns it."""

    name: str
    at: datetime
    seen: frozenset[str] = frozenset()
    state: bytes = field(default=b"\0" * 2000, repr=False)


def test_json_says_every_value_of_the_house(capsys: pytest.CaptureFixture[str]) -> None:
    """A machine reads what a person reads; fields that are not for reading stay out."""
    at = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)

    show_json({"things": (Thing(name="一件", at=at),), "on": date(2026, 3, 5), "kind": Colour.RED,
               "map": MappingProxyType({1: b"\xab"}), "none": None})  # fmt: skip

    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "things": [{"name": "一件", "at": "2026-03-05T06:00:00+00:00", "seen": []}],
        "on": "2026-03-05",
        "kind": "red",
        "map": {"1": "ab"},
        "none": None,
    }
    assert "一件" in out  # not escaped: people read it too


def test_a_table_stands_straight_with_chinese_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A Chinese character is as wide as two letters on a terminal."""
    show_table(("unit", "when", "ask"), [("派出所", datetime(2026, 3, 5, 6, 0, tzinfo=UTC), "a\nb"), (None, "-", "")])

    assert capsys.readouterr().out.splitlines() == [
        "unit    when              ask",
        "派出所  2026-03-05 14:00  a b",
        "-       -",
    ]


def test_talk_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Results can be piped; talk cannot spoil them."""
    say("done")

    assert capsys.readouterr() == ("", "done\n")


def test_plain_keeps_what_json_knows() -> None:
    """Numbers, texts, booleans and nothing are themselves."""
    assert plain([1, 1.5, "a", True, None]) == [1, 1.5, "a", True, None]
