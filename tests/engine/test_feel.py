"""FEEL: values, operators and functions as DMN defines them, and tests of inputs as editors write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.feel.cells import Knowledge, compile_test, compile_value
from duban.engine.feel.functions import FEEL_FUNCTIONS
from duban.engine.feel.tokens import FeelError, spaced_names
from duban.engine.feel.values import Months, duration_of, plain, text_of

NUMBERS = st.integers(-1000, 1000) | st.decimals(-1000, 1000, places=2)
SCALARS = st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
TIMES = (
    st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas(timedelta(-99), timedelta(99))
    | st.builds(Months, st.integers(-99, 99))
)
VALUES = st.recursive(
    SCALARS | TIMES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def value(text: str, **data: Any) -> Any:
    """Return the value of the expression *text*."""
    return compile_value(text).evaluate(data)


def passes(text: str, given_: Any, **data: Any) -> bool:
    """Tell whether the input passes the cell *text*."""
    cell = compile_test(text)
    return cell is None or cell.evaluate(data, given_) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("-10 + -5 - -3", -12),
        ("10 + 20 / -5 - 3", 3),
        ("0.1 + 0.2 = 0.3", True),
        ("1.2 * 10 ** 3", 1200),
        ("3 ** 4 ** 5", 3486784401),
        ("10 ** -5", Decimal("0.00001")),
        ("-.872", Decimal("-0.872")),
        ("1 / 3 * 3", Decimal("0.9999999999999999999999999999999999")),
        ('"a" + "b"', "ab"),
        ('"横綱" + "\\u6a2a" + "\\n\\"\\\\\\d"', '横綱横\n"\\\\d'.replace("\\\\", "\\" + "\\", 1)),
        ("if 1 < 2 then 3 else 4", 3),
        ("if null then 3 else 4", 4),
        ("1 between 0 and 2", True),
        ("2 in (1, [3..4], < 0)", False),
        ("5 in [1..5)", False),
        ("5 in ]1..5]", True),
        ("1 in ]1..5[", False),
        ("5 in (< 6)", True),
        ('"a" in ["a", "b"]', True),
        ("[1, 2, 3][2] + [1, 2, 3][-1]", 5),
        ("[1][2]", None),
        ('{a: 1, "b c": [true, null]}', {"a": 1, "b c": [True, None]}),
        ("[]", []),
        ("1 = 1 and 2 != 3 or false", True),
        ("// a remark\n1 /* another */", 1),
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
        ('date("2026-01-01") + duration("PT36H")', date(2026, 1, 2)),
        ('date and time("2026-01-01T10:00:00") - duration("PT11H")', datetime.fromisoformat("2025-12-31T23:00:00")),
        ('time("23:00:00") + duration("PT2H")', time(1)),
        ('duration("P2D") * 3 / 2', timedelta(days=3)),
        ('duration("P2D") / duration("PT12H")', 4),
        ('duration("P1Y") + duration("P2M")', Months(14)),
        ('duration("P1Y") / duration("P6M")', 2),
        ('date("2026-02-28").year * 100 + date("2026-02-28").month', 202602),
        ('date("2026-02-28").weekday', 6),
        ('duration("-P1DT2H3M4S").hours', -2),
        ('duration("P14M").years', 1),
        ('time("08:30:00+08:00").time offset', timedelta(hours=8)),
    ],
)
def test_expressions_come_to_what_dmn_says(text: str, expected: Any) -> None:
    """Tables drawn in any editor mean here what they mean there."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("10 + null", "null * 2", "(10 + 20) / 0", '"a" - 1', '1 < "a"', "null < 1", '1 = "a"', "not(null)", "-null"),
        *("true and null", "false or null", "(10 ** 999) ** 9999", "date(2026, month, 1)", "number(word)", "1.5[2]"),
        *('date("2026-01-01") < time("08:00:00")', '@"2026-01-01" + 1', "sum([1, null])", 'max(1, "a")', "min([])"),
        *("null between 1 and 2", 'duration("P1D") + duration("P1M")', "nothing", "nothing.at.all"),
    ],
)
def test_what_makes_no_sense_is_null(text: str) -> None:
    """FEEL has no exceptions: null goes through to the row, which does not match."""
    assert value(text, month=13, word="x") is None


