"""What the pages on scenarios show is played: an example that does not hold teaches the wrong thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duban import opening
from duban.bureau import open_bureau
from duban.desk.scenarios import expectations, reading
from duban.desk.scenarios.checking import check_suite
from duban.desk.scenarios.playing import play
from duban.desk.scenarios.reading import read_suite
from duban.desk.shelf import Shelf

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "howto" / "designer-scenarios.md").read_text(encoding="utf-8")
BUREAU = open_bureau(ROOT)
SHELF = Shelf(BUREAU)
GIVEN = ("at", "kind", "petition", "data", "message", "to", "by", "rhythms", "settings", "leave", "calls", "calendar")


def examples(page: str) -> list[str]:
    return re.findall(r"```yaml\n(diagram:.*?)```", page, re.DOTALL)


def told(text: str) -> list[str]:
    suite = read_suite("page.yaml", text.encode(), BUREAU.settings)
    check_suite(suite, BUREAU, SHELF)
    fresh = opening.rehearsals(BUREAU, SHELF)
    return [failure.message for scenario in suite.scenarios for failure in play(fresh, scenario).failures]


@pytest.mark.parametrize("text", [*examples(REFERENCE), examples(GUIDE)[1]])
def test_an_example_holds(text: str) -> None:
    """The reader will copy it."""
    assert told(text) == []


def test_the_example_that_is_wrong_on_purpose_fails_as_the_page_says() -> None:
    """The first answer that a designer sees."""
    (message,) = told(examples(GUIDE)[0])

    assert f": {message}\n" in GUIDE


def test_every_word_of_the_format_is_explained() -> None:
    """The page is the whole format."""
    words = [*expectations.KNOWN, *reading.STEPS, *GIVEN]

    assert [word for word in words if f"`{word}" not in REFERENCE] == []
