"""Who may do a step: a role that the data name, and persons who may not."""

from __future__ import annotations

from typing import Any

import pytest

from duban.errors import DiagramError
from duban.model.facts import Kind
from tests.engine.diagrams import Walk, drawn, node, nodes, properties

LANE = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="officer.handling" name="承办民警">'
    "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)


def asked(data: dict[str, Any], **said: str) -> Walk:
    """Return a case at a step with these properties, in the lane of the officers."""
    body = LANE + nodes("start:s end:e") + node("userTask", "a", properties(**said))
    return Walk(drawn(body, "s>a a>e"), data)


@pytest.mark.parametrize(
    ("said", "role"),
    [
        # nothing said: the lane
        ({}, "officer"),
        # a bare word is a role, whatever the data hold under that name
        ({"role": "leader"}, "leader"),
        # more than a bare word is asked of the data
        ({"role": "level.role"}, "chief"),
        ({"role": '"chief" if grave else "leader"'}, "leader"),
        # the data say none: the lane
        ({"role": "level.nobody"}, "officer"),
    ],
)
def test_the_role_is_the_lanes_or_what_the_data_say(said: dict[str, str], role: str) -> None:
    """A chain of escalation is data: one step is asked of each level's role in turn."""
    walk = asked({"leader": "x", "grave": False, "level": {"role": "chief", "nobody": None}}, **said)

    assert [work.role for work in walk.outcome.opened] == [role]
    assert walk.look().work == walk.outcome.opened


@pytest.mark.parametrize(
    ("not_by", "excluded"),
    [
        ("did.by", ("p1",)),
        # whoever is not known excludes nobody
        ("[did.by, None, did.other, did.by]", ("p1", "p2")),
        ("None", ()),
        ("[]", ()),
    ],
)
def test_who_did_one_step_may_be_kept_from_another(not_by: str, excluded: tuple[str, ...]) -> None:
    """Whoever handled a petition must not review it (separation of duties)."""
    walk = asked({"did": {"by": "p1", "other": "p2"}}, not_by=not_by)

    assert [work.excluded for work in walk.outcome.opened] == [excluded]
    assert walk.look().work == walk.outcome.opened
    assert walk.facts(Kind.WORK_OPENED)[0].get("excluded", []) == list(excluded)


def test_people_who_are_none_make_an_incident() -> None:
    """A wrong expression must not let the excluded person through."""
    walk = asked({"did": {"by": {"id": "p1"}}}, not_by="did.by")

    assert [(found.element, found.reason) for found in walk.outcome.incidents] == [("a", "expression")]
    assert walk.open == []


@pytest.mark.parametrize("name", ["role", "not_by"])
def test_an_expression_that_cannot_be_read_is_refused(name: str) -> None:
    """The gate reads every text of a step."""
    with pytest.raises(DiagramError) as refusal:
        asked({}, **{name: "a ++"})

    assert [(found.element, found.message.startswith(name)) for found in refusal.value.problems] == [("a", True)]