def test_false_and_true_win_over_null() -> None:
    """Three-valued logic (DMN table 50): what is decided by one side does not need the other."""
    assert value("[false and null, null and false, true or null, null or true]") == [False, False, True, True]
    assert value("[true and null, null or false, not(null)]") == [None, None, None]
    assert value("[null = null, null != null, 1 = null]") == [True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-01-31")', date(2026, 1, 31)),
        ("date(2026, 1, 31)", date(2026, 1, 31)),
        ('date(date and time("2026-01-31T10:00:00"))', date(2026, 1, 31)),
        ('time("08:30:00.5Z").second', 0),
        ("time(8, 30, 0)", time(8, 30)),
        ('time(date and time("2026-01-31T10:00:00"))', time(10)),
        ('date and time(date("2026-01-31"), time("10:00:00"))', datetime.fromisoformat("2026-01-31T10:00:00")),
        (
            'date and time("2026-01-31T10:00:00+08:00")',
            datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=8))),
        ),
        ('duration("P1DT2H3M4.5S")', timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ('duration("-P1Y2M")', Months(-14)),
        ('years and months duration(date("2026-01-31"), date("2027-03-01"))', Months(13)),
        ('number("12.50")', Decimal("12.50")),
        ('string(1.50) + string(true) + string(date("2026-01-01"))', "1.5true2026-01-01"),
        ("string(null)", None),
        ("not(true)", False),
        ("decimal(1 / 3, 2)", Decimal("0.33")),
        ("decimal(2.5, 0)", 2),
        ("[floor(-1.5), ceiling(-1.5), floor(1.56, 1)]", [-2, -1, Decimal("1.5")]),
        ('[abs(-1.5), abs(duration("-P1D"))]', [Decimal("1.5"), timedelta(days=1)]),
        ("[modulo(10, 3), modulo(-10, 3)]", [1, 2]),
        ("[even(2), odd(2)]", [True, False]),
        ('[substring("foobar", 3), substring("foobar", -2, 1), substring("foobar", 9)]', ["obar", "a", None]),
        ('string length("横綱")', 2),
        ('upper case("aB") + lower case("aB")', "ABab"),
        ('substring before("foobar", "bar") + substring after("foobar", "ob")', "fooar"),
        ('[contains("ab", "b"), starts with("ab", "b"), ends with("ab", "b")]', [True, False, True]),
        ('replace("a.b", "\\.", "-")', "a-b"),
        ('split("a|b", "\\|")', ["a", "b"]),
        ('string join(["a", null, "b"], "、")', "a、b"),
        ("list contains([1, null], null)", True),
        ("count([1, null])", 2),
        ('[min(3, 1), max([3, 1]), max("a", "b")]', [1, 3, "b"]),
        ('[sum(1, 2.5), sum([duration("P1D"), duration("P1D")])]', [Decimal("3.5"), timedelta(days=2)]),
        ("mean([1, 2])", Decimal("1.5")),
        ("[all(true, null), any([false, true]), all([])]", [None, True, True]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1], [2])", [1, 2]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("distinct values([1, 1.0, 2])", [1, 2]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("reverse([1, 2])", [2, 1]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("[sublist([1, 2, 3], 2), sublist([1, 2, 3], -2, 1)]", [[2, 3], [2]]),
        ('get value({a: 1}, "a")', 1),
    ],
)
def test_published_functions_compute(text: str, expected: Any) -> None:
    """Each function of the published list does what DMN 10.3.4 says."""
    assert value(text) == expected


def test_every_published_function_answers_null_to_nonsense() -> None:
    """A function never raises: an input of the wrong kind makes null, and the row does not match."""
    for function in FEEL_FUNCTIONS.values():
        for count in range(function.least, min(function.most, 4) + 1):
            arguments: tuple[Any, ...] = (None, "x", 1, True, [], {}, date(2026, 1, 1))
            for argument in arguments:
                function.call(*[argument] * count)


