"""Warnings: what runs as drawn, but hardly as meant."""

from __future__ import annotations

import pytest

from duban.engine.lint import lint
from tests.engine.diagrams import boundary, drawn, many, node, nodes, timer

LANE = '<bpmn:laneSet id="l"><bpmn:lane id="officer"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'


@pytest.mark.parametrize(
    ("body", "flows", "element", "part"),
    [
        (nodes("start:s or:x user:a end:e end:e2"), "s>x; x>a[v]; x>e[w]; a>e2", "x", "no default flow"),
        (nodes("start:s end:e") + node("userTask", "a", many("xs")), "s>a a>e", "a", "what its instances write"),
        (nodes("start:s user:a end:e"), "s>a a>e", "a", "stands in no lane"),
        (nodes("start:s user:a end:e"), "s>a a>e", "a", "has no form"),
        (nodes("start:s user:a end:e"), "s>a a>e", "a", "has no label"),
        (
            nodes("start:s user:a user:h end:e end:e2") + boundary("b", "a", timer("PT1H"), interrupting=False),
            "s>a a>e b>h h>e2",
            "h",
            "keeps the case open",
        ),
        (
            nodes("start:s user:a end:e end:e2") + boundary("b", "a", timer("PT1H"), interrupting=False),
            "s>a a>e b>e2",
            "b",
            "name a deadline",
        ),
        (
            nodes("start:s user:a and:g and:j end:e end:e2 user:u user:v")
            + boundary("b", "a", timer("PT1H"), interrupting=False),
            "s>a a>e b>g g>u g>v u>j v>j j>e2",
            "j",
            "more than one token",
        ),
    ],
)
def test_what_is_hardly_meant_is_told(body: str, flows: str, element: str, part: str) -> None:
    """It refuses nothing; the designer decides."""
    found = [(problem.element, problem.message) for problem in lint(drawn(body, flows), "main")]

    assert any(name == element and part in message for name, message in found), found


def test_a_clean_diagram_has_no_warnings() -> None:
    """A warning that is always there is read by nobody."""
    form = (
        '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" '
        'value="a.json"/></spiffworkflow:properties></bpmn:extensionElements>'
    )
    body = LANE + node("startEvent", "s", name="来信") + node("userTask", "a", form, name="登记")

    assert lint(drawn(body + node("endEvent", "e", name="办结"), "s>a a>e"), "main") == ()
