"""The gate at the command line: what is refused, what is warned of, and what adoption writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Duban
from tests.engine.diagrams import nodes
from tests.gate.plans import pictured

CLEAN = pictured(nodes("start:s end:e"), "s>e")
BROKEN = pictured(nodes("start:s xor:g user:a end:e"), "s>g; g>a[${x}]; g>e; a>e")


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A diagram that lies outside the bureau's folder."""
    path = tmp_path / "main.bpmn"
    path.write_bytes(CLEAN)
    return path


def test_a_clean_diagram_ends_with_zero(duban: Duban, drawing: Path) -> None:
    """A script that deploys goes on."""
    ended = duban("bureau", "check", drawing, "--json")

    assert (ended.code, ended.json) == (0, {"refused": 0, "warnings": 0, "problems": []})


def test_a_refused_diagram_ends_with_two_and_names_rule_and_element(duban: Duban, drawing: Path) -> None:
    """Everything at once, for people and for machines."""
    drawing.write_bytes(BROKEN)
    told = duban("bureau", "check", drawing)
    listed = duban("bureau", "check", drawing, "--json")

    problems = listed.json["problems"]
    assert (told.code, listed.code, listed.json["refused"]) == (2, 2, len(problems))
    assert {(p["file"], p["rule"], p["element"]) for p in problems} >= {
        ("main.bpmn", "expression", "f_g_a"),
        ("main.bpmn", "condition-place", "f_g_e"),
    }
    assert f"refused [expression] main.bpmn:{problems[0]['line']}" in told.out


@pytest.mark.parametrize(
    ("name", "part"), [("notes.txt", "is neither .bpmn nor .dmn"), ("gone.bpmn", "cannot be read: No such file")]
)
def test_what_is_no_file_of_ours_is_told(duban: Duban, tmp_path: Path, name: str, part: str) -> None:
    """A slip of the pen is not a diagram that passes."""
    ended = duban("bureau", "check", tmp_path / name)

    assert ended.code == 2
    assert part in ended.err


def test_adopting_writes_a_diagram_that_passes_and_leaves_the_original_alone(duban: Duban, drawing: Path) -> None:
    """The list of changes is what the designer checks; the form goes beside the diagram."""
    drawing.write_bytes(BROKEN)
    listed = duban("bureau", "adopt", drawing, "--json").json
    ended = duban("bureau", "adopt", drawing)
    target = drawing.with_name("main.adopted.bpmn")
    form = drawing.parent / "forms" / "adopted_choose_g.json"

    assert (ended.code, drawing.read_bytes()) == (0, BROKEN)
    assert "changed g: its conditions are missing or cannot be read here: in choose_g a person chooses" in ended.out
    assert json.loads(form.read_bytes())["properties"]["way"]["enum"] == ["f_g_a", "f_g_e"]
    assert [line for line in ended.out.splitlines() if line.startswith("left")] == []
    assert (listed["file"], listed["forms"], listed["left"]) == (str(target), [str(form)], [])
    assert duban("bureau", "check", target).code == 0


def test_what_cannot_be_adopted_ends_with_two(duban: Duban, tmp_path: Path) -> None:
    """A file that is no diagram is not made one."""
    other = tmp_path / "other.bpmn"
    other.write_bytes(b"<html/>")
    ended = duban("bureau", "adopt", other)

    assert ended.code == 2
    assert "is no BPMN 2.0 file" in ended.err
