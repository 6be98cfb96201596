"""What the shipped diagrams promise: every scenario beside them holds, and together they walk everything drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban import opening
from duban.bureau import open_bureau
from duban.desk.scenarios.playing import Played, play
from duban.desk.scenarios.running import read_stories
from duban.desk.scenarios.script import Scenario
from duban.desk.shelf import Shelf

ROOT = Path(__file__).parents[2]
BUREAU = open_bureau(ROOT)
SHELF = Shelf(BUREAU)
FRESH = opening.rehearsals(BUREAU, SHELF)
STORIES = read_stories(BUREAU, SHELF)
SCENARIOS = [scenario for suite in STORIES.suites for scenario in suite.scenarios]


def _told(played: Played) -> str:
    return "\n".join([*map(str, played.failures), *played.trail])


def test_every_file_of_scenarios_can_be_read() -> None:
    """A file that cannot be read would be a file whose promises nobody checks."""
    assert [str(problem) for problem in STORIES.problems] == []


@pytest.mark.parametrize("scenario", [pytest.param(each, id=f"{each.diagram}-{each.id}") for each in SCENARIOS])
def test_a_shipped_scenario_holds(scenario: Scenario) -> None:
    """Written beside the diagram, for designers and bureaus to read; checked here with everything else."""
    played = play(FRESH, scenario)

    if not played.passed:
        pytest.fail(_told(played), pytrace=False)
