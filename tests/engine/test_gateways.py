"""Gateways: which way a token goes, and where tokens wait for each other."""

from __future__ import annotations

import pytest

from tests.engine.diagrams import Walk, boundary, drawn, node, nodes, timer

XOR = drawn(
    f"{nodes('start:s user:a user:b user:c end:e1 end:e2 end:e3')}{node('exclusiveGateway', 'x', default='f_x_c')}",
    "s>x; x>a[n > 5]; x>b[n > 1]; x>c; a>e1; b>e2; c>e3",
)


@pytest.mark.parametrize(
    ("n", "way"),
    [
        (9, ["a"]),  # both conditions hold: the first in the document wins, wherever the shapes are drawn
        (3, ["b"]),
        (0, ["c"]),  # none holds: the default
    ],
)
def test_an_exclusive_gateway_takes_the_first_flow_of_the_document(n: int, way: list[str]) -> None:
    """Moving a box in the drawing must not change what happens."""
    assert Walk(XOR, {"n": n}).open == way


def test_no_way_out_is_an_incident_that_can_be_retried_after_the_data_changed() -> None:
    """A hole in the conditions must stop one token, visibly, and nothing else."""
    files = drawn(
        nodes("start:s and:g xor:x user:fix user:a end:e1 end:e2 end:e3"),
        "s>g; g>x; g>fix; x>a[get(data_of, 'n', 0) == 1]; x>e3[get(data_of, 'n', 0) == 2]; fix>e1; a>e2",
    )
    walk = Walk(files, {"data_of": {}})

    incident = walk.look().incidents[0]
    assert (incident.element, incident.reason) == ("x", "no_flow")
    assert incident.detail["data"] == {"data_of": {}}
    assert walk.open == ["fix"]

    walk.retry()

    assert [i.reason for i in walk.look().incidents] == ["no_flow"]


def loop_with(gateway: str) -> dict[str, bytes]:
    """Two branches that join inside a loop."""
    condition = "[True]" if gateway == "or" else ""
    return drawn(
        nodes(f"start:s xor:m {gateway}:f user:a user:b {gateway}:j user:c end:e")
        + node("exclusiveGateway", "x", default="f_x_e"),
        f"s>m; m>f; f>a{condition}; f>b{condition}; a>j; b>j; j>c; c>x; x>m[c.again]; x>e",
    )


@pytest.mark.parametrize("gateway", ["and", "or"])
@pytest.mark.parametrize("first", ["a", "b"])
def test_a_join_in_a_loop_waits_for_all_branches_in_every_round(gateway: str, first: str) -> None:
    """SpiffWorkflow counts the arrivals of earlier rounds and fires early from the second round on."""
    walk = Walk(loop_with(gateway))
    seen = []
    for _ in range(3):
        walk.complete(first)
        seen.append(walk.open)
        walk.complete("b" if first == "a" else "a")
        seen.append(walk.open)
        walk.complete("c", {"c": {"again": True}})

    other = "b" if first == "a" else "a"
    assert seen == [[other], ["c"]] * 3


def test_an_inclusive_join_waits_only_for_tokens_that_can_still_come() -> None:
    """BPMN 2.0, 13.4.3: a branch that was not taken, or has ended elsewhere, holds nobody up."""
    files = drawn(
        nodes("start:s or:f user:a user:b user:c or:j user:z end:e end:out")
        + node("exclusiveGateway", "x", default="f_x_j"),
        "s>f; f>a[True]; f>b[take_b]; f>c[False]; a>x; x>out[a.leave]; x>j; b>j; c>j; j>z; z>e",
    )
    walk = Walk(files, {"take_b": True})
    walk.complete("b")
    waiting = walk.open

    walk.complete("a", {"a": {"leave": True}})

    assert waiting == ["a"]
    assert walk.open == ["z"]


def test_excess_tokens_wait_for_the_next_round_of_a_parallel_join() -> None:
    """BPMN 2.0, 13.4.1: one token of each flow is consumed, the rest stay at the gateway."""
    files = drawn(
        nodes("start:s and:f xor:m user:a user:b user:c and:j user:z end:e"),
        "s>f; f>a; f>b; f>c; a>m; b>m; m>j; c>j; j>z; z>e",
    )
    walk = Walk(files)
    walk.complete("a")
    walk.complete("b")
    walk.complete("c")

    assert walk.open == ["z"]
    walk.complete("z")
    assert walk.ended is None


def race(*hours: int) -> dict[str, bytes]:
    """An event gateway with timers, the later ones drawn first."""
    catches = "".join(node("intermediateCatchEvent", f"t{h}", timer(f"PT{h}H")) for h in hours)
    users = " ".join(f"user:u{h} end:e{h}" for h in hours)
    ways = " ".join(f"g>t{h} t{h}>u{h} u{h}>e{h}" for h in hours)
    return drawn(f"{nodes(f'start:s race:g {users}')}{catches}", f"s>g {ways}")


def test_each_timer_of_an_event_gateway_keeps_its_own_time() -> None:
    """SpiffWorkflow keeps one value for all of them: with 72 h drawn first, the 1 h timer never fires."""
    walk = Walk(race(72, 1))

    walk.later(hours=2)

    assert walk.open == ["u1"]
    assert walk.dues == {}


def test_after_a_pause_the_timer_that_was_due_first_wins() -> None:
    """A server that slept must not let the drawing decide."""
    walk = Walk(race(72, 1))

    walk.later(hours=100)

    assert walk.open == ["u1"]


def test_a_circle_without_waiting_is_stopped() -> None:
    """A wrong condition must not hang the house."""
    files = drawn(
        nodes("start:s xor:m end:e") + node("exclusiveGateway", "x", default="f_x_m"), "s>m; m>x; x>m; x>e[False]"
    )

    walk = Walk(files)

    assert [incident.reason for incident in walk.look().incidents] == ["endless"]


def test_link_events_are_a_way_inside_one_level() -> None:
    """SpiffWorkflow ends the token at the throwing link, without a word."""
    body = nodes("start:s user:a user:b end:e") + (
        '<bpmn:intermediateThrowEvent id="t"><bpmn:linkEventDefinition name="L"/></bpmn:intermediateThrowEvent>'
        '<bpmn:intermediateCatchEvent id="c"><bpmn:linkEventDefinition name="L"/></bpmn:intermediateCatchEvent>'
    )
    walk = Walk(drawn(body, "s>a a>t c>b b>e"))

    walk.complete("a")

    assert walk.open == ["b"]


def test_a_step_without_a_way_out_ends_its_token() -> None:
    """BPMN 2.0, 13.2.2: no outgoing flow means that the token is consumed; other modellers draw it."""
    walk = Walk(drawn(nodes("start:s user:a"), "s>a"))

    walk.complete("a", {"a": 1})

    assert (walk.ended, walk.data) == ((), {"a": 1})


def test_an_interrupted_branch_frees_the_inclusive_join() -> None:
    """SpiffWorkflow's join also fires early when a boundary event sits in a branch."""
    edge = boundary("late", "a", timer("PT1H"))
    files = drawn(
        nodes("start:s or:f user:a user:b or:j user:z user:h end:e end:e2") + edge,
        "s>f; f>a[True]; f>b[True]; a>j; b>j; j>z; z>e; late>h; h>e2",
    )
    walk = Walk(files)
    walk.complete("b")
    before = walk.open

    walk.later(hours=2)

    assert before == ["a"]
    assert sorted(walk.open) == ["h", "z"]
