"""Mangled diagrams: whatever somebody does to a file, it is run or refused with a sentence; nothing breaks."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from lxml import etree

from duban.engine import process
from duban.engine.parse import parse
from duban.errors import DiagramError
from tests.engine.diagrams import NOON, Days, arrows, boundary, drawn, many, node, nodes, service, timer

BESIDE = (
    '<bpmn:message id="m" name="more"/><bpmn:signal id="sg" name="sg"/><bpmn:error id="er" name="er" errorCode="E"/>'
    '<bpmn:correlationProperty id="no"><bpmn:correlationPropertyRetrievalExpression messageRef="m">'
    "<bpmn:messagePath>no</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
)
INNER = nodes("start:si user:t") + node("endEvent", "bad", '<bpmn:errorEventDefinition errorRef="er"/>')
BODY = (
    nodes("start:s xor:x and:g and:j race:r user:a user:b user:z end:e end:e2 end:e3 end:e4")
    + service("ask", p="v")
    + node("scriptTask", "sc", "<bpmn:script>w = 1</bpmn:script>")
    + node("subProcess", "sp", INNER + arrows("si>t t>bad") + many("xs", output="out"))
    + node("intermediateCatchEvent", "c1", '<bpmn:messageEventDefinition messageRef="m"/>')
    + node("intermediateCatchEvent", "c2", timer("PT1H"))
    + boundary("late", "a", timer('deadline("X5")'), interrupting=False)
    + boundary("caught", "sp", '<bpmn:errorEventDefinition errorRef="er"/>')
)
WHOLE = drawn(
    BODY,
    "s>x; x>g[v == 1]; x>r[v == 2]; g>a; g>ask; a>j; ask>j; j>sc; sc>sp; sp>e; caught>z; z>e2; late>e3; "
    "r>c1; r>c2; c1>b; c2>b; b>e4",
    beside=BESIDE,
)["main.bpmn"]
TEXTS = ("", "1 +", "x", 'deadline("X5")', "[]", "R/PT1S", "é", None)


def mangled(seed: int) -> bytes:
    """Return the diagram after a few things were done to it."""
    chance = random.Random(seed)
    root = etree.fromstring(WHOLE)
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    for _ in range(chance.choice([1, 1, 2, 4])):
        element, other = chance.choice(elements), chance.choice(elements)
        what = chance.choice(["remove", "forget", "change", "change", "text", "move", "rename"])
        if what == "remove" and (parent := element.getparent()) is not None:
            parent.remove(element)
        elif what == "forget" and element.attrib:
            del element.attrib[chance.choice(list(element.attrib))]
        elif what == "change" and element.attrib:
            name = chance.choice(list(element.attrib))
            element.attrib[name] = chance.choice([other.get("id") or "x", "", "true", "no/#", "0"])
        elif what == "text":
            element.text = chance.choice(TEXTS)
        elif what == "move" and other not in (element, *element.iterancestors()):
            element.append(other)
        elif what == "rename":
            element.tag = other.tag
    return etree.tostring(root)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_a_mangled_diagram_runs_or_is_refused_with_a_sentence(first: int) -> None:
    """Each problem names what it is about; no other error leaves the engine."""
    refused = 0
    silent: list[object] = []
    for seed in range(first, first + 100):
        try:
            definition = parse({"main.bpmn": mangled(seed)}, "main")
        except DiagramError as error:
            refused += 1
            silent += [problem for problem in error.problems if not problem.message or not problem.file]
            continue
        for v in (1, 2):
            outcome = process.start(definition, {"v": v, "xs": [1]}, now=NOON, deadlines=Days())
            later = process.tick(definition, outcome.state, now=NOON + timedelta(days=30), deadlines=Days())
            process.look(definition, later.state)

    assert silent == []
    assert 20 < refused < 100