@pytest.mark.parametrize(
    ("text", "passing", "failing"),
    [
        ("-", [None, 1, "a"], []),
        ("", [None, 1, "a"], []),
        ('"a"', ["a"], ["b", None, 1, ["b"]]),
        ('"a","b"', ["a", "b"], ["c", None]),
        ('not("a","b")', ["c", None], ["a", "b"]),
        ("5", [5, 5.0, Decimal(5)], ["5", None, True]),
        ("true", [True], [False, None, 1]),
        ("false", [False], [True, None, 0]),
        ("null", [None], [0, "", False]),
        ("< 5", [4, 4.9], [5, None, "4"]),
        (">= 5", [5, 6], [4]),
        ("= 5", [5], [4]),
        ("!= 5", [4], [5]),
        ("[1..5]", [1, 5], [0, 6, None]),
        ("[1..5)", [1, 4.9], [5]),
        ("]1..5]", [1.1, 5], [1]),
        ("(1..5)", [2], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5[, 9", [4, 9], [5]),
        ("not([1..5[)", [0, 5], [1, 4]),
        ("not(]1..5[, < 0)", [1, 5], [2, -1]),
        ("1, [3..4], > 8", [1, 3, 9], [2, 5]),
        ('["a", "b"]', ["a", ["a", "b"]], ["c", ["a"]]),
        ("? > 5 and ? < 7", [6], [5, 7, None]),
        ('contains(?, "a")', ["ba"], ["b", None]),
        ('not(contains(?, "a"))', ["b"], ["a", None]),
        ('list contains(?, "a")', [["a", "b"]], [["b"], None]),
        ('< date("2026-02-01")', [date(2026, 1, 31)], [date(2026, 2, 1), "2026-01-31"]),
        ('[date("2026-01-01")..date("2026-12-31")]', [date(2026, 5, 5)], [date(2027, 1, 1)]),
        ('> duration("P3D")', [timedelta(days=4)], [timedelta(days=3), Months(1)]),
        ("limit", [3], [4]),
        ("> limit + 1", [5], [4]),
        ("limits", [1, 2], [3]),
        ("-5", [-5], [5]),
        ("[-5..-1.5]", [-5, -1.5], [-6, -1, 3]),
        ("[limit..5]", [3, 5], [2, 6, None]),
        ("2 * 3", [6], [5]),
        ("flag", [True], [None, 1, False]),
        ('starts with(word, "x")', [1, None, True], [False]),
        ('starts with(word, "y")', [False], [1, None, True]),
        ("limit > 2", ["any"], []),
    ],
)
def test_cells_pass_what_they_say(text: str, passing: list[Any], failing: list[Any]) -> None:
    """Unary tests (DMN 7.3.4): comparisons, intervals, lists of both, negation, and conditions on ``?``."""
    data = {"limit": 3, "limits": [1, 2], "flag": True, "word": "x"}

    assert [given_ for given_ in passing if not passes(text, given_, **data)] == []
    assert [given_ for given_ in failing if passes(text, given_, **data)] == []


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("“a”", 'texts stand between straight quotes ("…"), not “', 0),
        ("1，2", "， is a full-width sign; write the half-width one", 1),
        ("a § b", "§ means nothing in FEEL", 2),
        ('"a', "this text has no closing quote", 0),
        ("> 5 and", "and is not expected here", 4),
        ("1,", "a value is missing before the end", 2),
        ("a b", "b is not expected here; a name with spaces must be declared as input data of the file", 2),
        ("[1..5", "the interval is not closed before the end", 5),
        ('[1.."a"]', "the interval goes from a number to a string", 8),
        ("[-1..-2]", "the interval from -1 to -2 holds nothing", 8),
        ("]1", "] opens an interval such as ]1..5], but there is no ..", 2),
        ("[1, 2", "] is missing behind the list, before the end", 5),
        ("(1", ") is missing behind (…, before the end", 2),
        ("{a 1}", ": is missing behind a, before 1", 3),
        ("{a: 1 b}", "} is missing before b", 6),
        ("{1: 1}", "a name is missing in the context", 1),
        ("{a: 1, b: a}", "an entry of a context cannot use another one here", 7),
        ("f(1)", "f is no function of the list in docs/decisions-language.md", 0),
        ("count()", "count(list) does not take 0 arguments", 0),
        ("count(1", ") is missing before the end", 7),
        ("contains(text: 1)", "arguments are given in order here, without names", 9),
        ("if a then b", "else is missing behind if … then …, before the end", 11),
        ("a between 1", "and is missing behind between …, before the end", 11),
        ("a.", "a name is missing behind the point", 2),
        ("a[b = 1]", "] is missing behind the index (filters by condition are not offered), before =", 4),
        ("for a in b return c", "for is not offered in cells; compute it in a step before", 0),
        ("some a in b satisfies c", "some … satisfies is not offered in cells; compute it in a step before", 0),
        ("function(a) a", "a function is not offered in cells; compute it in a step before", 0),
        ("a instance of b", "instance of is not offered in cells", 2),
        ('matches(?, "(a+)+$")', "matches is no function of the list in docs/decisions-language.md", 0),
        ('replace(a, "a+", "b")', "the pattern of replace must be a plain text here, no regular expression", 0),
        ("split(a, b)", "the pattern of split must be a plain text here, no regular expression", 0),
        ('date("2026-02-30")', "date('2026-02-30') is no date", 0),
        ('> duration("3 days")', "duration('3 days') is no duration", 2),
        ('@"x"', '@"x" is no date, time or duration', 1),
        ("1e9999", "1e9999 is too large a number", 0),
        ("(" * 50 + "1", "more than 40 parts inside each other", 40),
        ("1" + "+1" * 1900, "the cell has too many parts", 0),
        ("1" * 4001, "the cell is longer than 4000 characters", 0),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(text: str, message: str, offset: int) -> None:
    """A table is refused when it is loaded, with the place in the cell."""
    with pytest.raises(FeelError) as caught:
        compile_test(text)

    assert (caught.value.message, caught.value.offset) == (message, offset)


def test_names_may_have_spaces_and_signs() -> None:
    """DMN names are words people use; those of the file are known, the longest wins."""
    names = spaced_names(["Full Name", "Full", "Approved/Declined", "初访 次数", "plain"])

    assert names == {"Full Name", "Approved/Declined", "初访 次数"}
    assert compile_value('Full  Name + "!"', names).evaluate({"Full Name": "王芳"}) == "王芳!"
    assert compile_value("r.Approved/Declined", names).evaluate({"r": {"Approved/Declined": 1}}) == 1
    assert compile_value("初访 次数 + 1", names).evaluate({"初访 次数": 1}) == 2


def test_names_and_paths_are_reported() -> None:
    """The gate compares what a table reads with what steps write."""
    cell = compile_value('if a.b.c > 1 then date else count(d[1].e) + "x"')

    assert set(cell.names) == {"a", "date", "d"}
    assert set(cell.paths) == {"a", "a.b", "a.b.c", "date", "d"}


def test_texts_are_whole_characters() -> None:
    """Halves of characters, which no record can hold, are joined or replaced."""
    assert value('"\\uD83D\\uDE00" + "\\uD83D"') == "😀\ufffd"


def test_paths_go_through_lists() -> None:
    """DMN 10.3.2.5: a name of a list is the list of its items' names."""
    assert value("r.score", r=[{"score": 1}, {"score": 2}, {}]) == [1, 2, None]


def test_business_knowledge_is_called_by_name() -> None:
    """A function that the file defines takes its arguments in order; missing ones are null."""
    twice = Knowledge(("n", "m"), lambda given_: given_["n"] * 2 if given_["m"] is None else 0)
    cell = compile_value("twice(3) + 1", frozenset(), frozenset({"twice"}))

    assert cell.evaluate({"twice": twice}) == 7
    assert compile_value("twice(1, 2, 3)", frozenset(), frozenset({"twice"})).evaluate({"twice": twice}) is None
    assert cell.evaluate({"twice": "no function"}) is None


def test_results_are_json() -> None:
    """What a table answers goes into the case's data: whole numbers as int, times as ISO text."""
    found = plain(
        {
            "a": [Decimal("1.50"), Decimal("2.0"), True, None],
            "b": (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8))), Months(14)),
            "c": timedelta(hours=26),
            "d": [10**19, Decimal("1E+4000"), Decimal("1E+18")],
        }
    )

    assert found == {
        "a": [1.5, 2, True, None],
        "b": ["2026-01-01", "2026-01-01T00:00:00+08:00", "P1Y2M"],
        "c": "P1DT2H",
        "d": [1e19, None, 10**18],
    }


