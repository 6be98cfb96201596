"""The designer's page says what is so: its pictures are there, its recipe works, its error lines are the engine's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from duban.bureau import Bureau
from duban.engine.parse import parse
from duban.errors import DiagramError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/howto/designer-petition.md").read_text("utf-8")


def changed(bureau: Bureau, *changes: tuple[str, str]) -> Mapping[str, bytes]:
    diagram = bureau.files["petition.bpmn"].decode()
    for old, new in changes:
        assert old in diagram
        diagram = diagram.replace(old, new, 1)
    return {**bureau.files_for("petition"), "petition.bpmn": diagram.encode()}


def test_everything_it_points_at_is_there() -> None:
    """Links to pictures and pages."""
    targets = re.findall(r"\]\((\.\.?/[^)]+)\)", PAGE)

    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / "docs/howto" / target).exists()] == []


def test_every_table_that_it_names_exists_and_none_is_forgotten(bureau: Bureau) -> None:
    """A table that is renamed must be renamed on the page; one that the diagrams ask must stand there."""
    named = set(re.findall(r"`(\w+\.dmn)`", PAGE))
    home = {
        decision: name
        for name, file in bureau.files.items()
        if name.endswith(".dmn")
        for decision in re.findall(r'<decision id="(\w+)"', file.decode())
    }
    asked = {
        home[decision]
        for name in ("petition.bpmn", "accusation.bpmn")
        for decision in re.findall(r"calledDecisionId>(\w+)<", bureau.files[name].decode())
    }

    assert named == asked


STEP = """<bpmn:userTask id="confirm" name="确认落实"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="formJsonSchemaFilename" value="confirm.json"/>
<spiffworkflow:property name="unit" value="holder.unit"/>
</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="dispose__confirm" sourceRef="dispose" targetRef="confirm"/>
<bpmn:sequenceFlow id="confirm__feed_back" sourceRef="confirm" targetRef="feed_back"/>"""


def test_a_step_can_be_added_as_the_page_says(bureau: Bureau) -> None:
    """The recipe: a user task between 处置落实 and 反馈, in a lane, with a form of its own; the engine takes it."""
    lane = "<bpmn:flowNodeRef>feed_back</bpmn:flowNodeRef>"
    flow = '<bpmn:sequenceFlow id="dispose__feed_back" sourceRef="dispose" targetRef="feed_back"/>'
    files = changed(bureau, (lane, lane + lane.replace("feed_back", "confirm")), (flow, STEP))

    assert parse(files, "petition").process == "petition"


def test_mistakes_sound_as_the_page_says(bureau: Bureau) -> None:
    """The four lines are what the engine says, up to the line numbers and where they are cut short."""
    files = changed(
        bureau,
        ("<spiffworkflow:calledDecisionId>route<", "<spiffworkflow:calledDecisionId>routing<"),
        ('deadline("B.sign")', 'deadlin("B.sign")'),
        ("return_n &gt; 1", "return_n &gt;&gt; 1"),
        ('calledElement="callback"', 'calledElement="callbacks"'),
    )

    with pytest.raises(DiagramError) as caught:
        parse(files, "petition")

    said = [re.sub(r":\d+:", ":", str(problem)) for problem in caught.value.problems]
    shown = [re.sub(r":\d+:", ":", line) for line in PAGE.splitlines() if line.startswith("petition.bpmn:")]

    assert len(said) == len(shown) == 4
    for whole, cut in zip(said, shown, strict=True):
        assert all(part in whole for part in cut.split("…"))
