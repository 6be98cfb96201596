"""The content folder: found by convention, read whole, told by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from duban.api import Call, Done
from duban.bureau import find_folder, open_bureau
from duban.errors import BureauError, NotFound

ROOT = Path(__file__).parents[2]
HANDLER = """
from duban.api import Call, Done, Tools, service_task

@service_task("greet/hello")
def hello(call: Call, tools: Tools) -> Done:
    return Done(result={"said": "hello"})
"""
CALLER = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="outer"><callActivity id="c" calledElement="inner"/>
<businessRuleTask id="b"><extensionElements>
<s:calledDecisionId xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">weigh</s:calledDecisionId>
</extensionElements></businessRuleTask></process></definitions>"""
CALLED = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="inner"/></definitions>'
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="weigh">
<informationRequirement><requiredDecision href="#lift"/></informationRequirement></decision></definitions>"""
LIFT = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="lift"/></definitions>'
OTHER = CALLED.replace(b"inner", b"unrelated")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a small bureau of its own."""
    for name in ("bpmn/forms", "tasks", "templates/letters", "workflows"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(ROOT / "bureau.toml", tmp_path)
    (tmp_path / "tasks" / "greet.py").write_text(HANDLER, encoding="utf-8")
    (tmp_path / "bpmn" / "forms" / "sign.json").write_text('{"title": "签收"}', encoding="utf-8")
    (tmp_path / "templates" / "letters" / "L01.html").write_text("x", encoding="utf-8")
    diagrams = {"outer.bpmn": CALLER, "inner.bpmn": CALLED, "weigh.dmn": TABLE, "lift.dmn": LIFT, "other.bpmn": OTHER}
    for file, data in diagrams.items():
        (tmp_path / "bpmn" / file).write_bytes(data)
    return tmp_path


def test_a_folder_offers_its_names(folder: Path) -> None:
    """Content is joined by names: all of them must be known before anything runs."""
    bureau = open_bureau(folder)

    assert set(bureau.files) == {"inner.bpmn", "lift.dmn", "other.bpmn", "outer.bpmn", "weigh.dmn"}
    assert dict(bureau.forms["sign"]) == {"title": "签收"}
    assert set(bureau.handlers) == {"greet/hello"}
    assert bureau.templates == {"letters/L01.html"}
    assert bureau.setting("routing.bar") == bureau.settings.routing.bar
    assert bureau.unit("RSJ")["address"]


def test_a_handler_is_the_function_itself(folder: Path, tools: object) -> None:
    """What is offered is what runs."""
    offered = open_bureau(folder).handlers["greet/hello"]

    assert offered.name == "greet/hello"
    assert offered.handler(_call(), tools) == Done(result={"said": "hello"})  # type: ignore[arg-type] # not used by it


def test_a_process_takes_along_what_it_calls(folder: Path) -> None:
    """A definition holds its own file, called processes and tables, and nothing that it does not need."""
    bureau = open_bureau(folder)

    assert list(bureau.files_for("outer")) == ["inner.bpmn", "lift.dmn", "outer.bpmn", "weigh.dmn"]
    assert list(bureau.files_for("inner")) == ["inner.bpmn"]
    with pytest.raises(NotFound, match="did you mean outer"):
        bureau.files_for("outre")


def test_broken_xml_is_left_to_the_parser(folder: Path) -> None:
    """The engine says what is wrong with a diagram; it must get to see it."""
    (folder / "bpmn" / "outer.bpmn").write_bytes(b"<definitions><process id='outer'>")

    assert "outer.bpmn" in open_bureau(folder).files_for("outer")


def test_all_that_is_wrong_in_a_folder_is_told_together(folder: Path) -> None:
    """Settings, forms and handlers are corrected in one go."""
    (folder / "bureau.toml").write_text("[bureau]\nname = 1 2", encoding="utf-8")
    (folder / "bpmn" / "forms" / "bad.json").write_text('{\n "a": }', encoding="utf-8")
    (folder / "tasks" / "broken.py").write_text("x = 1\ny = 1 / 0\n", encoding="utf-8")
    (folder / "tasks" / "syntax.py").write_text("x = 1\ndef (\n", encoding="utf-8")
    (folder / "tasks" / "again.py").write_text(HANDLER, encoding="utf-8")
    (folder / "tasks" / "leaning.py").write_text("from tasks import syntax\n", encoding="utf-8")

    with pytest.raises(BureauError) as caught:
        open_bureau(folder)

    assert {(problem.file, problem.line) for problem in caught.value.problems} == {
        ("bureau.toml", 2),
        ("bpmn/forms/bad.json", 2),
        ("tasks/broken.py", 2),
        ("tasks/syntax.py", 2),
        ("tasks/greet.py", None),
    }


def test_the_digest_follows_every_file(folder: Path) -> None:
    """A case is bound to what it ran on: the smallest change must show."""
    before = open_bureau(folder).digest
    (folder / "templates" / "letters" / "L01.html").write_text("y", encoding="utf-8")

    assert open_bureau(folder).digest != before


def test_a_folder_is_found_by_convention(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is said wins over the environment, the environment over the place where one stands."""
    deep = folder / "bpmn" / "forms"
    other = tmp_path_factory.mktemp("other")

    assert find_folder(given=None, environment=None, start=deep) == folder
    assert find_folder(given=None, environment=str(folder), start=other) == folder
    assert find_folder(given=folder, environment=str(other), start=other) == folder
    with pytest.raises(BureauError, match="named by --bureau"):
        find_folder(given=other, environment=None, start=deep)
    with pytest.raises(BureauError, match="named by DUBAN_BUREAU"):
        find_folder(given=None, environment=str(other), start=deep)


def test_unknown_names_are_answered_with_near_ones(folder: Path) -> None:
    """A misspelt name is the most frequent mistake."""
    bureau = open_bureau(folder)

    with pytest.raises(NotFound, match="'barr' is missing"):
        bureau.setting("routing.barr")
    with pytest.raises(NotFound, match="did you mean PCS0"):
        bureau.unit("PCS0")


@pytest.fixture
def tools() -> object:
    return object()


def _call() -> Call:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 2, tzinfo=UTC)
    return Call(
        key="1/2", operator="greet/hello", parameters={}, case=1, number="1", kind="k", element="e", attempt=1, now=now
    )


def test_each_folders_handlers_import_their_own_neighbours(folder: Path, tools: object) -> None:
    """Two bureaus in one process: neither runs a line of the other's."""
    (folder / "tasks" / "words.py").write_text('WORD = "good day"\n', encoding="utf-8")
    text = HANDLER.replace('"hello"}', "WORD}").replace(
        "from duban.api", "from tasks.words import WORD\nfrom duban.api", 1
    )
    (folder / "tasks" / "greet.py").write_text(text, encoding="utf-8")

    theirs = open_bureau(ROOT).handlers
    ours = open_bureau(folder).handlers

    assert ours["greet/hello"].handler(_call(), tools) == Done(result={"said": "good day"})  # type: ignore[arg-type]
    assert set(open_bureau(ROOT).handlers) == set(theirs)
    assert open_bureau(folder).handlers["greet/hello"] == ours["greet/hello"]
