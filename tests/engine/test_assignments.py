"""Assignments: plain scripts without the sandbox come to what the sandbox comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from duban.engine.assignments import read, run
from duban.engine.scripts import ScriptError, run_script
from tests.engine.diagrams import NOON

DATA: dict[str, Any] = {"n": 2, "x": 1.5, "t": "ab", "m": {"k": [1, {"z": None}]}, "yes": True, "nothing": None}
BPMN = Path(__file__).parents[2] / "bpmn"


@pytest.mark.parametrize(
    "script",
    [
        "n = n + 1",
        "a = 0\nb = a - 1\na = b * 3",  # later lines see earlier ones
        "u = m['k'][1]['z']",
        "w = {'at': t, 'list': [n, x, -n]} if yes and n > 1 else None",
        "v = t + 'c' if nothing is None else t",
        "s = n in m['k']\nq = not yes or n <= 2 != 3",
        "same = n\nn = n",  # written even if the value is the one that was there
        "big = 9007199254740991",
        "t = t * 3\nl = m['k'] + [t]",
        "if yes and nothing is None:\n    a = 1\nelse:\n    b = 2",
        "if nothing:\n    a = 1\nelif n > 1:\n    b = 2\nelse:\n    c = 3",
        "if m['k'][1]:\n    if n == 3:\n        a = 1\n    n = 4\nd = n",
        "del n, t",
        "if yes:\n    del m\na = 1\ndel x",
        "a = 1\ndel a",
        "del missing",
        "del n\nn = 5",  # written again: not gone
        "n = 5\ndel n",
    ],
)
def test_a_plain_script_comes_to_the_same_without_the_sandbox(script: str) -> None:
    """The designer must not notice which way it ran."""
    assert read(script) is not None

    with_sandbox = run_script(script, DATA, NOON)
    without = run(script, DATA, NOON)

    assert without.written == with_sandbox.written
    assert [type(value) for value in without.written.values()] == [
        type(with_sandbox.written[k]) for k in without.written
    ]
    assert without.gone == with_sandbox.gone


@pytest.mark.parametrize(
    "script",
    [
        *["a = missing", "a = m['nope']", "a = n + t", "a = n < t", "ok = 1\na = m['k'][9]", "a = x * 1e308 * 1e308"],
        *["if yes:\n    a = missing", "if missing:\n    a = 1"],
    ],
)
def test_what_fails_in_the_sandbox_fails_without_it(script: str) -> None:
    """With the same line."""
    with pytest.raises(ScriptError) as inside:
        run_script(script, DATA, NOON)
    with pytest.raises(ScriptError) as outside:
        run(script, DATA, NOON)

    assert outside.value.line in {inside.value.line, len(script.splitlines())}


@pytest.mark.parametrize(
    "script",
    [
        "a = len(t)",
        "a = t.upper()",
        "a: int = 1",
        "a = b = 1",
        "m['k'] = 1",
        "if yes:\n    pass",
        "if yes:\n    m['k'] = 1",
        "del m['k']",
        "a = [i for i in m]",
        "_a = 1\nb = _a",
        "a = f'{t}'",
        "a += 1",
        "a = (1, 2)",
        "a = 7 / 2",
        "",
    ],
)
def test_everything_else_goes_to_the_sandbox(script: str) -> None:
    """Only what means the same in both languages is taken."""
    assert not read(script)


def test_the_counters_of_the_shipped_diagrams_need_no_sandbox() -> None:
    """They are most of what runs: a year of petitions in minutes instead of hours."""
    scripts = [
        node.text
        for file in sorted(BPMN.glob("*.bpmn"))
        for node in etree.parse(file).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}script")
    ]

    assert len(scripts) > 5
    assert sum(read(script) is not None for script in scripts) > len(scripts) * 0.7
