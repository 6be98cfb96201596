"""A petition's whole life by command: listed, taken, completed, with one sweep of the outbox after each step."""

from __future__ import annotations

import json

from duban.cli.house import opened
from duban.desk import staff, work
from tests.cli.conftest import Duban

STEPS = 40


def answers(number: str, task: int) -> tuple[str, str]:
    """Return who may do a work item, and a form that fits, as JSON."""
    with opened(None, None) as desk:
        sheet = work.show(desk, number, task)
        who = sheet.item.claimed_by or staff.worker(desk, sheet.item)
        return who, json.dumps(staff.fill_in(desk, sheet, {}, who), ensure_ascii=False)


def test_a_petition_lives_from_arrival_to_callback_by_command(duban: Duban) -> None:
    """An operator with a terminal, or a script, can walk every step."""
    (row,) = duban("case", "list", "--text", "犬吠", "--json").json
    number = row["number"]

    done: list[str] = []
    while items := duban("case", "show", number, "--json").json["work"]:
        assert len(done) < STEPS, f"{number} goes round in circles: {done}"
        who, form = answers(number, items[0]["task"])
        completed = duban("work", "complete", number, items[0]["task"], "--as", who, "--data", form, "--json")
        assert completed.code == 0, completed.err
        done.append(completed.json["element"])
        assert duban("serve", "--once").code == 0

    look = duban("case", "show", number, "--json").json
    assert (look["case"]["end"], look["incidents"]) == ("end_closed", [])
    assert {"sign", "accept", "reply", "call", "close_check"} <= set(done)
    assert {letter["letter"] for letter in look["letters"]} >= {"L01", "L09"}
    assert "办结" in duban("case", "show", number).out
