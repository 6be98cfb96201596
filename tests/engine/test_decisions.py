"""Decisions: hit policies, requirements between tables, types, and every problem of a file at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.engine.decisions import Decided, Decision, DecisionError, parse_decisions
from duban.engine.tables import HitPolicy
from duban.errors import DiagramError

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(*elements: str, namespace: str = DMN) -> bytes:
    """Return a DMN file."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}" id="d" name="d" namespace="x">\n'
    return (head + "\n".join(elements) + "\n</definitions>").encode()


def column(expression: str, type_: str = "", values: str = "") -> str:
    """Return an input column."""
    listed = f"<inputValues><text>{escape(values)}</text></inputValues>" if values else ""
    kind = f' typeRef="{type_}"' if type_ else ""
    return f"<input><inputExpression{kind}><text>{escape(expression)}</text></inputExpression>{listed}</input>"


def answer(name: str, values: str = "", default: str = "") -> str:
    """Return an output column."""
    listed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    fallback = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output name="{name}">{listed}{fallback}</output>'


def row(number: int, tests: Sequence[str], answers: Sequence[str]) -> str:
    """Return a row with the id ``r<number>``, on a line of its own."""
    cells = [f"<inputEntry><text>{escape(text)}</text></inputEntry>" for text in tests]
    cells += [f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in answers]
    return f'<rule id="r{number}">{"".join(cells)}</rule>'


def table(
    rows: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    columns: str = column("n", "number"),
    answers: str = answer("x"),
    policy: str = "UNIQUE",
    id_: str = "t",
    requires: str = "",
    more: str = "",
) -> str:
    """Return a decision with a table."""
    body = "\n".join(row(number, *cells) for number, cells in enumerate(rows, 1))
    return (
        f'<decision id="{id_}" name="{id_.upper()}">{requires}\n<decisionTable hitPolicy="{policy}"{more}>'
        f"\n{columns}\n{answers}\n{body}\n</decisionTable></decision>"
    )


