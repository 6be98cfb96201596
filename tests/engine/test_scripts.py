"""Scripts: what they change, what they refuse, and that a process and its children each have a sandbox of their own."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from duban.engine import scripts
from duban.engine.scripts import RaisedError, ScriptError, ScriptResult, check_script, run_script
from duban.errors import OutsideError

NOW = datetime(2026, 2, 2, 16, 30, tzinfo=UTC)


def run(text: str, **data: Any) -> ScriptResult:
    """Check *text* as when a diagram is loaded, then run it on *data*."""
    check_script(text)
    return run_script(text, data, NOW)


def refusal(text: str, **data: Any) -> str:
    """Return the message with which *text* fails."""
    with pytest.raises(ScriptError) as caught:
        run(text, **data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "data", "written"),
    [
        ("return_n = return_n + 1", {"return_n": 1}, {"return_n": 2}),
        ("return_n += 1", {"return_n": 1}, {"return_n": 2}),
        ("a = 1\nif n > 5:\n    b = 2", {"n": 1}, {"a": 1}),
        ("levels.append('催办')", {"levels": ["通知"]}, {"levels": ["通知", "催办"]}),
        ("sign['unit'] = 'ZA'", {"sign": {"unit": "JT", "by": "p1"}}, {"sign": {"unit": "ZA", "by": "p1"}}),
        ("a = (1, (2, 3))", {}, {"a": [1, [2, 3]]}),
        ("a = n", {"n": {"x": [1]}}, {"a": {"x": [1]}}),
        ("a = n\na.append(2)", {"n": [1]}, {"a": [1, 2], "n": [1, 2]}),
        ("for u in units:\n    worst = u", {"units": ["a", "b"]}, {"worst": "b"}),
        ("_half = n / 2\nn = _half", {"n": 3}, {"n": 1.5}),
        ("def half(x):\n    part = x / 2\n    return part\nn = half(n)", {"n": 3}, {"n": 1.5}),
        ("total = 2\ndef f():\n    total = 1\n    return n\nz = f()", {"n": 4}, {"total": 2, "z": 4}),
        ("x = [u for u in us]", {"us": [1], "u": 9}, {"x": [1]}),
        ("try:\n    a = missing\nexcept NameError as e:\n    a = 0", {}, {"a": 0}),
        ("import json\nfrom math import floor\na = floor(1.5)", {}, {"a": 1}),
        ("us[0] = True", {"us": [1]}, {"us": [True]}),
        ("n = n", {"n": 1}, {"n": 1}),
        ("m = n + 0 if n else 0", {"n": 2}, {"m": 2}),
        ("", {"n": 1}, {}),
        ("# nothing", {"n": 1}, {}),
    ],
)
def test_a_script_writes_the_names_that_it_assigns_or_changes(
    text: str, data: dict[str, Any], written: dict[str, Any]
) -> None:
    """Loop variables, functions, modules and names with an underscore stay the script's own."""
    assert run(text, **data) == ScriptResult(written=written, gone=())


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("del cleared", ("cleared",)),
        ("if n:\n    del cleared, (n)", ("n", "cleared")),
        ("x = 1; del cleared  # before the next round", ("cleared",)),
    ],
)
def test_a_script_may_delete_names_of_the_data(text: str, gone: tuple[str, ...]) -> None:
    """A multi-instance's list is deleted before it is entered again."""
    assert set(run(text, cleared=[1], n=1).gone) == set(gone)


def test_the_data_handed_in_is_never_changed() -> None:
    """A script works on a copy: what a completed step recorded stays as it was."""
    data = {"sign": {"unit": "JT"}}

    run("sign['unit'] = 'ZA'", **data)

    assert data == {"sign": {"unit": "JT"}}


def test_scripts_see_nothing_of_other_scripts() -> None:
    """Each run has a sandbox of its own: a case's values never reach another case."""
    run("secret = 1\n_secret = 2")

    assert refusal("x = secret") == "line 1: NameError: name 'secret' is not defined"
    assert refusal("x = _secret") == "line 1: NameError: name '_secret' is not defined"