@given(low=NUMBERS, high=NUMBERS, x=NUMBERS, left=st.sampled_from("[(]"), right=st.sampled_from("])["))
def test_intervals_are_the_two_comparisons(low: Any, high: Any, x: Any, left: str, right: str) -> None:
    """``[a..b)`` is ``>= a and < b``, for every kind of bracket and also where a > b."""
    above = x >= low if left == "[" else x > low
    below = x <= high if right == "]" else x < high

    assert passes(f"{left}low..high{right}", x, low=low, high=high) == (above and below)


@given(a=VALUES, b=VALUES)
def test_comparisons_agree_with_each_other(a: Any, b: Any) -> None:
    """Of two values that can be compared exactly one comes first or they are equal; else all answers are null."""
    less, equal, greater = value("[a < b, a = b, a > b]", a=a, b=b)

    if less is None:
        assert greater is None
    else:
        assert [less, equal, greater].count(True) == 1
    assert value("a = b", a=a, b=b) == value("b = a", a=a, b=b)
    assert value("a < b", a=a, b=b) == value("b > a", a=a, b=b)


@given(a=VALUES, b=VALUES, operator=st.sampled_from(["+", "-", "*", "/", "**", "and", "or", "in", "=", "<="]))
def test_operators_never_raise(a: Any, b: Any, operator: str) -> None:
    """A table decides or does not match; it never breaks off."""
    value(f"a {operator} b", a=a, b=b)