def expression(text: str) -> str:
    """Return a boxed expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def entry(name: str, logic: str) -> str:
    """Return an entry of a context."""
    return f'<contextEntry><variable name="{name}"/>{logic}</contextEntry>'


def knowledge(id_: str, name: str, parameters: str, text: str, more: str = "") -> str:
    """Return a business knowledge model."""
    formal = "".join(f'<formalParameter name="{parameter}"/>' for parameter in parameters.split())
    body = f"<encapsulatedLogic>{formal}{expression(text)}</encapsulatedLogic>{more}"
    return f'<businessKnowledgeModel id="{id_}" name="{name}">{body}</businessKnowledgeModel>'


def literal(text: str, id_: str = "t", requires: str = "") -> str:
    """Return a decision with an expression."""
    return f'<decision id="{id_}" name="{id_.upper()}">{requires}{expression(text)}</decision>'


def requires(*ids: str, kind: str = "Decision") -> str:
    """Return requirements of decisions (or inputs, or knowledge)."""
    outer = "knowledge" if kind == "Knowledge" else "information"
    return "".join(f'<{outer}Requirement><required{kind} href="#{i}"/></{outer}Requirement>' for i in ids)


def decision(*elements: str, id_: str = "t") -> Decision:
    """Return the decision *id_* of a file with *elements*."""
    return parse_decisions({"a.dmn": model(*elements)})[id_]


def problems(*elements: str) -> list[str]:
    """Return every problem of a file with *elements*."""
    with pytest.raises(DiagramError) as caught:
        parse_decisions({"a.dmn": model(*elements)})
    return [str(problem) for problem in caught.value.problems]


def refusal(found: Decision, **data: Any) -> str:
    """Return the message with which a decision over *data* is refused."""
    with pytest.raises(DecisionError) as caught:
        found.decide(data)
    return str(caught.value)


LARGE_SMALL = [(["> 5"], ['"large"']), (["> 3"], ['"middle"']), (["-"], ['"any"'])]


# -- hit policies ---------------------------------------------------------------------------------


def test_unique_takes_the_row_that_matches() -> None:
    """What was decided is in the record: the row, and what it was asked about."""
    found = decision(
        table([(["> 5"], ['"large"', "n * 2"]), (["<= 5"], ['"small"', "0"])], answers=answer("x") + answer("y"))
    )

    assert found.decide({"n": 6.5, "other": 1}) == Decided(
        outputs={"x": "large", "y": 13}, value={"x": "large", "y": 13}, rules=("r1",), inputs={"n": 6.5}
    )


def test_unique_refuses_two_rows() -> None:
    """Stock takes the first without a word; a table that contradicts itself must be seen by its owner."""
    assert refusal(decision(table(LARGE_SMALL)), n=6) == (
        "table T (t): rows 1, 2 and 3 match; hit policy UNIQUE allows one"
    )


def test_any_takes_rows_that_agree() -> None:
    """ANY means that overlap is harmless, and checks it."""
    found = decision(table([(["> 5"], ["1"]), (["> 3"], ["1.0"]), (["> 8"], ["2"])], policy="ANY"))

    assert found.decide({"n": 6}).outputs == {"x": 1}
    assert refusal(found, n=9) == (
        "table T (t): rows 1 and 3 match and answer differently; hit policy ANY forbids that"
    )


def test_first_takes_the_first_row() -> None:
    """Rows from special to general, as most tables of processes are written."""
    found = decision(table(LARGE_SMALL, policy="FIRST"))

    assert [(found.decide({"n": n}).outputs["x"], found.decide({"n": n}).rules) for n in (6, 4, None)] == [
        ("large", ("r1",)),
        ("middle", ("r2",)),
        ("any", ("r3",)),
    ]


def test_priority_takes_the_value_listed_first() -> None:
    """The output values say which answer weighs more, whatever the order of the rows."""
    found = decision(table(LARGE_SMALL, policy="PRIORITY", answers=answer("x", '"any","middle","large"')))

    assert found.decide({"n": 6}).outputs == {"x": "any"}
    assert found.decide({"n": 6}).rules == ("r3",)


def test_priority_of_several_columns_counts_from_the_left() -> None:
    """DMN 8.2.11: the first column decides, the next only between equals; a column without values never."""
    rows = [(["-"], ["1", '"b"', "9"]), (["-"], ["1", '"a"', "8"]), (["-"], ["2", '"a"', "7"])]
    columns = answer("x", "1, 2") + answer("y", '"a","b"') + answer("z")
    found = decision(table(rows, policy="PRIORITY", answers=columns))

    assert found.decide({}).outputs == {"x": 1, "y": "a", "z": 8}


def test_output_order_lists_by_importance() -> None:
    """All rows that match, the most important answer first, equals in the order of the rows."""
    rows = [(["-"], ["2"]), (["-"], ["1"]), (["-"], ["2"])]
    found = decision(table(rows, policy="OUTPUT ORDER", answers=answer("x", "1, 2")))

    assert found.decide({}) == Decided(
        outputs={"x": [1, 2, 2]}, value=[1, 2, 2], rules=("r2", "r1", "r3"), inputs={"n": None}
    )


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
def test_rule_order_and_collect_list_rows(policy: str) -> None:
    """Every row that matches counts; a list per column, and the rows themselves as DMN has them."""
    rows = [(["> 5"], ['"ZA"', "1"]), (["> 9"], ['"FZ"', "2"]), (["-"], ['"JT"', "3"])]
    found = decision(table(rows, policy=policy, answers=answer("unit") + answer("days")))

    assert found.decide({"n": 6}) == Decided(
        outputs={"unit": ["ZA", "JT"], "days": [1, 3]},
        value=[{"unit": "ZA", "days": 1}, {"unit": "JT", "days": 3}],
        rules=("r1", "r3"),
        inputs={"n": 6},
    )


@pytest.mark.parametrize(
    ("aggregation", "expected", "of_none"), [("SUM", 7.5, None), ("MIN", 2.5, None), ("MAX", 5, None), ("COUNT", 2, 0)]
)
def test_collect_aggregates(aggregation: str, expected: Any, of_none: Any) -> None:
    """Scores are summed, the strictest limit is the least."""
    rows = [(["> 5"], ["5"]), (["> 1"], ["2.5"])]
    found = decision(table(rows, policy="COLLECT", more=f' aggregation="{aggregation}"'))

    assert found.decide({"n": 6}) == Decided(
        outputs={"x": expected}, value=expected, rules=("r1", "r2"), inputs={"n": 6}
    )
    assert found.decide({"n": 0}).outputs == {"x": of_none}


@pytest.mark.parametrize(
    ("policy", "outputs", "value"),
    [("UNIQUE", {"x": None}, None), ("FIRST", {"x": None}, None), ("COLLECT", {"x": []}, [])],
)
def test_no_row_is_null(policy: str, outputs: Any, value: Any) -> None:
    """DMN knows no error here; what null means is the diagram's affair."""
    found = decision(table([(["> 5"], ["1"])], policy=policy)).decide({"n": 1})

    assert (found.outputs, found.value, found.rules) == (outputs, value, ())


