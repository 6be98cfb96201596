"""A recorded case becomes a scenario that leads to the same end, without a word that was anybody's own."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban import opening
from duban.bureau import open_bureau
from duban.desk.scenarios import beginning
from duban.desk.scenarios.acting import act
from duban.desk.scenarios.page import Page
from duban.desk.scenarios.playing import perform
from duban.desk.scenarios.reading import read_suite
from duban.desk.scenarios.retelling import Retold, retell
from duban.desk.scenarios.running import read_stories
from duban.desk.scenarios.script import Answer, Do, Say, Scenario
from duban.desk.scenarios.stage import Stage
from duban.desk.scenarios.writing import written
from duban.desk.shelf import Shelf
from duban.desk.virtual import Fresh
from tests.desk.stories import BUREAU, FRESH

HEAD = "diagram: trip\nscenarios:\n  - id: walk\n    given: {at: 2026-03-02T09:00+08:00}\n    then: {open: [ask]}\n"
SEEDS = st.integers(min_value=0, max_value=2**32)


def a_stage() -> Stage:
    (scenario,) = read_suite("walk.yaml", HEAD.encode(), BUREAU.settings).scenarios
    stage = Stage.set(FRESH, scenario.given)
    beginning.begin(stage, scenario.given, "walk")
    return stage


def walked(stage: Stage, luck: Random) -> None:
    """Let chance lead the case somewhere: answers, order, waits, messages, handlers that break or fail."""
    for _ in range(luck.randint(1, 8)):
        if luck.random() < 0.4:
            stage.clock.move(hours=luck.randint(1, 60))
        how = luck.choice(("answers", "breaks", "fails", ""))
        if how and not stage.pending:
            stage.pending.append(
                Answer(
                    line=0,
                    operator="trip/fetch",
                    answers={"got": "某物"} if how == "answers" else None,
                    fails="lost" if how == "fails" else None,
                    breaks="no network" if how == "breaks" else None,
                    times=luck.randint(1, 3),
                )
            )
        items = stage.desk.store.read(lambda record: record.worklist.of(record.cases.load(stage.main).id))
        if not items:
            break
        item = luck.choice(items)
        if item.element == "check" and luck.random() < 0.4:
            act(stage, Say(line=0, name="trip.stop", payload={"why": "王小明来电"}, to={}, actor=None, case=None))
            continue
        units = luck.sample(["PCS01", "PCS02", "ZA", "ZA", "JT"], luck.randint(1, 3))
        fields = {"what": luck.choice(["小事", "大事", "大事", "无事"]), "units": units, "code": "王小明的电动车"}
        place = item.scope.rpartition("#")[2] or None
        fields = fields if item.element == "ask" else {}
        act(stage, Do(line=0, element=item.element, fields=fields, place=place, actor=None, case=None))


@settings(max_examples=25)
@given(SEEDS)
def test_whatever_happened_happens_again(seed: int) -> None:
    """End, letters and decisions are the same: they are the expectations of what was written, and it was played."""
    stage = a_stage()
    try:
        walked(stage, Random(seed))
        retold = retell(stage.desk, FRESH, stage.main)
    finally:
        stage.desk.close()

    assert [str(failure) for failure in retold.failures] == []
    assert "王小明" not in retold.text


def test_what_was_written_reads_well() -> None:
    """A designer goes on from it by hand."""
    stage = a_stage()
    try:
        fields = {"what": "大事", "units": ["ZA", "JT"], "code": "13800000001"}
        act(stage, Do(line=0, element="ask", fields=fields, place=None, actor=None, case=None))
        stage.clock.move(days=1)
        act(stage, Do(line=0, element="visit", fields={}, place="JT", actor=None, case=None))
        retold = retell(stage.desk, FRESH, stage.main)
    finally:
        stage.desk.close()

    assert retold.text == (
        "diagram: trip\n"
        "scenarios:\n"
        "  - id: 差〔2026〕001\n"
        "    title: 由案件记录生成：Main\n"
        "    given: {at: 2026-03-02T09:00:00+08:00, kind: trip, data: {}}\n"
        "    when:\n"
        "      - do: ask\n"
        "        as: zengxiaodong\n"
        '        with: {what: 大事, units: [ZA, JT], code: "13800000000", urgent: true}\n'
        "      - {until: 2026-03-03T09:00:00+08:00}\n"
        '      - {do: visit, in: "1", as: shaoshouzheng}\n'
        "    then:\n"
        "      - ended: null\n"
        "        letters: []\n"
        "        decided: {level: [r2]}\n"
    )


@pytest.fixture(scope="module")
def shipped() -> tuple[Fresh, list[Scenario]]:
    """The first scenario of every shipped diagram, and what opens desks for them."""
    bureau = open_bureau(Path(__file__).parents[2])
    shelf = Shelf(bureau)
    suites = read_stories(bureau, shelf).suites
    return opening.rehearsals(bureau, shelf), [suite.scenarios[0] for suite in suites]


def test_cases_of_every_shipped_diagram_can_be_recorded(shipped: tuple[Fresh, list[Scenario]]) -> None:
    """Letters, limits, cases that open cases, messages between them: all of it happens again."""
    fresh, scenarios = shipped
    failed: dict[str, list[str]] = {}
    for scenario in scenarios:
        with perform(fresh, scenario) as stage:
            retold = retell(stage.desk, fresh, stage.main) if stage.main else Retold(text="", failures=(), trail=())
            failed[scenario.diagram] = [str(failure) for failure in retold.failures]

    assert {diagram: wrong for diagram, wrong in failed.items() if wrong} == {}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=8)
        | st.sampled_from(["on", "0801", "1.5", "a: b"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    )
)
def test_what_is_written_is_read_back_as_it_was(value: object) -> None:
    """A text that looks like a number must come back as a text."""
    page = Page("a.yaml", written({"value": value, "list": [value, {"a": value}]}).encode())

    assert page.problems == []
    assert page.root == {"value": value, "list": [value, {"a": value}]}
