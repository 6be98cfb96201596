"""The engine does what the independent interpreter says, whatever the process, whatever the order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from duban.engine.kernel import events, moving
from duban.engine.kernel.joins import Inclusive
from duban.engine.kernel.loops import MultiInstance
from duban.engine.kernel.scopes import Root
from tests.differential.generator import generate
from tests.differential.harness import DivergedError, play
from tests.differential.interpreter import Interpreter
from tests.differential.merging import Clash, meet
from tests.differential.tokens import Moment

CASES = 300
CHUNK = 25
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_the_engine_does_what_the_interpreter_says(first: int) -> None:
    """After every command: the same work, calls, timers, waits, incidents and data; at the end the same ends."""
    played = [play(seed) for seed in range(first, first + CHUNK)]

    assert sum(case.steps for case in played) > CHUNK


def test_the_same_input_gives_the_same_bytes() -> None:
    """Replay and audit stand on it: every command is done twice."""
    played = [play(seed, twice=True) for seed in range(1000, 1020)]

    assert all(case.steps for case in played)


def test_another_process_gives_the_same_bytes() -> None:
    """Nothing may depend on the order of a set or on an object's address."""
    command = [sys.executable, "-m", "tests.differential", "--digests", "--cases", "8", "--seed", "2000"]
    digests = [
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.split()
        for seed in ("1", "77")
    ]

    assert digests[0] == digests[1]
    assert len(digests[0]) == 8


def does_not_wait(_join: Any, _workflow: Any, arrivals: Any) -> Any:
    """An inclusive join that fires at once."""
    return arrivals


def forgets(_loop: Any, my_task: Any, _round: Any) -> None:
    """A multi-instance that loses what an instance gave."""
    my_task.internal_data["o"].append([0, None])


def stands(_task: Any) -> None:
    """A limit that never moves."""


def first_start(root: Any, _message: Any) -> Any:
    """A process that always begins at the start event drawn first."""
    return root.outs[0]


def hears_once(*_: Any) -> None:
    """A boundary event that does not wait again."""


@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (Inclusive, "complete_set", does_not_wait),
        (MultiInstance, "take", forgets),
        (events, "wait_again", hears_once),
        (moving, "count_again", stands),
        (Root, "chosen", first_start),
    ],
)
def test_a_kernel_that_does_wrong_is_found_out(
    where: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comparison that never fails would prove nothing."""
    monkeypatch.setattr(where, name, wrong)

    with pytest.raises(DivergedError):
        deque(map(play, range(60)), maxlen=0)


def test_a_seed_names_one_process() -> None:
    """A seed printed on one machine must find the same case on another."""
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def test_tokens_that_meet_know_what_each_changed() -> None:
    """The interpreter's own merge, on the table that people agreed on."""
    fork = Moment({"kept": 0, "left": 0, "right": 0, "gone": 0, "both": {"a": 0, "b": 0}})
    left = fork.next(left=1, both={"a": 1, "b": 0})
    right = fork.next(right=2, both={"a": 0, "b": 2})
    del right.data["gone"]

    assert meet([left, right]) == ({"kept": 0, "left": 1, "right": 2, "both": {"a": 1, "b": 2}}, [])


def test_tokens_that_changed_one_thing_differently_clash() -> None:
    """A person must choose; nothing is chosen silently."""
    fork = Moment({"v": {"w": 0}})

    _, clashes = meet([fork.next(v={"w": 1}), fork.next(v={"w": 2})])

    assert clashes == [Clash(path=("v", "w"), base=0, values=(1, 2))]


def test_tokens_that_parted_last_meet_first() -> None:
    """A handler armed in a later round is compared with that round, not with the start."""
    start = Moment({"v": 0})
    early = start.next(e=1)
    round_two = start.next(v=2)
    main, late = round_two.next(m=1), round_two.next(l=1)

    assert meet([early, main, late]) == ({"v": 2, "e": 1, "m": 1, "l": 1}, [])


def test_the_interpreter_knows_nothing_of_the_engine() -> None:
    """Else both could be wrong together."""
    folder = Path(__file__).parent
    independent = [
        "shapes",
        "tokens",
        "merging",
        "opens",
        "instances",
        "interpreter",
        "generator",
        "drawing",
        "commands",
    ]
    texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in independent]

    assert not [text for text in texts if "import duban" in text or "from duban" in text or "SpiffWorkflow" in text]
    assert Interpreter.__module__ == "tests.differential.interpreter"
