"""Many scenarios are shared among processes: the same answers in the same order, only sooner."""

from __future__ import annotations

import pytest

from duban.desk.scenarios.sharing import FEW
from tests.desk.stories import played

HEAD = "diagram: trip\ngiven: {at: 2026-03-02T09:00+08:00}\nscenarios:\n"
ONE = "  - {{id: {n}, when: [{{do: ask, with: {{what: {what}, units: [ZA]}}}}], then: {{ended: {end}}}}}\n"
WORDS = ("无事", "大事", "小事")


def text() -> str:
    return HEAD + "".join(ONE.format(n=n, what=WORDS[n % 3], end="end_none") for n in range(FEW + 4))


@pytest.mark.parametrize("processes", [1, 2])
def test_every_scenario_is_played_once_and_told_in_order(processes: int) -> None:
    """Whoever watches sees them as they stand in the file."""
    results = played(text(), processes=processes)

    assert [each.scenario.id for each in results.played] == [str(n) for n in range(FEW + 4)]
    assert [each.scenario.id for each in results.failed] == [str(n) for n in range(FEW + 4) if n % 3]
    assert {each.file: (each.nodes.walked, each.rows.walked) for each in results.walked} == {
        "level.dmn": (0, 3),
        "trip.bpmn": (6, 0),
    }
