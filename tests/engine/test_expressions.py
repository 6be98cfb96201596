"""Expressions: what they compute, what they refuse, what their errors say."""

from __future__ import annotations

import timeit
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.assembly import STEPS
from duban.engine.expressions import ExpressionError, compile_expression
from duban.engine.whitelist import DEEPEST, LONGEST_TEXT

CASE: dict[str, Any] = {
    "classify": {"track": "ordinary", "units": ["ZA", "JT"]},
    "return_n": 1,
    "responses": [{"unit": "ZA", "score": 4}, {"unit": "JT", "score": 2}],
    "专管员": {"姓名": "王芳"},
    "received": {"received_at": "2026-02-02T00:30:00+08:00", "text": {"$text": 7}},
}


def value(text: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
    """Return the value of *text* over *data* (the sample case if none)."""
    return compile_expression(text).evaluate(CASE if data is None else data, extra or None)


def error(text: str, data: dict[str, Any] | None = None) -> tuple[str, int]:
    """Return the message and offset with which *text* is refused."""
    with pytest.raises(ExpressionError) as caught:
        value(text, data)
    return caught.value.message, caught.value.offset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('classify.track == "ordinary" and return_n < 2', True),
        ('classify["track"] != "ordinary" or not return_n', False),
        ("0 < return_n <= 1", True),
        ('"ZA" in classify.units and "FZ" not in classify.units', True),
        ("专管员.姓名", "王芳"),
        ("classify.units[-1]", "JT"),
        ("classify.units[:1]", ["ZA"]),
        ("1 if return_n else 2", 1),
        ("(1 + 2) * 3 - 4 / 2 ** 2 + 7 // 2 + 7 % 4", 14.0),
        ("-return_n + +2", 1),
        ("return_n is None or return_n is not None", True),
        ("[1, 'a', None, True, {'k': (1, 2)}]", [1, "a", None, True, {"k": (1, 2)}]),
        ("[r.unit for r in responses if r.score > 3]", ["ZA"]),
        ("all(r.score > 1 for r in responses) and any(r.score > 3 for r in responses)", True),
        ("sum(r.score for r in responses) + max(r.score for r in responses)", 10),
        ("[a + b for a in 'ab' for b in 'cd']", ["ac", "ad", "bc", "bd"]),
        ("[k for k in classify]", ["track", "units"]),
        ("return_n == 1\n  and classify.track == 'ordinary'", True),
    ],
)
def test_expressions_are_a_subset_of_python(text: str, expected: Any) -> None:
    """Whoever can read Python can read a diagram's conditions."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("len(classify.units)", 2),
        ("min([3, 1]) + max(3, 1)", 4),
        ("sum([1, 2.5])", 3.5),
        ("sum([days(1), days(2)])", timedelta(days=3)),
        ("abs(-2) + round(2.567, 2) + round(2.4)", 6.57),
        ("sorted([2, 1])", [1, 2]),
        ("int('12') + float('0.5')", 12.5),
        ("str(3) + str(date('2026-01-01')) + str(duration('PT24H'))", "32026-01-01P1D"),
        ("bool([])", False),
        ("get(classify, 'track', 'x') + get(classify, 'none', 'x')", "ordinaryx"),
        ("get(None, 'track')", None),
        ("contains(classify.units, 'ZA') and not contains(None, 1)", True),
        ("keys(classify) + values({'a': 1})", ["track", "units", 1]),
        ("lower('A') + upper('b') + strip(' c ')", "aBc"),
        ("starts_with('abc', 'a') and ends_with('abc', 'c')", True),
        ("date(received.received_at)", date(2026, 2, 2)),
        ("date('2026-01-31') + days(1)", date(2026, 2, 1)),
        ("instant('2026-01-01')", datetime(2025, 12, 31, 16, tzinfo=UTC)),
        ("instant(received.received_at) + hours(1) + minutes(30)", datetime(2026, 2, 1, 18, tzinfo=UTC)),
        ("duration('P1DT2H30M') > days(1)", True),
        ("days_between('2026-02-01', '2026-03-01')", 28),
        ("[year('2026-05-06'), month('2026-05-06'), day('2026-05-06'), weekday('2026-05-06')]", [2026, 5, 6, 3]),
        ("[hour('2026-05-06T03:59:00Z'), hour('2026-05-06T23:00:00+08:00'), hour('2026-05-06')]", [11, 23, 0]),
    ],
)
def test_published_functions_compute(text: str, expected: Any) -> None:
    """Each function of the published list does what its line says."""
    assert value(text) == expected


def test_a_date_of_an_instant_is_the_bureaus_date() -> None:
    """Half past midnight in Shanghai is another day in UTC; the law counts the bureau's days."""
    assert value("date(at)", {"at": "2026-02-01T16:30:00+00:00"}) == date(2026, 2, 2)