@given(a=VALUES, b=VALUES, c=VALUES, name=st.sampled_from(sorted(FEEL_FUNCTIONS)))
def test_functions_never_raise(a: Any, b: Any, c: Any, name: str) -> None:
    """Whatever stands in a case's data, a function answers, if only null."""
    function = FEEL_FUNCTIONS[name]
    function.call(*[a, b, c][: max(function.least, min(3, function.most))])


def test_numbers_too_long_for_a_division_are_answered() -> None:
    """Decimal refuses a remainder beyond its digits, and a rounding; FEEL knows both answers."""
    call = {name: FEEL_FUNCTIONS[name].call for name in ("odd", "even", "floor", "ceiling")}

    assert (call["odd"](2e28), call["even"](2e28)) == (False, True)
    assert call["floor"](2e300) == call["ceiling"](2e300) == Decimal("2E+300")


@given(st.text(max_size=30) | st.text(alphabet='[](){}.,<>=!?-+*/"01 aifthen', max_size=30))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    """Whatever stands in a cell, loading ends in a cell or in a FeelError, and evaluation in a value."""
    try:
        cell = compile_test(text)
    except FeelError as refusal:
        assert 0 <= refusal.offset <= len(text)  # noqa: PT017  both ways out are right
    else:
        assert cell is None or cell.evaluate({}, 1) is not NotImplemented


@given(st.timedeltas(timedelta(-9999), timedelta(9999)) | st.builds(Months, st.integers(-999, 999)))
def test_a_duration_survives_being_written(length: timedelta | Months) -> None:
    """``duration`` reads what ``string`` writes."""
    assert duration_of(text_of(length) or "") == length


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_division_is_exact_to_34_digits(a: int, b: int) -> None:
    """A share multiplied back is the whole, to 30 digits, where binary fractions lose at 16."""
    assert value("abs(a / b * b - a) < 0.000000000000000001", a=a, b=b) is True
