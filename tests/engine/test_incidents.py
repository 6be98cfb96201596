"""Incidents: one token stops, visibly; everything else goes on, and a person settles it."""

from __future__ import annotations

import pytest

from duban.engine import process
from duban.errors import AlreadyDone, Refused
from duban.model.facts import Kind
from tests.engine.diagrams import NOON, Days, Walk, boundary, drawn, node, nodes, properties, service, timer

BROKEN = drawn(
    nodes("start:s and:g user:other user:z end:e end:e2")
    + node("scriptTask", "sc", "<bpmn:script>w = 10 / v['n']</bpmn:script>"),
    "s>g g>sc g>other sc>z z>e other>e2",
)


def test_a_failed_script_stops_its_own_token_only() -> None:
    """SpiffWorkflow lets the exception leave the engine: the whole step is lost."""
    walk = Walk(BROKEN, {"v": {"n": 0}})

    assert [(i.element, i.reason) for i in walk.look().incidents] == [("sc", "script")]
    assert walk.open == ["other"]
    walk.complete("other")
    assert walk.ended is None
    assert [incident.element for incident in walk.look().incidents] == ["sc"]


def test_a_retry_that_fails_again_stays_an_incident() -> None:
    """Settled and opened in one step: the list of incidents stays true."""
    walk = Walk(BROKEN, {"v": {"n": 0}})
    task = walk.look().incidents[0].task

    walk.retry()

    assert walk.outcome.settled == (task,)
    assert [incident.task for incident in walk.outcome.incidents] == [task]
    assert walk.facts(Kind.INCIDENT_SETTLED) == [
        {"task": task, "element": "sc", "scope": "", "decision": {"retry": True}}
    ]


def test_a_person_may_put_the_data_right_and_retry() -> None:
    """Otherwise a missing key would stop the token for ever."""
    walk = Walk(BROKEN, {"v": {"n": 0}})

    walk.retry(v={"n": 5})

    assert sorted(walk.open) == ["other", "z"]
    assert walk.sees("z") == {"v": {"n": 5}, "w": 2}
    assert [fact["data"] for fact in walk.facts(Kind.DATA_WRITTEN)] == [{"v": {"n": 5}}, {"w": 2}]


def test_work_whose_unit_cannot_be_found_is_not_offered_until_it_can() -> None:
    """A work item without an owner would be lost; an incident is seen."""
    task = node("userTask", "a", properties(unit="get(holder, 'unit').code"))
    objects = '<bpmn:dataObject id="holder"/><bpmn:dataObjectReference id="hr" dataObjectRef="holder"/>'
    fix = node(
        "userTask",
        "fix",
        '<bpmn:dataOutputAssociation id="da"><bpmn:targetRef>hr</bpmn:targetRef></bpmn:dataOutputAssociation>',
    )
    walk = Walk(drawn(objects + nodes("start:s and:g end:e end:e2") + task + fix, "s>g g>a g>fix a>e fix>e2"))
    before = (walk.open, [incident.element for incident in walk.look().incidents])
    walk.complete("fix", {"holder": {"unit": {"code": "PCS01"}}})

    walk.retry()

    assert before == (["fix"], ["a"])
    assert [(work.element, work.unit) for work in walk.outcome.opened] == [("a", "PCS01")]


def test_an_incident_that_is_interrupted_is_gone() -> None:
    """Nobody must settle what the case has left behind."""
    edge = boundary("late", "ask", timer("PT1H"))
    walk = Walk(
        drawn(nodes("start:s user:z end:e end:e2") + service("ask", n="missing") + edge, "s>ask ask>e late>z z>e2")
    )
    task = walk.look().incidents[0].task

    walk.later(hours=2)

    assert (walk.open, walk.look().incidents) == (["z"], ())
    assert walk.outcome.settled == (task,)
    assert walk.outcome.uncalled == ()


def test_what_is_no_incident_cannot_be_settled() -> None:
    """Two people settle one incident: the second is told."""
    walk = Walk(BROKEN, {"v": {"n": 0}})
    other = walk.task("other")

    with pytest.raises(AlreadyDone):
        process.settle(walk.definition, walk.state, other, process.Retry(), now=NOON, deadlines=Days())
    with pytest.raises(Refused, match="nothing to choose"):
        walk.choose({"v": 1})


def test_a_decision_that_cannot_be_made_is_an_incident_with_its_table() -> None:
    """Two rows of a UNIQUE table match: SpiffWorkflow takes the first and says nothing."""
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="D" name="D" namespace="http://x">'
        '<decision id="route" name="route"><decisionTable id="dt" hitPolicy="UNIQUE">'
        '<input id="i"><inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input>'
        '<output id="o" name="unit" typeRef="string"/>'
        '<rule id="r1"><inputEntry id="a1"><text>&gt; 1</text></inputEntry>'
        '<outputEntry id="b1"><text>"A"</text></outputEntry></rule>'
        '<rule id="r2"><inputEntry id="a2"><text>&gt; 5</text></inputEntry>'
        '<outputEntry id="b2"><text>"B"</text></outputEntry></rule></decisionTable></decision></definitions>'
    )
    asks = node(
        "businessRuleTask",
        "way",
        "<bpmn:extensionElements><spiffworkflow:calledDecisionId>route</spiffworkflow:calledDecisionId>"
        "</bpmn:extensionElements>",
    )
    files = {**drawn(nodes("start:s user:z end:e") + asks, "s>way way>z z>e"), "route.dmn": table.encode()}

    made = Walk(files, {"n": 3})
    failed = Walk(files, {"n": 7})

    assert made.sees("z") == {"n": 3, "way": {"unit": "A"}}
    assert [fact["rules"] for fact in made.facts(Kind.DECISION_MADE)] == [["r1"]]
    assert [(i.element, i.reason, i.detail) for i in failed.look().incidents] == [
        ("way", "decision", {"decision": "route"})
    ]