def test_free_names_and_calls_are_reported() -> None:
    """The gate compares the names that a diagram reads with those that its forms write."""
    found = compile_expression("deadline('X5') if a.b else [c + d for c in e if len(c)]")

    assert (set(found.names), set(found.calls)) == ({"a", "d", "e"}, {"deadline", "len"})


def test_the_same_text_is_compiled_once() -> None:
    """Every case that passes a gateway uses the one code object."""
    assert compile_expression("a < 1") is compile_expression("a < 1")


def test_the_engine_hands_in_names_and_functions() -> None:
    """Timers ask for named deadlines, which only the engine can resolve; its names win over the data's."""
    asked: list[tuple[Any, ...]] = []

    def warning(*arguments: Any) -> date:
        asked.append(arguments)
        return date(2026, 3, 1)

    assert value("warning('X5.finish', n) + days(k)", {"n": 7, "k": 9}, warning=warning, k=1) == date(2026, 3, 2)
    assert asked == [("X5.finish", 7)]


def test_data_may_have_names_of_functions() -> None:
    """A form field called ``date`` is data; date(…) stays the function."""
    assert value("date + days_between(date('2026-01-01'), '2026-01-02')", {"date": 1}) == 2


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("clasify.track", "there is no clasify in the data; did you mean classify?", 0),
        ("1 + zzz", "there is no zzz in the data; there are: classify, received, responses, return_n, 专管员", 4),
        ('  classify.trak == "a"', "classify.trak: there is no trak in classify; did you mean track?", 2),
        ('classify["x"]', 'classify["x"]: there is no x in classify; there are: track, units', 0),
        ('"中文" + 专管员.岁数', "专管员.岁数: there is no 岁数 in 专管员; there are: 姓名", 7),
        ("any(r.units for r in responses)", "r.units: there is no units", 4),
        ("classify.units.first", "classify.units.first: list indices must be integers or slices, not str", 0),
        ('return_n < "2"', "return_n < \"2\": '<' not supported between instances of 'int' and 'str'", 0),
        ("1 / (return_n - 1)", "1 / (return_n - 1): division by zero", 0),
        ("len(return_n)", "len(return_n): object of type 'int' has no len()", 0),
        ("deadline('X5')", "deadline: deadlines are known in timers only", 0),
    ],
)
def test_a_failed_evaluation_says_where_and_what_to_do(text: str, message: str, offset: int) -> None:
    """A person who settles the incident sees the part that failed and the names that there are."""
    assert error(text) == (message, offset)


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("", "the expression is empty", 0),
        (" \n ", "the expression is empty", 0),
        ("a # and b", "# is not allowed in an expression", 2),
        ("'''a'''", "''' is not allowed in an expression", 0),
        ("a.lower()", "values have no methods here; write lower(…) if it is published", 0),
        ("print(a)", "print is no published function; did you mean int?", 0),
        ("a + f(b)(c)", "only published functions can be called", 4),
        ("len()", "len takes 1 argument, without names", 0),
        ("round(1, ndigits=2)", "round takes 1 to 2 arguments, without names", 0),
        ("sorted(a, b)", "sorted takes 1 argument, without names", 0),
        ("a is 1", "is and is not compare with None only; use == or !=", 0),
        ("lambda: 1", "lambda is not allowed in an expression", 0),
        ("(a := 1)", ":= is not allowed in an expression", 1),
        ("f'{a}'", "an f-text is not allowed in an expression", 0),
        ("{1, 2}", "a set is not allowed in an expression", 0),
        ("{a: 1 for a in b}", "a mapping made by for is not allowed in an expression", 0),
        ("{**a}", "** is not allowed in a mapping", 0),
        ("[*a]", "* before a value is not allowed in an expression", 1),
        ("(x for x in y)", "a generator outside any, all, sum, min, max and sorted is not allowed in an expression", 0),
        ("[x for x.y in z]", "for takes plain names", 7),
        ("a | b", "the operator BitOr is not allowed in an expression", 0),
        ("a @ b", "the operator MatMult is not allowed in an expression", 0),
        ("~a", "~ is not allowed in an expression", 0),
        ("b'a'", "b'a' is no literal of the language", 0),
        ("...", "Ellipsis is no literal of the language", 0),
        ("1j", "1j is no literal of the language", 0),
        ("1e999", "the number is too large", 0),
        ("'\\ud800'", "the text has half a character", 0),
        ("中.__class__", "names starting with two underscores are not allowed: __class__", 0),
        ("__import__", "names starting with two underscores are not allowed: __import__", 0),
        ("(" * (DEEPEST + 1), f"more than {DEEPEST} brackets inside each other", DEEPEST),
        ("not " * 100 + "a", f"more than {DEEPEST} operators inside each other", 244),
        (
            "a" * (LONGEST_TEXT + 1),
            f"the expression is longer than {LONGEST_TEXT} characters; use a script or a table",
            0,
        ),
    ],
)
def test_what_the_language_does_not_have_is_refused_when_read(text: str, message: str, offset: int) -> None:
    """A diagram is refused before any case can run into it, with the place in the text."""
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)

    assert (caught.value.message, caught.value.offset) == (message, offset)