def test_no_row_gives_the_default() -> None:
    """A column may say what it is when nothing else is."""
    columns = answer("x", default='"desk"') + answer("y")

    assert decision(table([(["> 5"], ["1", "2"])], answers=columns)).decide({"n": 1}).outputs == {
        "x": "desk",
        "y": None,
    }


@given(
    bounds=st.lists(st.tuples(st.integers(0, 5), st.integers(5, 9), st.sampled_from("abc")), min_size=1, max_size=6),
    n=st.integers(0, 9),
)
@settings(max_examples=60)
def test_hit_policies_agree_with_their_definition(bounds: list[tuple[int, int, str]], n: int) -> None:
    """The seven policies on random rows, against the rows that match found by hand (DMN 8.2.10)."""
    rows = [([f"[{low}..{high}]"], [f'"{letter}"']) for low, high, letter in bounds]
    hits = [letter for low, high, letter in bounds if low <= n <= high]
    found: dict[str, Any] = {}
    for policy in HitPolicy:
        made = decision(table(rows, policy=policy, answers=answer("x", '"b","a","c"')))
        try:
            found[policy] = made.decide({"n": n}).value
        except DecisionError:
            found[policy] = "refused"

    first = hits[0] if hits else None
    by_importance = sorted(hits, key="bac".index)
    assert found == {
        "UNIQUE": first if len(hits) < 2 else "refused",
        "ANY": first if len(set(hits)) < 2 else "refused",
        "FIRST": first,
        "PRIORITY": by_importance[0] if hits else None,
        "RULE ORDER": hits,
        "OUTPUT ORDER": by_importance,
        "COLLECT": hits,
    }


# -- values ---------------------------------------------------------------------------------------


def test_times_are_read_from_the_cases_texts() -> None:
    """Case data is JSON: a column of dates reads ISO text, and its answers are ISO text again."""
    rows = [(['< date("2026-02-01")'], ['date("2026-02-01") + duration("P15D")']), (["-"], ["null"])]
    found = decision(table(rows, columns=column("received.on", "date"), policy="FIRST"))

    assert found.decide({"received": {"on": "2026-01-31"}}).outputs == {"x": "2026-02-16"}
    assert found.decide({"received": {"on": "2026-02-01"}}).outputs == {"x": None}
    assert found.decide({}).outputs == {"x": None}


def test_a_column_without_type_reads_the_times_it_is_compared_with() -> None:
    """Else a date in the case's data, which is a text, would quietly match no row."""
    rows = [(['< date("2026-02-01")'], ["1"]), (["-"], ["2"])]
    found = decision(table(rows, columns=column("on"), policy="FIRST"))

    assert [found.decide({"on": on}).outputs["x"] for on in ("2026-01-31", "2026-02-01", None)] == [1, 2, 2]
    assert refusal(found, on="soon") == 'table T (t): column on takes a date, not "soon"'


