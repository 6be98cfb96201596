"""A petition's way by command, as an operator or a script walks it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import ROWS, Duban


def the_case(duban: Duban) -> str:
    """Return the number of the petition about the dog."""
    (row,) = duban("case", "list", "--text", "犬吠", "--json").json
    return str(row["number"])


def signing(duban: Duban, number: str) -> int:
    """Return the task at which the unit signs."""
    items = duban("work", "list", "--unit", "PCS01", "--json").json
    return int(next(item["task"] for item in items if item["number"] == number))


def clerk(duban: Duban, unit: str = "PCS01") -> str:
    """Return somebody who signs for *unit*."""
    return str(duban("person", "list", "--unit", unit, "--role", "unit_clerk", "--json").json[0]["id"])


def test_a_case_is_found_and_shown(duban: Duban) -> None:
    """Who has it, until when, and what happened so far."""
    number = the_case(duban)

    shown = duban("case", "show", number)
    listed = duban("case", "list", "--status", "open")

    assert (shown.code, listed.code) == (0, 0)
    assert shown.out.startswith(f"{number}  楼下犬吠扰民\nstate: open\nwork ")
    assert "签收  PCS01 unit_clerk" in shown.out
    assert "X2.notice" in shown.out
    assert listed.out.count("云信") == 3
    assert listed.err == "3 of 3\n"


def test_work_is_taken_done_and_gone(duban: Duban) -> None:
    """claim, return, complete: each by the person who may, each told on stderr, each as JSON for machines."""
    number = the_case(duban)
    task = signing(duban, number)
    who = ("--as", clerk(duban))

    sheet = duban("work", "show", number, task)
    taken = duban("work", "claim", number, task, *who, "--json")
    back = duban("work", "return", number, task, *who)
    done = duban("work", "complete", number, task, *who, "--set", "decision=签收", "--json")
    again = duban("work", "complete", number, task, *who, "--set", "decision=签收")

    assert "decision" in sheet.out
    assert taken.json["claimed_by"] == clerk(duban)
    assert back.err == f"签收 ({number}, task {task}) may be taken by others again.\n"
    assert (done.json["element"], done.json["opened"]) == ("sign", ["assign_officer"])
    assert again.code == 3


def test_a_field_set_goes_over_what_is_filled_in(duban: Duban, tmp_path: Path) -> None:
    """A clerk who registers a petition types what is missing, not the dozen fields that intake knows."""
    file = tmp_path / "vague.csv"
    file.write_text(f"{ROWS.splitlines()[0]}\nT-0009,DH,2026-03-03 09:00,,请尽快处理一下这件事。,,,,\n", "utf-8")
    duban("import", file)
    (row,) = duban("case", "list", "--text", "尽快处理", "--json").json
    number, task = row["number"], duban("case", "show", row["number"], "--json").json["work"][0]["task"]
    who = duban("person", "list", "--role", "intake", "--json").json[0]["id"]

    choices = duban("work", "show", number, task, "--field", "matter")
    nothing = duban("work", "show", number, task, "--field", "subject")
    done = duban("work", "complete", number, task, "--as", who, "--set", "matter=1402", "--set", "nature=求决")

    assert "0801   犬只扰民伤人" in choices.out
    assert (nothing.code, "the form has no field subject" in nothing.err) == (2, True)
    assert (done.code, done.err.startswith("register (")) == (0, True)


def test_an_unknown_code_is_no_empty_list(duban: Duban) -> None:
    """An empty list would say that nothing waits; it is the code that nobody has."""
    listed = [duban("work", "list", "--unit", "PCS1"), duban("case", "list", "--channel", "12346")]

    assert [ended.code for ended in listed] == [4, 4]
    assert listed[0].err == "there is no unit PCS1 in bureau.toml; did you mean PCS01, PCS07?\n"
    assert "12345" in listed[1].err


def test_a_wrong_form_is_told_field_by_field(duban: Duban) -> None:
    """What is missing, what is too much, what has the wrong type: at once."""
    number = the_case(duban)
    task = signing(duban, number)

    ended = duban("work", "complete", number, task, "--as", clerk(duban), "--data", '{"nonsense": 1}')

    assert ended.code == 2
    assert ended.err.splitlines()[0] == "The form is not filled in as it must be:"
    assert "decision" in ended.err
    assert "nonsense" in ended.err


def test_whoever_may_not_is_refused_and_whoever_is_not_there_is_named(duban: Duban) -> None:
    """One exit code per family; unknown names are answered with the nearest known."""
    number = the_case(duban)
    task = signing(duban, number)

    foreign = duban("work", "claim", number, task, "--as", clerk(duban, "PCS02"))
    unknown = duban("work", "claim", number, task, "--as", clerk(duban)[:-1])
    nowhere = duban("case", "show", "云信〔2026〕99999")

    assert [ended.code for ended in (foreign, unknown, nowhere)] == [3, 4, 4]
    assert "unit_clerk" in foreign.err
    assert clerk(duban) in unknown.err
    assert "99999" in nowhere.err


def test_what_is_no_json_is_told(duban: Duban) -> None:
    """A shell eats quotes; the message says where."""
    ended = [
        duban("work", "complete", "x", 1, "--as", clerk(duban), "--data", "{a: 1}"),
        duban("work", "complete", "x", 1, "--as", clerk(duban), "--data", "[1]"),
        duban("work", "complete", "x", 1, "--as", clerk(duban), "--set", "decision"),
        duban("incident", "answer", "x", 1, "--as", clerk(duban), "--result", "17"),
    ]

    assert [one.code for one in ended] == [2, 2, 2, 2]
    for one, said in zip(ended, ("not JSON", "a JSON object", "write FIELD=VALUE", "a JSON object"), strict=True):
        assert said in one.err


def test_an_import_ends_row_by_row_and_changes_nothing_twice(duban: Duban, tmp_path: Path) -> None:
    """The last line is for machines; what was refused stands beside the file."""
    file = tmp_path / "more.csv"
    file.write_text(ROWS + "T-0004,DH,,没有日期,什么时候来的不知道,,,,\n", "utf-8")

    first = duban("import", file, "--json")
    talk = duban("import", file)

    report = first.json
    assert {name: report[name] for name in ("rows", "accepted", "repeat", "refused", "known")} == {
        "rows": 4, "accepted": 0, "repeat": 0, "refused": 1, "known": 3,
    }  # fmt: skip
    assert "没有日期" in Path(report["refused_file"]).read_text("utf-8-sig")
    assert "4 rows: 0 accepted, 0 repeats, 3 known already, 1 refused" in talk.err


def test_an_unknown_channel_is_answered_with_the_nearest(duban: Duban, tmp_path: Path) -> None:
    """Channels are codes; nobody knows them all by heart."""
    file = tmp_path / "more.csv"
    file.write_text(ROWS, "utf-8")

    ended = duban("import", file, "--channel", "123456")

    assert ended.code == 3
    assert "12345" in ended.err


def test_deadlines_are_listed_and_fired(duban: Duban) -> None:
    """Three petitions of March, looked at long after: what is over is over, and a dry run changes nothing."""
    rehearsed = duban("due", "fire", "--dry-run", "--json").json
    fired = duban("due", "fire", "--json").json
    again = duban("due", "fire", "--json").json
    late = duban("due", "list", "--overdue", "--json").json
    plain = duban("due")
    for_machines = duban("due", "--json", "--limit", 1).json

    assert {timer["name"] for timer in late} >= {"X2.notice"}
    assert rehearsed["would_fire"] > 0
    assert (fired["cases"], fired["failed"], again["timers"]) == (3, 0, 0)
    assert plain.out.startswith("due ")
    assert len(for_machines) == 1


def test_one_sweep_does_what_waits(duban: Duban) -> None:
    """For a house without a process of its own: fire, call, end."""
    swept = duban("serve", "--once")

    assert swept.code == 0
    assert "timers fired" in swept.err
    assert duban("serve", "--once").err.startswith("0 timers fired, 0 calls")


def test_people_are_listed_by_unit_and_role(duban: Duban) -> None:
    """Who may sign for a station?"""
    listed = duban("person", "list", "--unit", "PCS01", "--role", "unit_clerk")
    as_json = duban("person", "list", "--unit", "PCS01", "--json").json

    assert listed.out.splitlines()[1].split()[2:] == ["PCS01", "城关派出所", "unit_clerk", "专管员"]
    assert {clerk(duban)} < {who["id"] for who in as_json}


def test_no_incident_is_an_empty_list(duban: Duban) -> None:
    """Nothing stands still, and a machine can read that."""
    assert duban("incident", "list", "--json").json == []


def test_the_content_is_checked_as_a_whole(duban: Duban, tmp_path: Path) -> None:
    """Every problem at once, with file and element; a folder that is none is told."""
    good = duban("bureau", "check")
    bad = duban("bureau", "check", "--bureau", tmp_path)

    assert (good.code, good.err.rpartition(".")[0][-11:]) == (0, "No problems")
    assert bad.code == 2
    assert "bureau.toml" in bad.err


def test_a_database_that_was_never_made_is_told(duban: Duban, tmp_path: Path) -> None:
    """The commonest mistake of a second day: another folder."""
    ended = duban("case", "list", "--database", f"sqlite:///{tmp_path / 'new.db'}")

    assert ended.code in {2, 5}
    assert "duban init" in ended.err


def test_init_twice_changes_nothing(duban: Duban) -> None:
    """Safe at every start."""
    before = duban("case", "list", "--json").json

    ended = duban("init")

    assert (ended.code, "170 people" in ended.err or "people" in ended.err) == (0, True)
    assert duban("case", "list", "--json").json == before


def test_the_form_may_come_from_a_file(duban: Duban, tmp_path: Path) -> None:
    """Long texts are written in an editor, not on a command line."""
    number = the_case(duban)
    file = tmp_path / "form.json"
    file.write_text(json.dumps({"decision": "签收"}, ensure_ascii=False), "utf-8")

    ended = duban("work", "complete", number, signing(duban, number), "--as", clerk(duban), "--file", file)

    assert (ended.code, ended.err.endswith("next: assign_officer\n")) == (0, True)
