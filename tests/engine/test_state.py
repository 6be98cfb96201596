"""States: small, versioned, read for ever, refused when unknown; the same bytes for the same inputs."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from duban.engine import process
from duban.engine.kernel.state import content
from duban.engine.kernel.tasks import pack, unpack
from duban.engine.kernel.vocabulary import vocabulary_of
from duban.engine.parse import prepare
from duban.engine.session import Session
from duban.errors import Corrupted, UnknownState
from tests.engine.diagrams import NOON, Days, Walk, boundary, drawn, many, node, nodes, timer

FORK = drawn(
    nodes("start:s and:g user:a user:b and:j end:e")
    + boundary("t", "a", timer("PT1H"), interrupting=False)
    + node("endEvent", "e2"),
    "s>g g>a g>b a>j b>j j>e t>e2",
)
VERSION_1 = bytes.fromhex(
    "97010890c092c41782a16b01a57469746c65ace8b7afe781afe4b88de4baaec41d83a16b01a57469746c65ace8b7afe781afe4b88de4baaea1"
    "6281a1760293959703ff40040002809504004006009506011005009707010808000081a16493cf00064c03757cf400c000970800080a010381"
    "a17601c0c090"
)
"""FORK after ``b`` was completed with ``{"b": {"v": 2}}``, as the first version wrote it."""


def test_a_state_of_the_first_version_is_read() -> None:
    """A case may live for years; an upgrade must never strand it."""
    walk = Walk(FORK, {"k": 1, "title": "路灯不亮"})
    walk.complete("b", {"b": {"v": 2}})
    old = process.look(walk.definition, VERSION_1)

    assert old == walk.look()
    walk.state = VERSION_1
    walk.complete("a", {"a": 3})
    assert (walk.ended, walk.data) == (("e",), {"k": 1, "title": "路灯不亮", "b": {"v": 2}, "a": 3})


def test_a_state_of_an_unknown_version_is_refused() -> None:
    """It is never guessed: the message says which release to use."""
    walk = Walk(FORK)
    newer = pack((99, *unpack(walk.state)[1:]))

    with pytest.raises(UnknownState, match="version 99"):
        process.look(walk.definition, newer)


@pytest.mark.parametrize(
    "state",
    [
        b"", b"\xc1", b"nonsense", pack([2, 5]), pack([2, 5, [], None, [[], [], []], 7, 8]),
        pack([[1], 5]), pack([True]),
    ],
)  # fmt: skip
def test_what_is_no_state_is_refused(state: bytes) -> None:
    """A damaged row is told as such, not as an error deep in the engine."""
    with pytest.raises(Corrupted):
        process.look(Walk(FORK).definition, state)


def test_values_that_tasks_share_are_stored_once() -> None:
    """Ten instances and a timer on each do not carry ten copies of the petition."""
    body = {"petition": "字" * 400}
    files = drawn(nodes("start:s end:e") + node("userTask", "w", many("xs", output="out")), "s>w w>e")
    few = Walk(files, {**body, "xs": [1]})
    more = Walk(files, {**body, "xs": list(range(10))})

    assert len(more.state) < len(few.state) + 250


LOOP = drawn(
    nodes("start:s xor:m and:f user:a user:b and:j end:e")
    + node("exclusiveGateway", "x", default="f_x_e")
    + boundary("late", "a", timer("PT1H"), interrupting=False)
    + node("endEvent", "e2"),
    "s>m; m>f; f>a; f>b; a>j; b>j; j>x; x>m[a.again]; x>e; late>e2",
)


def test_a_state_does_not_grow_with_age() -> None:
    """History is forgotten at every save; the journal keeps it."""
    walk = Walk(LOOP, {"text": "x" * 300})
    sizes = []
    for _ in range(60):
        walk.later(hours=2)
        walk.complete("a", {"a": {"again": True}})
        walk.complete("b", {"b": 1})
        sizes.append(len(walk.state))

    assert max(sizes[2:]) - sizes[2] < 20


def test_a_saved_case_goes_on_as_one_that_stayed_in_memory() -> None:
    """What is pruned is needed by nobody: same work, same data, same task numbers."""
    saved = Walk(LOOP, {"k": 1})
    kept = Session.new(saved.definition, now=NOON, deadlines=Days())
    kept.start({"k": 1})
    for n in range(4):
        for element in ("b", "a"):
            task = saved.task(element)
            saved.complete(element, {element: {"again": n < 3, "n": n}})
            kept.at(NOON, Days())
            kept.complete(task, {element: {"again": n < 3, "n": n}})

    assert kept.outcome().state == saved.state
    assert saved.ended == ("e",)


def test_the_same_inputs_give_the_same_outcome() -> None:
    """Verification re-runs a case and compares: nothing may come from outside the inputs."""
    walk = Walk(LOOP, {"k": 1})
    first = process.tick(walk.definition, walk.state, now=NOON + timedelta(hours=3), deadlines=Days())
    second = process.tick(walk.definition, walk.state, now=NOON + timedelta(hours=3), deadlines=Days())

    assert first == second


def test_the_same_inputs_give_the_same_bytes_in_another_process() -> None:
    """Another seed of the hash function, another order of sets: the bytes must not know."""
    program = (
        "from tests.engine.test_state import LOOP; from tests.engine.diagrams import Walk\n"
        "walk = Walk(LOOP, {'k': 1, 'z': {'b': 2, 'a': [True, None, 1.5]}}); walk.later(hours=2)\n"
        "walk.complete('b', {'b': 1}); print(walk.state.hex())"
    )
    root = Path(__file__).parents[2]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


def test_prepared_specs_cannot_be_changed() -> None:
    """They are shared by all cases of a definition: one case must not leak into another."""
    session = Session.new(Walk(FORK).definition, now=NOON, deadlines=Days())

    with pytest.raises(TypeError, match="never changes"):
        session.case.spec.task_specs["a"].outs = ()


def test_a_large_state_is_squeezed_and_keeps_its_identity() -> None:
    """Real forms repeat their field names; a damaged row is found, and zlib's version must not matter."""
    walk = Walk(FORK, {f"step{n}": {"_by": n, "_unit": "PCS01", "_at": NOON.isoformat()} for n in range(40)})
    rewritten = content(walk.state, prepare(walk.definition).spec.vocabulary)

    assert len(walk.state) < len(rewritten) / 2
    assert process.digest(walk.definition, walk.state) == process.digest(walk.definition, rewritten)
    assert process.look(walk.definition, rewritten) == walk.look()
    with pytest.raises(Corrupted, match="damaged"):
        process.look(walk.definition, walk.state[:-8] + b"\0" * 8)


def test_the_vocabulary_of_a_definition_never_changes() -> None:
    """States are squeezed by it: with other words, or in another order, every stored case would be lost."""
    files = {
        "a.bpmn": b'<task id="sign"/> sign.decision == "agreed" sign.decision <x id="sign_di"/> <f id="a__b"/>',
        "t.dmn": b"",
    }

    assert vocabulary_of(files) == b"".join(map(pack, ["_at", "_by", "_unit", "agreed", "sign", "decision"]))