@pytest.mark.parametrize(
    ("type_", "cell", "message"),
    [
        ("string", "> 5", "> 5 is a number, but the column takes a string"),
        ("number", '"5"', '"5" is a string, but the column takes a number'),
        ("boolean", '"true"', '"true" is a string, but the column takes a boolean'),
        ("string", '[date("2026-01-01")..date("2026-02-01")]', None),
        ("date", "not(-1)", "not(-1) is a number, but the column takes a date"),
    ],
)
def test_a_cell_of_another_type_than_its_column_is_refused(type_: str, cell: str, message: str | None) -> None:
    """It could never match; editors call a new column "string" by default."""
    said = message or f"{cell} is a date, but the column takes a string"

    assert problems(table([([cell], ["1"])], columns=column("n", type_))) == [
        f"a.dmn:7: r1: table T, row 1, column n: {said}"
    ]


def test_a_condition_may_compare_with_anything() -> None:
    """``string length(?) > 5`` under a column of texts is right."""
    rows = [(["string length(?) > 5"], ["1"]), (["-"], ["2"])]
    found = decision(table(rows, columns=column("n", "string"), policy="FIRST"))

    assert [found.decide({"n": n}).outputs["x"] for n in ("abcdef", "abc")] == [1, 2]


def test_input_data_with_a_type_is_read_as_such() -> None:
    """An expression that reads input data of type date may compare it with dates."""
    given = '<inputData id="i" name="due"><variable name="due" typeRef="tDay"/></inputData>'
    day = '<itemDefinition name="tDay"><typeRef>feel:date</typeRef></itemDefinition>'
    found = decision(day, given, literal('due < date("2026-02-01")', requires=requires("i", kind="Input")))

    assert found.decide({"due": "2026-01-31"}).outputs == {"T": True}
    assert refusal(found, due="soon") == "decision T (t): due is a date, not 'soon'"


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        ("number", "6", 'column n takes a number, not "6"'),
        ("number", True, "column n takes a number, not true"),
        ("string", 6, "column n takes a string, not 6"),
        ("feel:boolean", "true", 'column n takes a boolean, not "true"'),
        ("date", "31.1.2026", 'column n takes a date, not "31.1.2026"'),
    ],
)
def test_a_value_of_another_type_is_refused(type_: str, value: Any, message: str) -> None:
    """A text where a number is meant would quietly match nothing, for every case, for months."""
    found = decision(table([(["-"], ["1"])], columns=column("n", type_)))

    assert refusal(found, n=value) == f"table T (t): {message}"


@pytest.mark.parametrize("value", [None, ["a"], {"a": 1}])
def test_lists_and_null_pass_any_type(value: Any) -> None:
    """Editors call a new column "string", also one that is asked ``list contains(?, …)``."""
    assert decision(table([(["-"], ["1"])], columns=column("n", "string"))).decide({"n": value}).outputs == {"x": 1}


def test_input_values_are_checked() -> None:
    """A code that the table does not know is an error of whoever wrote it, not a row that does not match."""
    found = decision(table([(["-"], ["1"])], columns=column("n", "string", '"a","b"')))

    assert found.decide({"n": "a"}).outputs == {"x": 1}
    assert found.decide({"n": ["a", "b"]}).outputs == {"x": 1}
    assert refusal(found, n="c") == 'table T (t): column n takes "a","b", not "c"'


def test_output_values_are_checked() -> None:
    """What a row computes must be one of the answers that the table promises."""
    found = decision(table([(["-"], ["n + 1"])], answers=answer("x", "1, 2")))

    assert found.decide({"n": 1}).outputs == {"x": 2}
    assert refusal(found, n=2) == "table T (t): row 1: column x gives 1, 2, not 3"


def test_case_data_is_read_by_path_and_by_condition() -> None:
    """Steps write one key each; tables read below it."""
    rows = [
        (['"检举"', "-"], ['"accusation"']),
        (["-", 'list contains(?, "命")'], ['"urgent"']),
        (["-", "-"], ['"ordinary"']),
    ]
    found = decision(table(rows, columns=column("found.nature") + column("found.words"), policy="FIRST"))

    assert found.decide({"found": {"nature": "检举"}}).outputs == {"x": "accusation"}
    assert found.decide({"found": {"nature": "求决", "words": ["命"]}}).outputs == {"x": "urgent"}
    assert found.decide({"found": {"words": []}}).outputs == {"x": "ordinary"}


