"""Proofs: a row of what bureaus do names its diagrams, and scenarios say which rows they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from duban.desk.scenarios.proofs import markdown, proofs_of
from duban.desk.scenarios.running import read_stories
from duban.desk.scenarios.script import Suite
from duban.errors import BureauError
from tests.desk.stories import BUREAU, SHELF, written

ROWS = """rows = [
  {id = "A1", name = "出差", what = "trips | errands", process = ["trip.bpmn", "level.dmn"], limits = ["B.contact"]},
  {id = "B4", name = "统计", what = "figures", place = "figures page"},
]
"""
SCENARIO = "  - {{id: {}, title: 出差{}, shows: [A1], given: {{at: 2026-03-02}}, then: {{open: [ask]}}}}\n"


def suites(shows: int = 1) -> Sequence[Suite]:
    text = "diagram: trip\nscenarios:\n" + "".join(SCENARIO.format(n, n) for n in range(1, shows + 1))
    with written(text) as files:
        return read_stories(BUREAU, SHELF, files).suites


def problems(tmp_path: Path, rows: str, told: Sequence[Suite]) -> list[str]:
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "bpmn" / "coverage.toml").write_text(rows, encoding="utf-8")
    with pytest.raises(BureauError) as error:
        proofs_of(replace(BUREAU, folder=tmp_path), told)
    return [problem.message for problem in error.value.problems]


def test_the_page_names_what_is_drawn_and_what_shows_it(tmp_path: Path) -> None:
    """Three scenarios are enough to look at; the others are counted."""
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "bpmn" / "coverage.toml").write_text(ROWS, encoding="utf-8")
    page = markdown(proofs_of(replace(BUREAU, folder=tmp_path), suites(shows=5)))

    drawn = "`trip.bpmn`, `level.dmn`, limit `B.contact`"
    shown = "trip 1: 出差1<br>trip 2: 出差2<br>trip 3: 出差3<br>and 2 more"

    assert page.splitlines()[-2:] == [
        f"| A1 出差 | trips / errands | {drawn} | {shown} | – |",
        "| B4 统计 | figures | – | – | figures page |",
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"level.dmn"', '"levels.dmn"', "'levels.dmn' is not known (did you mean level.dmn?)"),
        ('"B.contact"', '"B.contakt"', "'B.contakt' is not known (did you mean B.contact"),
        (', place = "figures page"', "", "B4 stands nowhere: name its diagrams and tables, or the place of its report"),
        ('"A1"', '"A2"', "1 shows 'A1', which bpmn/coverage.toml does not list"),
    ],
)
def test_a_row_that_proves_nothing_is_told(tmp_path: Path, before: str, after: str, said: str) -> None:
    """A list of promises with holes in it would be worse than none."""
    assert problems(tmp_path, ROWS.replace(before, after), suites())[0].startswith(said)


def test_a_process_that_no_scenario_shows_is_told(tmp_path: Path) -> None:
    """Drawn is not shown."""
    assert problems(tmp_path, ROWS, ()) == ["no scenario of its diagrams shows it"]


def test_a_bureau_without_the_list_is_told(tmp_path: Path) -> None:
    """The command says which file it wants."""
    with pytest.raises(BureauError, match=r"bpmn/coverage\.toml: is missing"):
        proofs_of(replace(BUREAU, folder=tmp_path), ())
