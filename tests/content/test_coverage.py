"""docs/coverage.md says where everything that a bureau does is drawn; it is made from the scenarios, and stays true."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from duban.bureau import open_bureau
from duban.desk.scenarios.proofs import Proof, markdown, proofs_of
from duban.desk.scenarios.running import read_stories
from duban.desk.shelf import Shelf

ROOT = Path(__file__).parents[2]
ROWS = (
    *(f"A{n}" for n in range(1, 9)),
    *(f"B{n}" for n in range(1, 11)),
    *(f"C{n}" for n in range(1, 5)),
    *(f"D{n}" for n in range(1, 7)),
    *(f"E{n}" for n in range(1, 10)),
    *(f"X{n}" for n in range(1, 16)),
    *("X2b", "X2c"),
)


@pytest.fixture(scope="module")
def proofs() -> Sequence[Proof]:
    """Every row of the mission with what shows it."""
    bureau = open_bureau(ROOT)
    return proofs_of(bureau, read_stories(bureau, Shelf(bureau)).suites)


def test_every_row_of_the_mission_is_listed(proofs: Sequence[Proof]) -> None:
    """A row that nobody lists is a row that nobody misses."""
    assert sorted(proof.row.id for proof in proofs) == sorted(ROWS)


def test_every_row_that_is_a_process_is_shown_by_a_scenario(proofs: Sequence[Proof]) -> None:
    """Reports and pages say where they will stand; processes are shown to work (and are played with the others)."""
    unproved = [proof.row.id for proof in proofs if not proof.scenarios]

    assert [proof.row.id for proof in proofs if not proof.scenarios and proof.row.process] == []
    assert unproved == ["B4", "C4"]


def test_the_page_is_the_one_that_the_command_writes(proofs: Sequence[Proof]) -> None:
    """Write it anew with: duban bureau coverage > docs/coverage.md."""
    assert (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8") == markdown(proofs)
