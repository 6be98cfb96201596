"""Files of scenarios: every mistake is told at once, with its line and the nearest name that exists."""

from __future__ import annotations

import pytest

from duban.desk.scenarios.page import Page
from duban.errors import NotFound
from tests.desk.stories import played, problems

HEAD = "diagram: trip\ngiven: {at: 2026-03-02T09:00+08:00}\nscenarios:\n"


def test_words_are_what_they_look_like() -> None:
    """YAML's older readings turn on into true, 09:30 into 570 and 0801 into 513: nobody means that."""
    page = Page(
        "a.yaml", b"on: [off, no, yes, 0801, 1201, 2026-02-03, 09:30, 1.5, -3, null, ~, true, '5', 1e3]\nempty:\n"
    )

    assert page.root == {
        "on": ["off", "no", "yes", "0801", 1201, "2026-02-03", "09:30", 1.5, -3, None, None, True, "5", "1e3"],
        "empty": None,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # nothing that can be read
        ("", [(1, "must begin with `diagram:` and `scenarios:`")]),
        ("- a\n", [(1, "must begin with `diagram:` and `scenarios:`")]),
        ("a: [1\nb: 2\n", [(2, "is not YAML: did not find expected ',' or ']'")]),
        ("diagram: trip\ndiagram: trip\nscenarios: []\n", [(2, "this key is there twice"), (3, "is empty")]),
        # the file
        ("diagram: trap\nscenarios: []\n", [(1, "'trap' is not known (did you mean trip?); known: trip")]),
        ("diagram: trip\nscenarios: []\nsettings: {}\n", [(2, "is empty"), (3, "this key is not known here")]),
        # a scenario
        (f"{HEAD}  - id: one\n", [(4, "is missing: say where the case stands in the end")]),
        (
            f"{HEAD}  - {{id: 1, then: {{ended: null}}}}\n  - {{id: 1, then: {{ended: null}}}}\n",
            [(5, "'1' is there twice")],
        ),
        (f"{HEAD}  - {{id: 1, then: {{}}}}\n", [(4, "expects nothing; say open, ended, letters, due, data …")]),
        (
            f"{HEAD}  - {{id: 1, the: 2, then: {{ended: null}}}}\n",
            [(4, "this key is not known here (did you mean then?)")],
        ),
        # given
        (f"{HEAD}  - {{id: 1, given: {{at: soon}}, then: {{ended: null}}}}\n", [(4, "'soon' is not a time")]),
        (
            f"{HEAD}  - {{id: 1, given: {{kind: trap}}, then: {{ended: null}}}}\n",
            [(4, "'trap' is not known (did you mean trip?)")],
        ),
        (
            f"{HEAD}  - {{id: 1, given: {{data: {{}}, petition: {{}}}}, then: {{ended: null}}}}\n",
            [(4, "a case begins with data or with a petition, not with both")],
        ),
        (
            f"{HEAD}  - {{id: 1, given: {{leave: [{{person: zz, from: x, to: 2026-01-01}}]}}, then: {{open: []}}}}\n",
            [(4, "'x' is not a date (2026-01-31)")],
        ),
        (
            f"{HEAD}  - {{id: 1, given: {{calendar: {{year: 2027, off: [x], on: []}}}}, then: {{ended: null}}}}\n",
            [(4, "'x' is not a date (2026-01-31)")],
        ),
        # steps
        (
            f"{HEAD}  - id: 1\n    when:\n      - doo: ask\n    then: {{ended: null}}\n",
            [(6, "a step has exactly one of: do, ")],
        ),
        (
            f"{HEAD}  - id: 1\n    when:\n      - do: ask\n        wait: 2d\n    then: {{ended: null}}\n",
            [(6, "a step has exactly one of: do, ")],
        ),
        (
            f"{HEAD}  - id: 1\n    when:\n      - wait: 2 days\n    then: {{ended: null}}\n",
            [(6, "'2 days' is no time to wait; write 2d, 3wd, 24h or 30min")],
        ),
        (
            f"{HEAD}  - id: 1\n    when:\n      - {{do: ask, wiht: {{}}}}\n    then: {{ended: null}}\n",
            [(6, "this key is not known here (did you mean with?)")],
        ),
        (
            f"{HEAD}  - id: 1\n    when:\n      - {{do: ask, case: Trip 2}}\n    then: {{ended: null}}\n",
            [(6, "'Trip 2' names no case; write the kind")],
        ),
        (
            f"{HEAD}  - id: 1\n    when:\n      - {{call: trip/fetch}}\n    then: {{ended: null}}\n",
            [(6, "say exactly one of: answers, fails, breaks")],
        ),
        # expectations
        (
            f"{HEAD}  - id: 1\n    then:\n      opne: [ask]\n",
            [(6, "'opne' is not known (did you mean open")],
        ),
        (f"{HEAD}  - id: 1\n    then:\n      open: ask\n", [(6, "must be a list, as in [ask]")]),
        (
            f"{HEAD}  - id: 1\n    then:\n      due: 2026-03-04\n",
            [(6, "must name what is meant, as in due: {name: value}")],
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, said: list[tuple[int, str]]) -> None:
    """Errors point at the line, never at the program."""
    found = problems(text)

    assert [line for line, _ in found][: len(said)] == [line for line, _ in said]
    assert [told[: len(words)] for (_, told), (_, words) in zip(found, said, strict=False)] == [w for _, w in said]


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("when: [{do: aks}]\n    then: {ended: null}", "element 'aks' is not known (did you mean ask?)"),
        (
            "when: [{do: ask, with: {wat: 小事}}]\n    then: {ended: null}",
            "field of the form trip 'wat' is not known (did you mean what?)",
        ),
        (
            "when: [{do: ask, as: zengxiaodog}]\n    then: {ended: null}",
            "person 'zengxiaodog' is not known (did you mean zengxiaodong",
        ),
        ("when: [{do: ask, case: trap}]\n    then: {ended: null}", "kind 'trap' is not known (did you mean trip?)"),
        (
            "when: [{message: trip.stp}]\n    then: {ended: null}",
            "message 'trip.stp' is not known (did you mean trip.stop?)",
        ),
        (
            "when: [{call: trip/fetsh, fails: x}]\n    then: {ended: null}",
            "operator 'trip/fetsh' is not known (did you mean trip/fetch?)",
        ),
        ("when: [{refused: {do: aks}}]\n    then: {ended: null}", "element 'aks' is not known (did you mean ask?)"),
        (
            "when: [{receive: {chanel: LX}}]\n    then: {ended: null}",
            "field of a petition 'chanel' is not known (did you mean channel?)",
        ),
        ("given: {petition: {channel: LXX}}\n    then: {ended: null}", "channel 'LXX' is not known"),
        ("given: {message: trip.go}\n    then: {ended: null}", "start message 'trip.go' is not known"),
        (
            "given: {leave: [{person: zz, from: 2026-01-01, to: 2026-01-02}]}\n    then: {ended: null}",
            "person 'zz' is not known",
        ),
        ("then: {open: [vist]}", "element 'vist' is not known (did you mean visit"),
        ("then: {open: [visit@PSC01]}", "unit 'PSC01' is not known (did you mean PCS01"),
        ("then: {ended: end_don}", "element 'end_don' is not known (did you mean end_done"),
        ("then: {due: {B.contakt: 2026-03-04}}", "limit 'B.contakt' is not known (did you mean B.contact"),
        ("then: {letters: [L99]}", "letter 'L99' is not known"),
        ("then: {decided: {levels: [1]}}", "decision 'levels' is not known (did you mean level?)"),
        ("then: {decided: {level: [4]}}", "row of level '4' is not known"),
        ("then: {cases: {trap: 1}}", "kind 'trap' is not known (did you mean trip?)"),
        ("then: {waits: [trip.stp]}", "message 'trip.stp' is not known (did you mean trip.stop?)"),
    ],
)
def test_a_name_that_nothing_answers_to_is_told_before_anything_is_played(rest: str, said: str) -> None:
    """A misspelt limit would otherwise pass for one that does not run."""
    (found,) = problems(f"{HEAD}  - id: 1\n    {rest}\n")

    assert (found[0] or 0) >= 4
    assert found[1].startswith(said)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    """One run, one round of mending."""
    when = "    when:\n      - do: aks\n      - do: chek\n"
    text = f"{HEAD}  - id: 1\n{when}    then:\n      due: {{B.contakt: 2026-03-04}}\n"

    assert [line for line, _ in problems(text)] == [6, 7, 9]


