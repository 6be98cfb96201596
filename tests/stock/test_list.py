"""The list of stock defects in the docs is the list of the tests."""

from __future__ import annotations

import re
from pathlib import Path

from tests.stock.test_shipped import KNOWN

HERE = Path(__file__).parent
LIST = HERE.parents[1] / "docs" / "stock-defects.md"


def test_every_defect_listed_has_a_test_and_every_test_is_listed() -> None:
    """Whoever reads the list can run it."""
    listed = re.findall(r"`(\w+)\.(test_\w+)`", LIST.read_text(encoding="utf-8"))
    files = [path for path in sorted(HERE.glob("test_*.py")) if path.name != Path(__file__).name]
    tested = [
        (path.stem, name)
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert sorted(listed) == sorted(tested)


def test_the_known_differences_on_shipped_diagrams_are_listed() -> None:
    """What is not compared must be said."""
    text = LIST.read_text(encoding="utf-8")

    assert [place for place, defect in KNOWN.items() if f"`{place}`: {defect}" not in text] == []
