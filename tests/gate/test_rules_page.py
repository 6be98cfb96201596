"""docs/gate.md names every rule that the gate has, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gate.test_clauses import BREACHES
from tests.gate.test_planted import DEFECTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "gate.md").read_text()
LISTED = {
    rule
    for line in PAGE.splitlines()
    if line.startswith("| `")
    for rule in re.findall(r"`([a-z0-9-]+)`", line.split("|")[1])
}
WARNED = set(re.findall(r"`([a-z-]+)` \(", PAGE[PAGE.index("## Warnings") : PAGE.index("## Diagrams from")])) | {
    "no-label"
}
ELSEWHERE = {
    "xml", "process", "too-long", "stable-id", "finality-rule", "extension-rule", "loop-limit", "art30-rule",
}  # fmt: skip
"""Rules whose defects are planted in tests of their own (tests/engine/test_parse.py, test_deployed, test_clauses …)."""


def code() -> str:
    """Return the source of everything that finds problems."""
    places = ("engine", "petitions", "desk", "cli")
    return "\n".join(path.read_text() for place in places for path in (ROOT / "duban" / place).rglob("*.py"))


def test_every_rule_on_the_page_is_in_the_code() -> None:
    """A page that promises more than the gate does is worse than none."""
    source = code()

    assert [rule for rule in sorted(LISTED | WARNED) if f'"{rule}"' not in source] == []


def test_every_rule_of_the_code_is_on_the_page() -> None:
    """Whoever is refused looks the rule up."""
    found = set(re.findall(r'rule="([a-z0-9-]+)"', code()))

    assert found - LISTED - WARNED == set()


def test_every_rule_has_a_planted_defect() -> None:
    """A rule that no test breaks may have stopped to work."""
    planted = {defect.rule for defect in DEFECTS.values()}
    planted |= {rule for _, expected in BREACHES.values() for rule, _ in expected}

    assert LISTED - planted - ELSEWHERE == set()
    assert len(DEFECTS) + len(BREACHES) >= 60