def test_a_file_that_cannot_be_read_stops_no_other() -> None:
    """A helper's half-written file must not hide what the others say."""
    good = f"{HEAD}  - id: 1\n    then: {{open: [ask]}}\n"
    results = played("diagram: [", good)

    assert (len(results.problems), len(results.played), results.passed) == (1, 1, False)


def test_a_scenario_is_chosen_by_its_id() -> None:
    """A designer works on one story at a time."""
    text = f"{HEAD}  - id: 1\n    then: {{open: [ask]}}\n  - id: 2\n    then: {{open: []}}\n"

    assert [each.scenario.id for each in played(text, only=["1"]).played] == ["1"]
    with pytest.raises(NotFound, match="there is no scenario 3; there are: 1, 2"):
        played(text, only=["3"])


def test_a_scenario_may_change_settings() -> None:
    """What a bureau may set is proved both ways; a setting that leads nowhere is told."""
    text = f"{HEAD}  - id: 1\n    given: {{settings: {{limits.B.contact.lenght.x: 3wd}}}}\n    then: {{open: [ask]}}\n"
    (one,) = played(text).failed

    assert [(failure.line, failure.message) for failure in one.failures] == [
        (5, "given: bureau.toml: limits.B.contact.lenght.x: leads nowhere (did you mean length?)")
    ]
