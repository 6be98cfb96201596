"""Cases of other kinds from the command line: opened, listed, told of, and a new year's calendar."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Duban

LEADER = "unit_leader"


def leader(duban: Duban) -> str:
    """Return a leader of the station PCS01."""
    found = duban("person", "list", "--role", LEADER, "--unit", "PCS01", "--json").json
    return str(found[0]["id"])


def test_a_station_whistles_from_the_command_line(duban: Duban) -> None:
    """Opened by whoever may, listed by its kind, known to who opened it; others are told who may."""
    who = leader(duban)
    opened = duban("case", "open", "whistle", "--as", who, "--json").json
    refused = duban("case", "open", "whistle", "--as", "xuyongkang")
    listed = duban("case", "list", "--kind", "whistle", "--json").json
    shown = duban("case", "show", opened["number"], "--as", who)

    assert (opened["kind"], len(opened["tasks"])) == ("whistle", 1)
    assert (refused.code, "单位主要负责人" in refused.err) == (3, True)
    assert [(line["number"], line["at"]) for line in listed] == [(opened["number"], ["吹哨"])]
    assert shown.out.startswith(f"{opened['number']}  吹哨报到")
    assert duban("case", "open", "whistel", "--as", who).err.count("did you mean whistle") == 1


def test_start_data_come_from_a_file_and_must_be_an_object(duban: Duban, tmp_path: Path) -> None:
    """A wrong file is the caller's mistake, told before anything is opened."""
    file = tmp_path / "start.json"
    file.write_text(json.dumps({"whistle_in": {"ref_no": None, "unit": "PCS01", "by": leader(duban)}}), "utf-8")
    good = duban("case", "open", "whistle", "--as", leader(duban), "--data", f"@{file}", "--json").json
    bad = duban("case", "open", "whistle", "--as", leader(duban), "--data", "[1]")

    assert good["number"].startswith("云哨")
    assert bad.code == 2
    assert "JSON object" in bad.err


def test_what_a_case_does_not_wait_for_is_refused_with_what_it_waits_for(duban: Duban) -> None:
    """A message to the wrong case must not vanish."""
    number = duban("case", "list", "--json").json[0]["number"]
    ended = duban("case", "say", number, "sender.answer", "--as", "xuyongkang", "--data", '{"agreed": true}')

    assert ended.code == 2
    assert "does not wait for sender.answer" in " ".join(ended.err.split())


def test_a_new_year_is_told_before_it_is_loaded(duban: Duban, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--dry-run` shows the list and writes nothing; loading keeps the file beside bureau.toml."""
    home = tmp_path / "bureau"
    for name in ("bpmn", "tasks", "templates", "workflows"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "bureau.toml", home)
    monkeypatch.setenv("DUBAN_BUREAU", str(home))
    file = tmp_path / "next.toml"
    file.write_text('year = 2099\noff = [2099-01-01]\non = []\nsource = "样例通知"\n', "utf-8")
    told = duban("calendar", "load", file, "--dry-run", "--as", "xuyongkang")
    unwritten = not (home / "calendar").exists()
    done = duban("calendar", "load", file, "--as", "xuyongkang", "--json").json

    assert (told.code, "Nothing was changed." in told.err, unwritten) == (0, True, True)
    assert (done["year"], done["source"], done["moved"]) == (2099, "样例通知", [])
    assert (home / "calendar" / "2099.toml").read_text("utf-8") == file.read_text("utf-8")
