"""A year's holidays: open deadlines are counted again, with a list and a fact on each case."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from duban.bureau import open_bureau
from duban.desk import calendars, cases
from duban.desk.cases import Look
from duban.desk.counting import CurrentDeadlines
from duban.errors import BureauError, NotFound
from duban.model.facts import Kind
from duban.testing import House, a_bureau, a_case, a_petition, content

NOTICE = """year = 2027
off = [2027-01-01, 2027-02-08, 2027-02-09, 2027-02-10, 2027-02-11, 2027-02-12]
on = [2027-02-20]
source = "国务院办公厅关于2027年部分节假日安排的通知"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bureau's folder of its own: loading a year writes there."""
    home = tmp_path / "bureau"
    for name in ("bpmn", "tasks", "templates", "workflows"):
        shutil.copytree(content().folder / name, home / name)
    shutil.copy(content().folder / "bureau.toml", home)
    return home


def a_late_petition(house: House) -> str:
    """Accepted on Wednesday 9 December: its sixty days end in the Spring Festival of 2027."""
    return a_case(house, at="first_contact", petition=a_petition(received_at=house.clock.now()))


def x5(look: Look) -> list[str]:
    return [f"{due.at:%m-%d}" for due in look.dues if due.name == "X5.finish" and not due.warning]


def test_a_new_year_moves_what_ends_in_it(folder: Path, tmp_path: Path) -> None:
    """Scenario 4.1-14: provisional 11 February becomes Monday the 15th, with before and after; nothing restarts."""
    file = tmp_path / "2027.toml"
    file.write_text(NOTICE, encoding="utf-8")
    with a_bureau(at="2026-12-09T09:00+08:00", bureau=open_bureau(folder)) as house:
        number = a_late_petition(house)
        before = x5(cases.show(house.desk, number))
        told = calendars.load(house.desk, file, actor="system", dry_run=True)
        unchanged = x5(cases.show(house.desk, number))
        done = calendars.load(house.desk, file, actor="system")
        look = cases.show(house.desk, number)
        moved = [entry for entry in look.timeline if entry.kind is Kind.TIMER_MOVED]
        again = calendars.load(house.desk, file, actor="system")

        assert (done.year, done.cases, done.source) == (2027, 1, "国务院办公厅关于2027年部分节假日安排的通知")
        assert told.moved == done.moved
        assert before == unchanged == ["02-11"]  # the end of the 11th is midnight of the 12th in Shanghai
        assert [(m.name, m.before, m.after) for m in done.moved if m.name == "X5.finish" and not m.warning] == [
            (
                "X5.finish",
                datetime.fromisoformat("2027-02-12T00:00+08:00"),
                datetime.fromisoformat("2027-02-16T00:00+08:00"),
            )
        ]
        assert len(moved) == len(done.moved)
        assert again.moved == ()
        assert (folder / "calendar" / "2027.toml").read_text("utf-8") == NOTICE


def test_another_running_process_counts_by_the_new_year(folder: Path, tmp_path: Path) -> None:
    """`duban serve` must not move back what `duban calendar load` has moved."""
    file = tmp_path / "2027.toml"
    file.write_text(NOTICE, encoding="utf-8")
    with a_bureau(bureau=open_bureau(folder)) as house:
        other = replace(house.desk, deadlines=CurrentDeadlines(calendars.deadlines_with(house.desk.bureau, {})))
        newest = calendars.Newest(other)
        looks = [newest.look(), newest.look()]
        before = other.calendar.is_provisional(2027)
        calendars.load(house.desk, file, actor="system")

        assert (looks, before) == ([False, False], True)
        assert [newest.look(), newest.look()] == [True, False]
        assert not other.calendar.is_provisional(2027)


def test_a_file_that_is_no_year_is_refused_whole(folder: Path, tmp_path: Path) -> None:
    """A wrong calendar would move hundreds of deadlines: everything wrong is told, nothing is changed."""
    file = tmp_path / "2027.toml"
    file.write_text("year = 2027\noff = [2026-12-31]\non = [2027-02-15]\n", encoding="utf-8")
    with a_bureau(bureau=open_bureau(folder)) as house:
        with pytest.raises(BureauError) as caught:
            calendars.load(house.desk, file, actor="system")
        with pytest.raises(NotFound, match=r"there is no file .*2028\.toml"):
            calendars.load(house.desk, tmp_path / "2028.toml", actor="system")
        with pytest.raises(NotFound, match="there is no person xuyongkan"):
            calendars.load(house.desk, file, actor="xuyongkan")

    assert len(caught.value.problems) == 3
    assert not (folder / "calendar").exists()