def test_the_clock_stands_at_the_time_handed_in() -> None:
    """The same inputs give the same result, today and when the case is re-run next year."""
    text = (
        "import datetime, random\n"
        "at = datetime.datetime.now(datetime.timezone.utc).isoformat()\n"
        "on = datetime.date.today().isoformat()\n"
        "draw = random.random()"
    )
    first = run(text)

    assert first.written["at"] == "2026-02-02T16:30:00+00:00"
    assert first.written["on"] == "2026-02-03"
    assert run(text) == first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = x / 0", "line 2: ZeroDivisionError: division by zero"),
        ("def f():\n    return 1 / 0\n\nx = f()", "line 2: ZeroDivisionError: division by zero"),
        ("x = {}\n\ny = x['a']", "line 3: KeyError: 'a'"),
        ("x = n.a", "line 1: AttributeError: 'dict' object has no attribute 'a'; write mapping['key'] in scripts"),
        ("raise ValueError('nein')", "line 1: ValueError: nein"),
        ("x = {1, 2}", "x is a set (write sorted(…) around it), which the record cannot hold"),
        ("x = {'a': [{1: 2}]}", "x.a[0] has the key 1; keys of the record are texts"),
        ("x = float('nan')", "x is nan, which the record cannot hold"),
        ("x = 2**63", "x is too large a number, which the record cannot hold"),
        ("n['b'] = -(10**5000)", "n.b is too large a number, which the record cannot hold"),
        ("x = b'a'", "x is b'a', which the record cannot hold"),
        ("x = lambda: 1", "x is no value but <function '<lambda>' at 0xc>, which the record cannot hold"),
        (
            "import datetime\nx = datetime.date(2026, 1, 1)",
            "x is a date or time (write .isoformat() behind it), which the record cannot hold",
        ),
        (
            "import datetime\nx = datetime.timedelta(days=1)",
            "x is a length of time (write .days or .total_seconds() behind it), which the record cannot hold",
        ),
        ("x = []\nfor i in range(60):\n    x = [x]", "x" + "[0]" * 41 + " is nested more than 40 deep"),
    ],
)
def test_a_failing_script_says_what_and_where(text: str, message: str) -> None:
    """The incident that follows names the line, for the designer, and the value, for the person who settles it."""
    assert refusal(text, n={"b": 1}) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\nimport os", "line 2: os cannot be imported; scripts have: " + ", ".join(sorted(scripts.MODULES))),
        ("from os import path", "line 1: os cannot be imported; scripts have: " + ", ".join(sorted(scripts.MODULES))),
        ("from . import a", "line 1: . cannot be imported; scripts have: " + ", ".join(sorted(scripts.MODULES))),
        ("x = 1\n\ny = open('a')", "line 3: open is not there for scripts"),
        ("x = __builtins__", "line 1: __builtins__ is not there for scripts"),
        ("x = ().__class__", "line 1: __class__ is not there for scripts"),
        ("def f():\n    global a\n    a = 1", "line 2: global is not there for scripts"),
        ("async def f():\n    pass", "line 1: async is not there for scripts"),
        ("del a[0]", "line 1: del takes names of the data only; write mapping.pop(key)"),
        ("x = 1\ndef f():\n    yield 1", "line 3: scripts do not have yield expressions"),
        ("class A(B):\n    pass", "line 1: scripts do not have class inheritance and metaclasses"),
        (
            "x" * (scripts.LONGEST_TEXT + 1),
            f"the script is longer than {scripts.LONGEST_TEXT} characters; move the work to a handler in tasks/",
        ),
    ],
)
def test_what_the_dialect_does_not_have_is_refused_when_loaded(text: str, message: str) -> None:
    """A designer learns it while drawing, with the line, not a citizen's case a month later."""
    with pytest.raises(ScriptError) as caught:
        check_script(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(("text", "line"), [("x = 1\ny = (2", 2), ("x = 1\n\n  y = 2", 3), ("a b", 1)])
def test_what_is_no_script_is_refused_with_its_line(text: str, line: int) -> None:
    """Python says why, in words that differ from version to version."""
    with pytest.raises(ScriptError, match="not a script: ") as caught:
        check_script(text)

    assert caught.value.line == line


def test_checking_a_script_does_not_run_it() -> None:
    """Loading a diagram has no effects and takes no time, whatever its scripts do."""
    check_script("while True:\n    pass")


def test_a_script_may_end_in_a_bpmn_error() -> None:
    """An error boundary with that code catches it; it is no incident."""
    with pytest.raises(RaisedError) as caught:
        run("if n > 1:\n    bpmn_error('too_many', '退回已两次')", n=2)

    assert (caught.value.code, caught.value.message, caught.value.line) == ("too_many", "退回已两次", 2)


def test_a_bpmn_error_that_a_script_catches_is_none() -> None:
    """Scripts are Python: what is caught did not happen."""
    assert run("try:\n    bpmn_error('e')\nexcept ValueError:\n    x = 1").written == {"x": 1}
    assert refusal("try:\n    bpmn_error('e')\nexcept ValueError:\n    x = 1 / 0") == (
        "line 4: ZeroDivisionError: division by zero"
    )


def test_many_threads_run_scripts_at_once() -> None:
    """Several callers step several cases; each gets its own answer."""
    found: dict[int, Any] = {}

    def work(n: int) -> None:
        for _ in range(5):
            found[n] = run_script("x = n * n", {"n": n}, NOW).written["x"]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {n: n * n for n in range(8)}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_says_that_it_cannot_run_scripts() -> None:
    """The sandbox's library would wait for ever there, and its parent must not notice the fork."""
    run("x = 1")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - runs in the child
        try:
            run_script("x = 1", {}, NOW)
        except OutsideError as error:
            os.write(write, str(error).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(read, 100).decode() == ("scripts cannot run in a process forked after others ran; start it by spawn")
    assert run("x = 1").written == {"x": 1}


def test_a_busy_machine_is_no_fault_of_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """No free sandbox is tried again later; it opens no incident about the script."""

    def nobody_free(*_: Any, **__: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(scripts, "run_fresh", nobody_free)

    with pytest.raises(OutsideError):
        run_script("x = 1", {}, NOW)
    with pytest.raises(OutsideError):
        check_script("x = 1")
