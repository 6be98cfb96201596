"""Loops: instances with data of their own, rounds one after the other."""

from __future__ import annotations

from duban.model.facts import Kind
from tests.engine.diagrams import Walk, arrows, boundary, drawn, many, node, nodes, service, timer

WHISTLE = drawn(
    nodes("start:s user:z end:e") + node("userTask", "whistle", many("plan.units", item="unit", output="heard")),
    "s>whistle whistle>z z>e",
)


def test_every_instance_has_its_item_and_gives_back_one_value() -> None:
    """What an instance writes is its own; the list stands in the order of the items, not of the answers."""
    walk = Walk(WHISTLE, {"plan": {"units": ["N1", "N2", "N3"]}})

    assert walk.open == ["whistle#0", "whistle#1", "whistle#2"]
    assert walk.sees("whistle", 1)["unit"] == "N2"

    walk.complete("whistle", {"whistle": "third"}, nth=2)
    walk.complete("whistle", {"whistle": "first"}, nth=0)
    walk.complete("whistle", {"whistle": "second"})

    assert walk.sees("z") == {"plan": {"units": ["N1", "N2", "N3"]}, "heard": ["first", "second", "third"]}
    assert walk.outcome.written == {"heard": ["first", "second", "third"]}


def test_a_mapping_gives_back_a_mapping() -> None:
    """Instances are known by the keys of what they walk over."""
    walk = Walk(WHISTLE, {"plan": {"units": {"x": 1, "y": 2}}})
    opened = walk.open

    walk.complete("whistle", {"whistle": "a"})
    walk.complete("whistle", {"whistle": "b"})

    assert opened == ["whistle#x", "whistle#y"]
    assert walk.sees("z")["heard"] == {"x": "a", "y": "b"}


def test_no_items_means_no_instances() -> None:
    """An empty list is passed, with an empty result."""
    assert Walk(WHISTLE, {"plan": {"units": []}}).sees("z")["heard"] == []


def test_a_multi_instance_can_be_entered_again() -> None:
    """SpiffWorkflow refuses the second round: 'output must be empty'."""
    files = drawn(
        nodes("start:s xor:m user:z end:e")
        + node("userTask", "w", many("xs", output="out"))
        + node("exclusiveGateway", "x", default="f_x_e"),
        "s>m; m>w; w>z; z>x; x>m[z.again]; x>e",
    )
    walk = Walk(files, {"xs": [1, 2]})
    for n in (10, 20):
        walk.complete("w", {"w": n})
        walk.complete("w", {"w": n + 1})
        walk.complete("z", {"z": {"again": n == 10}})

    assert walk.data["out"] == [20, 21]


def test_instances_one_after_the_other() -> None:
    """A sequential multi-instance offers one at a time."""
    files = drawn(
        nodes("start:s user:z end:e") + node("userTask", "w", many("xs", output="out", sequential=True)),
        "s>w w>z z>e",
    )
    walk = Walk(files, {"xs": ["a", "b"]})
    seen = [walk.open]
    walk.complete("w", {"w": 1})
    seen.append(walk.open)
    walk.complete("w", {"w": 2})

    assert seen == [["w#0"], ["w#1"]]
    assert walk.sees("z")["out"] == [1, 2]


def test_enough_answers_end_the_loop_and_withdraw_the_rest() -> None:
    """The completion condition sees the counters and the last answer."""
    files = drawn(
        nodes("start:s user:z end:e")
        + node("userTask", "w", many("xs", output="out", until="numberOfCompletedInstances == 2 or w == 'all'")),
        "s>w w>z z>e",
    )
    walk = Walk(files, {"xs": [1, 2, 3, 4]})
    walk.complete("w", {"w": "some"}, nth=3)
    walk.complete("w", {"w": "more"})

    assert (walk.open, walk.sees("z")["out"]) == (["z"], ["more", "some"])
    assert len(walk.facts(Kind.WORK_WITHDRAWN)) == 2


def test_interrupting_instances_over_a_sub_process_leaves_nothing_behind() -> None:
    """SpiffWorkflow drops the children without cancelling them: the case is stuck for ever."""
    inside = nodes("start:si user:t end:ei") + arrows("si>t t>ei") + many("xs")
    walk = Walk(
        drawn(
            nodes("start:s user:z end:e end:e2")
            + node("subProcess", "sp", inside)
            + boundary("late", "sp", timer("PT1H")),
            "s>sp sp>e late>z z>e2",
        ),
        {"xs": [1, 2]},
    )
    before = walk.look().work

    walk.later(hours=2)

    assert [work.scope for work in before] == ["sp#0", "sp#1"]
    assert walk.open == ["z"]
    assert sorted(walk.outcome.closed) == [work.task for work in before]
    walk.complete("z")
    assert walk.ended == ("e2",)


def test_loops_nest() -> None:
    """The scope of an inner instance says every outer one."""
    inner = nodes("start:si end:ei") + node("userTask", "t", many("x.items", item="y")) + arrows("si>t t>ei")
    walk = Walk(
        drawn(nodes("start:s end:e") + node("subProcess", "sp", inner + many("xs")), "s>sp sp>e"),
        {"xs": [{"items": ["p", "q"]}, {"items": ["r"]}]},
    )

    assert walk.open == ["sp#0/t#0", "sp#0/t#1", "sp#1/t#0"]
    assert walk.sees("t", 2)["y"] == "r"


def test_calls_of_instances_are_answered_one_by_one() -> None:
    """Each instance asks for itself and takes its own answer."""
    call = service("ask", "u/ask", "ask", unit="x").replace(
        "</bpmn:serviceTask>", f"{many('xs', output='got')}</bpmn:serviceTask>"
    )
    walk = Walk(drawn(nodes("start:s user:z end:e") + call, "s>ask ask>z z>e"), {"xs": ["N1", "N2"]})
    wanted = [(call.scope, call.parameters) for call in walk.outcome.calls]

    walk.answer("ask", {"n": 2}, nth=1)
    walk.answer("ask", {"n": 1})

    assert wanted == [("ask#0", {"unit": "N1"}), ("ask#1", {"unit": "N2"})]
    assert walk.sees("z")["got"] == [{"n": 1}, {"n": 2}]


def test_a_standard_loop_goes_on_while_its_condition_holds() -> None:
    """Each round works on what the one before wrote."""
    loop = (
        '<bpmn:standardLoopCharacteristics loopMaximum="5"><bpmn:loopCondition>a.more</bpmn:loopCondition>'
        "</bpmn:standardLoopCharacteristics>"
    )
    walk = Walk(drawn(nodes("start:s end:e") + node("userTask", "a", loop), "s>a a>e"))
    walk.complete("a", {"a": {"more": True}})
    second = (walk.open, walk.sees("a"))
    walk.complete("a", {"a": {"more": False}})

    assert second == (["a#1"], {"a": {"more": True}})
    assert walk.ended == ("e",)


def test_what_is_no_list_is_an_incident() -> None:
    """A loop over a number must say so, and go on when the data is right."""
    walk = Walk(WHISTLE, {"plan": {"units": 7}})

    incident = walk.look().incidents[0]

    assert (incident.element, incident.reason) == ("whistle", "expression")
    assert "must be a list or a mapping" in incident.message
