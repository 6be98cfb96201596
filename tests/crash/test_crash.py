"""A kill at any moment loses no acknowledged step and repeats none; and the audit that says so can see."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.desk import staff, work
from duban.store import Unit
from duban.testing import House, a_bureau, a_case
from tests.crash.audit import Audit
from tests.crash.labour import a_new_petition

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_killed_process_loses_and_repeats_nothing(database: str) -> None:
    """Ten kills here, two hundred on each database by ``make crash``."""
    command = [sys.executable, "-m", "tests.crash", "--kills", "10", "--database", database]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)

    assert (done.returncode, done.stderr) == (0, "")
    assert f"{database}: 10 kills, 0 problems" in done.stdout


def lose_work(unit: Unit) -> None:
    """Lose what people must do."""
    unit.wire.say("DELETE FROM work")


def move_a_deadline(unit: Unit) -> None:
    """Move a deadline by a microsecond."""
    unit.wire.say("UPDATE due SET at = at + 1")


def invent_a_call(unit: Unit) -> None:
    """Put a call into the outbox that nobody wants."""
    unit.wire.say(
        "INSERT INTO call SELECT case_id, 99, element, '', 'letters/x', '{}', 0, 0, 'waiting', NULL, NULL, 0 FROM work"
    )


def forget_a_fact(unit: Unit) -> None:
    """Set a case back by its last fact."""
    unit.wire.say("UPDATE case_ SET facts = facts - 1")


def set_the_state_back(unit: Unit) -> None:
    """Put an old state under a new version."""
    unit.wire.say("UPDATE case_ SET version = version + 1, state = (SELECT state FROM case_ ORDER BY id LIMIT 1)")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lose_work, "work: the table has"),
        (move_a_deadline, "dues: the table has"),
        (invent_a_call, "calls: the table has"),
        (forget_a_fact, "facts are missing"),
        (set_the_state_back, "the state"),
    ],
)
def test_the_audit_sees_what_does_not_fit(harm: Callable[[Unit], None], said: str) -> None:
    """Two hundred kills without a problem mean nothing when the audit is blind."""
    with a_bureau() as house:
        for number, element in enumerate(("sign", "accept")):
            a_case(house, at=element, petition=a_new_petition(number, house.clock.now()))
        house.desk.store.write(harm)

        assert any(said in problem for problem in Audit(house.desk).problems([]))


def test_the_audit_misses_acknowledged_steps() -> None:
    """What was answered must stand in the journal, once."""
    with a_bureau() as house:
        number, task = complete_one(house)
        audit = Audit(house.desk)
        told = {"work": number, "task": task}

        assert audit.problems([told, {"petition": "P-1", "number": "云信〔2026〕99999"}]) == [
            "petition P-1 was acknowledged as 云信〔2026〕99999 and is lost: None"
        ]
        assert audit.problems([told, {"work": number, "task": 999}]) == [
            f"{number}: work {task} was acknowledged twice",
            f"{number}: work 999 was acknowledged and stands 0 times in the journal",
        ]


def complete_one(house: House) -> tuple[str, int]:
    """Complete one work item."""
    number = a_case(house, at="sign")
    item = next(item for item in work.list_(house.desk) if item.number == number)
    staff.do(house.desk, item, {})
    return number, item.task