# -- requirements ---------------------------------------------------------------------------------


def test_required_decisions_are_made_first_and_given_by_name() -> None:
    """A diagram calls one decision; what it stands on is recorded with it."""
    base = table([(["> 5"], ['"large"'])], id_="base")
    two = table([(["-"], ["n", "n + 1"])], id_="two", answers=answer("a") + answer("b"))
    rows = [(['"large"', "> 6"], ['"yes"'])]
    top = table(rows, columns=column("BASE") + column("TWO.b"), requires=requires("base", "two"))

    assert decision(top, base, two).decide({"n": 6}) == Decided(
        outputs={"x": "yes"},
        value="yes",
        rules=("r1",),
        inputs={"BASE": "large", "TWO.b": 7},
        required={
            "base": Decided(outputs={"x": "large"}, value="large", rules=("r1",), inputs={"n": 6}),
            "two": Decided(outputs={"a": 6, "b": 7}, value={"a": 6, "b": 7}, rules=("r1",), inputs={"n": 6}),
        },
    )


def test_required_decisions_may_stand_in_another_file() -> None:
    """One table that several decisions use is kept once."""
    found = parse_decisions(
        {
            "a.dmn": model(literal("B + 1", "a", requires("b"))),
            "b.dmn": model(literal("n * 2", "b")),
            "c.bpmn": b"no DMN",
        }
    )

    assert found["a"].decide({"n": 3}).outputs == {"A": 7}


def test_names_that_a_decision_reads_are_reported() -> None:
    """The gate compares them with what steps write; results of other decisions are no data."""
    found = decision(literal("B.x + n.k + count(m)", "t", requires("b")), literal("p.q", "b"))

    assert set(found.names) == {"n", "m", "p"}
    assert set(found.paths) == {"n", "n.k", "m", "p", "p.q"}


def test_business_knowledge_and_contexts() -> None:
    """Functions, boxed contexts and invocations (DMN 7.3): entries use those before them."""
    bindings = "".join(
        f'<binding><parameter name="{name}"/>{expression(text)}</binding>'
        for name, text in (("b", "2"), ("a", "first"))
    )
    entries = [
        entry("first", expression("days left(n, 1)")),
        entry("second", f"<invocation>{expression('days left')}{bindings}</invocation>"),
        entry("both", f"<list>{expression('first')}{expression('second')}</list>"),
    ]
    found = decision(
        knowledge("k", "days left", "a b", "twice(a) - b", requires("k2", kind="Knowledge")),
        knowledge("k2", "twice", "a", "a * 2"),
        f'<decision id="t" name="T">{requires("k", kind="Knowledge")}<context>{"".join(entries)}</context></decision>',
    )

    assert found.decide({"n": 3}).outputs == {"first": 5, "second": 8, "both": [5, 8]}
    assert set(found.names) == {"n"}


def test_a_context_may_end_in_its_result() -> None:
    """The last entry without name is what the decision comes to."""
    result = f"<contextEntry>{expression('a * 2')}</contextEntry>"
    context = f'<decision id="t" name="T"><context>{entry("a", expression("n + 1"))}{result}</context></decision>'

    assert decision(context).decide({"n": 1}).outputs == {"T": 4}


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_all_versions_of_dmn_are_read(namespace: str) -> None:
    """Every editor writes the version that it likes."""
    assert parse_decisions({"a.dmn": model(literal("1"), namespace=namespace)})["t"].decide({}).outputs == {"T": 1}


# -- problems -------------------------------------------------------------------------------------


