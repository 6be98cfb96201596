"""docs/gate.md names every rule that the gate has, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from duban.desk.gate import inspect
from duban.testing import content
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


HOWTO = (ROOT / "docs" / "howto" / "designer-gate.md").read_text()


def test_the_breach_on_the_designers_page_is_found_as_it_says() -> None:
    """Whoever tries it sees what the page shows: four ends, one rule, and the route."""
    bureau = content(None)
    text = bureau.files["petition.bpmn"].decode()
    old = 'sourceRef="handling" targetRef="asked"'
    assert old in text
    found = inspect(bureau, {"petition.bpmn": text.replace(old, 'sourceRef="handling" targetRef="after"').encode()})
    refused = [problem for problem in found if problem.rule == "callback-rule"]
    [shown] = [line for line in HOWTO.splitlines() if line.startswith("refused [callback-rule]")]

    assert {problem.element for problem in refused} == {"end_closed", "end_lost", "end_unaccepted", "end_final_reexam"}
    assert all(part in f"refused [callback-rule] {refused[0]}" for part in re.split("…", shown))
