"""``duban bureau test``: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Duban

GOOD = """diagram: petition
given: {at: 2026-03-02T09:00+08:00, petition: {}}
scenarios:
  - {id: good, title: 来件还在办, then: {ended: null, incidents: []}}
"""
BAD = GOOD + "  - {id: bad, title: 尚未办结, then: {ended: end_closed}}\n"


def test_scenarios_that_hold_end_with_zero(duban: Duban, tmp_path: Path) -> None:
    """A designer and a pipeline both look at the exit code first."""
    (tmp_path / "a.scenarios.yaml").write_text(GOOD, encoding="utf-8")
    ended = duban("bureau", "test", "a.scenarios.yaml")

    assert ended.code == 0
    assert ended.out.splitlines()[0].startswith(f"{tmp_path}/a.scenarios.yaml: 1 passed, 0 failed")
    assert "1 scenarios" in ended.err


def test_a_failure_is_told_with_its_line_and_its_trail(duban: Duban, tmp_path: Path) -> None:
    """Nobody should have to run it twice to see why."""
    (tmp_path / "a.scenarios.yaml").write_text(BAD, encoding="utf-8")
    ended = duban("bureau", "test", "a.scenarios.yaml")

    assert ended.code == 2
    assert "FAILED bad 尚未办结\n" in ended.err
    assert f"{tmp_path}/a.scenarios.yaml:5: ended: expected end_closed, found still open" in ended.err
    assert "2026-03-02 09:00  云信〔2026〕00001  立案" in ended.err


def test_machines_read_counts_failures_and_coverage(duban: Duban, tmp_path: Path) -> None:
    """The four words that the mission names, and why each scenario failed."""
    (tmp_path / "a.scenarios.yaml").write_text(BAD, encoding="utf-8")
    told = duban("bureau", "test", "a.scenarios.yaml", "--json").json

    assert (told["diagrams"], told["scenarios"], told["failed"], told["passed"]) == (1, 2, 1, False)
    assert [(each["id"], each["line"]) for each in told["failures"]] == [("bad", 5)]
    assert set(told["coverage"]["petition.bpmn"]) == {"percent", "nodes", "flows", "rows", "missing"}
    assert 0 < told["coverage"]["petition.bpmn"]["percent"] < 100


def test_a_file_that_cannot_be_read_is_refused_with_its_line(duban: Duban, tmp_path: Path) -> None:
    """Errors point at the YAML line."""
    (tmp_path / "a.scenarios.yaml").write_text(GOOD.replace("ended:", "endet:"), encoding="utf-8")
    ended = duban("bureau", "test", "a.scenarios.yaml")

    assert ended.code == 2
    assert "a.scenarios.yaml:4: scenarios[0].then.endet: 'endet' is not known (did you mean ended" in ended.err


def test_a_scenario_or_file_that_is_not_there_is_told(duban: Duban, tmp_path: Path) -> None:
    """Testing nothing must not look like passing."""
    (tmp_path / "a.scenarios.yaml").write_text(GOOD, encoding="utf-8")

    assert duban("bureau", "test", "a.scenarios.yaml", "--scenario", "goof").code == 4
    assert duban("bureau", "test", "b.scenarios.yaml").code == 4


def test_a_real_case_becomes_a_scenario_that_holds(duban: Duban, tmp_path: Path) -> None:
    """What happened once can be asked of every later diagram; nobody is recognised in it."""
    number = duban("case", "list", "--json").json[0]["number"]
    ended = duban("case", "scenario", number)
    (tmp_path / "found.scenarios.yaml").write_text(ended.out, encoding="utf-8")
    played = duban("bureau", "test", "found.scenarios.yaml")

    assert (ended.code, ended.err, played.code) == (0, "", 0)
    assert not [word for word in ("郑和", "13800000003", "解放路", "叫号机") if word in ended.out]


def test_a_case_that_is_not_there_has_no_story(duban: Duban) -> None:
    """Exit code 4, as everywhere."""
    assert duban("case", "scenario", "云信〔2026〕99999").code == 4


def test_where_everything_is_drawn_is_written_as_a_page(duban: Duban) -> None:
    """docs/coverage.md is this output."""
    ended = duban("bureau", "coverage")

    assert ended.code == 0
    assert ended.out.startswith("# What is drawn where\n")
    assert "| A1 三级回访 |" in ended.out