def test_every_problem_is_told_at_once() -> None:
    """A designer mends a file in one go: table, row, column, cell, and what is wrong with it."""
    rows = [(["> 5 and", "“a”"], ["9"]), (["-"], ["f(1)"]), (["1", "2"], ["1"])]
    found = problems(table(rows, columns=column("n") + column("m +"), answers=answer("x", "1,2")), literal("", "empty"))

    assert found == [
        "a.dmn:5: t: table T, column m +: m +: a value is missing before the end",
        "a.dmn:7: r1: table T, row 1, column n: > 5 and: and is not expected here",
        'a.dmn:7: r1: table T, row 1, column m +: “a”: texts stand between straight quotes ("…"), not “',
        "a.dmn:7: r1: table T, row 1, column x: 9 is none of the output values 1,2",
        "a.dmn:8: r2: table T, row 2: it has 1 + 1 cells for 2 + 1 columns",
        "a.dmn:11: empty: decision EMPTY: the cell is empty",
    ]


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (
            table([], policy="BEST"),
            f"table T: there is no hit policy BEST; there are: {', '.join(HitPolicy)}",
        ),
        (table([], policy="PRIORITY"), "table T: hit policy PRIORITY needs output values, the most important first"),
        (
            table([], policy="COLLECT", more=' aggregation="AVG"'),
            "table T: there is no aggregation AVG; there are: COUNT, MAX, MIN, SUM",
        ),
        (
            table([], policy="COLLECT", more=' aggregation="SUM"', answers=answer("x") + answer("y")),
            "table T: SUM takes one output column",
        ),
        (table([], policy="RULE ORDER", more=' aggregation="SUM"'), "table T: SUM goes with hit policy COLLECT only"),
        (table([], answers=""), "table T: it has no output column"),
        (
            table([], answers=answer("x") + answer("")),
            "table T: every output column needs a name, for there are several",
        ),
        (table([], answers=answer("x") + answer("x")), "table T: two output columns have the same name"),
        (table([], columns=column("")), "table T, column 1: it has no input expression"),
        ('<decision id="t" name="T"/>', "decision T: it has no logic: draw a table or write an expression"),
        ('<decision id="t" name="T"><relation/></decision>', "decision T: <relation> is not offered"),
        (
            literal("1").replace("<literalExpression>", '<literalExpression expressionLanguage="python">'),
            "decision T: the expression language python is not offered; write FEEL",
        ),
        (literal("1", requires=requires("nowhere")), "the required decision nowhere is nowhere"),
        (literal("1", requires=requires("t")), "the decision requires itself"),
        (
            f'<decision id="t" name="T"><invocation>{expression("f")}</invocation></decision>',
            "decision T: it calls f, which is no business knowledge of this file",
        ),
    ],
)
def test_a_file_that_cannot_decide_is_refused(element: str, message: str) -> None:
    """What is not offered is named, never skipped."""
    assert [problem.partition(": t: ")[2] for problem in problems(element)] == [message]


def test_decisions_that_require_each_other_are_refused() -> None:
    """There is no first one to make."""
    found = problems(literal("B", "a", requires("b")), literal("A", "b", requires("a")))

    assert found == ["a.dmn:3: a: the decision requires itself", "a.dmn:4: b: the decision requires itself"]


def test_ids_are_unique_across_files() -> None:
    """A diagram names a decision by id alone."""
    with pytest.raises(DiagramError) as caught:
        parse_decisions({"a.dmn": model(literal("1")), "b.dmn": model(literal("2"))})

    assert str(caught.value) == "b.dmn:3: t: the decision t is also in a.dmn; ids are unique"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is no XML: "),
        (b"<definitions", "the file is no XML: "),
        (b"<definitions/>", "definitions is no DMN 1.1 to 1.5 model"),
        (b'<bpmn xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', " is no DMN 1.1 to 1.5 model"),
        (b"<!DOCTYPE definitions><definitions/>", "a DOCTYPE is not allowed; remove it"),
        (
            b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>',
            "a DOCTYPE is not allowed; remove it",
        ),
        (
            b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><definitions>&b;</definitions>',
            "a DOCTYPE is not allowed; remove it",
        ),
    ],
)
def test_a_file_that_is_no_dmn_is_refused(data: bytes, message: str) -> None:
    """Broken, foreign and hostile XML: nothing is fetched, nothing expanded."""
    with pytest.raises(DiagramError) as caught:
        parse_decisions({"a.dmn": data})

    assert len(caught.value.problems) == 1
    assert message in str(caught.value)
