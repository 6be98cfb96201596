"""Hostile texts: each is stopped or harmless within its limit, as an expression, as a cell and as a script."""

from __future__ import annotations

import builtins
import time
from datetime import UTC, datetime

import pytest

from duban.engine.expressions import ExpressionError, compile_expression
from duban.engine.feel.cells import compile_value
from duban.engine.feel.tokens import FeelError
from duban.engine.scripts import ScriptError, check_script, run_script

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 10.0
"""Seconds: a script may run for half a second, but the machine that tests is slow and shared."""

EXPRESSIONS = {
    "import a module": '__import__("os").getpid()',
    "walk to every class": "().__class__.__base__.__subclasses__()",
    "the same by getattr": 'getattr((), "__cla" + "ss__")',
    "the same by format": '"{0.__class__.__init__.__globals__}".format(print)',
    "a generator's frame": "(x for x in [1]).gi_frame.f_back",
    "read a file": 'open("/etc/passwd").read()',
    "a huge power": "10**10**8",
    "a huge text": 'len("a" * 10**10)',
    "a huge list": "[0] * 10**10",
    "a huge number in a text": '"%1000000000d" % 1',
    "a huge rounding": "round(1, -10**10)",
    "a shift": "1 << 10**10",
    "deep brackets": "(" * 3000 + "1" + ")" * 3000,
    "deep lists": "[" * 900 + "]" * 900,
    "a long chain": "1" + "+1" * 900,
    "many nots": "not " * 450 + "a",
    "nested loops": "[1 for a in 'aaaaaaaaaaaaaaaa' for b in [a] * 9999 for c in [b] * 9999]",
    "a lambda calling itself": "(lambda f: f(f))(lambda f: f(f))",
    "builtins": '__builtins__["len"]',
    "a class": "int.__subclasshook__",
    "evaluation": 'eval("1")',
}
SCRIPTS = {
    "import a module": "import os\nx = os.getcwd()",
    "import late": 'x = __import__("os").getcwd()',
    "a generator's frame": "def g():\n    yield 1\nx = g().gi_frame.f_back",
    "read a file": 'x = open("/etc/passwd").read()[:20]',
    "an endless loop": "while True:\n    pass",
    "an endless loop that catches": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    ),
    "a huge list": "x = [0] * (10**10)",
    "doubling": "x = [1]\nwhile True:\n    x = x + x",
    "doubling inside": "x = []\nfor i in range(100):\n    x = [x, x]\ny = str(x)",
    "deep recursion": "def f(n):\n    return f(n + 1)\nx = f(0)",
    "a regular expression that explodes": 'import re\nx = re.match("(a+)+$", "a" * 40 + "b") is None',
    "change builtins": '__builtins__["len"] = None',
    "flood the output": "for i in range(10**8):\n    print(i)",
    "sleep": "import time\ntime.sleep(100)",
    "sleep asynchronously": "import asyncio\nasync def f():\n    await asyncio.sleep(100)\nasyncio.run(f())",
    "leave": "raise SystemExit",
    "interrupt": "raise KeyboardInterrupt",
    "a list in itself": "x = []\nx.append(x)",
    "many names": "\n".join(f"a{n} = {n}" for n in range(1000)),
    "close the text early": 'x = 1\n"""',
    "take the last word": "_names = {'x': 1}\ndef locals():\n    return {'x': 2}",
    "say a number that no machine reads": "x = 10 ** 5000\ny = str(x)",
}


@pytest.mark.parametrize("text", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_no_hostile_expression_gets_through(text: str) -> None:
    """An expression reaches the data and the published functions, at a price that is known."""
    began = time.monotonic()

    with pytest.raises(ExpressionError):
        compile_expression(text).evaluate({"a": 1})

    assert time.monotonic() - began < LIMIT


@pytest.mark.parametrize("text", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_no_hostile_cell_gets_through(text: str) -> None:
    """FEEL knows no such thing: the cell is refused, or its value is null or a plain one."""
    began = time.monotonic()
    try:
        found = compile_value(text).evaluate({"a": 1})
    except FeelError:
        found = None

    assert found is None or isinstance(found, int | str | list) or found.is_finite()
    assert time.monotonic() - began < LIMIT


@pytest.mark.parametrize("text", [*EXPRESSIONS.values(), *SCRIPTS.values()], ids=[*EXPRESSIONS, *SCRIPTS])
def test_no_hostile_script_gets_through(text: str) -> None:
    """A script is stopped at its limit of time or memory, and nothing of this process changes."""
    before = dict(vars(builtins))
    began = time.monotonic()
    try:
        check_script(text)
        found = run_script(text, {}, NOW).written
    except ScriptError:
        found = {}

    assert time.monotonic() - began < LIMIT
    assert vars(builtins) == before
    assert "root:" not in str(found)


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_hostile_scripts_are_stopped_even_unchecked(text: str) -> None:
    """The sandbox holds by itself; the check at loading is a courtesy to designers."""
    began = time.monotonic()
    try:
        found = run_script(f"if True:\n    exec({text!r})" if "exec" not in text else text, {}, NOW).written
    except ScriptError:
        found = {}

    assert found == {}
    assert time.monotonic() - began < LIMIT


def test_the_next_script_runs_after_a_hostile_one() -> None:
    """A worker that was stopped is replaced."""
    with pytest.raises(ScriptError, match=r"ran longer than 0\.5 s"):
        run_script(SCRIPTS["an endless loop"], {}, NOW)
    with pytest.raises(ScriptError, match="used more than 64 MiB"):
        run_script(SCRIPTS["a huge list"], {}, NOW)

    assert run_script("x = 1", {}, NOW).written == {"x": 1}