@pytest.mark.parametrize("text", ["a ==", "a = 1", "a == “b”", "a\x00", "\ud800", ")", "a b", "'", "0or 1"])
def test_what_is_no_expression_at_all_is_refused(text: str) -> None:
    """Python says why, in words that differ from version to version."""
    with pytest.raises(ExpressionError, match=r"\Anot an expression: "):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10**10**8", "10**10**8: the exponent is above 64"),
        ("(9**64)**64", "(9**64)**64: the power has more than 4096 bits"),
        ("2**0.5", "2**0.5: ** takes a number and a whole exponent"),
        ("'a' * 10**10", "'a' * 10**10: the repetition has more than 10000 items"),
        ("10**9 * [0]", "10**9 * [0]: the repetition has more than 10000 items"),
        ("sorted([[[0] * 5000]] * 9999)", "[[[0] * 5000]] * 9999: the repetition has more than 10000 items"),
        ("'%1000000000d' % 1", "'%1000000000d' % 1: % takes two numbers"),
        ("round(5, -10**9)", "round(5, -10**9): round takes at most 15 places"),
        ("[1 for a in x for b in x for c in x]", f"[1 for a in x for b in x for c in x]: more than {STEPS} steps"),
        ("[10000 * '万' for a in x for b in x]", f"10000 * '万': more than {STEPS} steps"),
        ("long + long", "long + long: the sum has more than 100000 items"),
        ("float('inf')", "float('inf'): 'inf' is not a finite number"),
        ("[1 for a in 5]", "[1 for a in 5]: only lists, texts and mappings can be walked over"),
    ],
)
def test_what_would_take_for_ever_is_refused(text: str, message: str) -> None:
    """An expression runs inside the engine's step: it can neither hang it nor fill its memory."""
    assert error(text, {"x": [1] * 200, "long": "长" * 60_000})[0] == message


@given(
    a=st.integers(-(10**6), 10**6),
    b=st.integers(-(10**6), 10**6),
    operator=st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "+", "-", "*"]),
)
def test_operators_are_pythons(a: int, b: int, operator: str) -> None:
    """The rewriting changes what can be reached, never what comes out."""
    assert value(f"x.a {operator} x.b", {"x": {"a": a, "b": b}}) == eval(f"a {operator} b")


@given(st.text(max_size=40))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    """Whatever a designer types, loading ends in an expression or in an ExpressionError."""
    try:
        compile_expression(text)
    except ExpressionError as refusal:
        assert 0 <= refusal.offset <= len(text)  # noqa: PT017  both ways out are right


@given(days=st.integers(-4000, 4000), start=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_days_between_undoes_adding_days(days: int, start: date) -> None:
    """A difference of dates is what was added."""
    assert value("days_between(a, date(a) + days(n))", {"a": start.isoformat(), "n": days}) == days


@given(st.timedeltas(timedelta(days=-9999), timedelta(days=9999)))
def test_a_duration_survives_being_written(length: timedelta) -> None:
    """``str`` writes what ``duration`` reads."""
    assert value("duration(str(a))", {"a": length}) == length


@pytest.mark.parametrize("text", ["P", "PT", "P1Y", "P1M", "1D", "P1.5D", "P3DT", "-", "PT1H30", "P-1D"])
def test_a_duration_without_fixed_length_is_refused(text: str) -> None:
    """Months differ in length; a limit in months is a named deadline."""
    assert error("duration(a)", {"a": text})[0] == (
        f"duration(a): {text!r} is no duration in days, hours, minutes or seconds such as P3D or PT24H"
    )


def test_a_time_without_zone_is_refused() -> None:
    """Eight o'clock somewhere is no instant."""
    assert error("instant(a)", {"a": "2026-01-01T08:00:00"})[0] == (
        "instant(a): 2026-01-01T08:00:00 has no time zone; write +08:00 behind it"
    )


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("${approved}", "; write what stands between ${ and } alone, with and, or, not"),
        ("= approved", "; leave out the = in front"),
        ('clarified = "yes"', "; equality is written =="),
        ("a >= ", ""),
    ],
)
def test_conditions_of_other_modellers_get_advice(text: str, advice: str) -> None:
    """A diagram from elsewhere is refused with what to write instead."""
    message = error(text, {})[0]

    assert message.startswith("not an expression: ")
    assert message.endswith(advice or "syntax")


def test_a_gateway_condition_takes_microseconds() -> None:
    """The goal is 3 µs on a quiet machine; ten times as much would mean that it is compiled each time."""
    condition = compile_expression('classify.track == "ordinary" and return_n < 2')

    per_run = min(timeit.repeat(lambda: condition.evaluate(CASE), number=2000, repeat=5)) / 2000

    assert per_run < 30e-6
