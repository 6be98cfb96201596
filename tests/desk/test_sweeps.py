"""What is done again and again: each sweep does its work once, and says what it would do without doing it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from duban.desk import hotspots, openings, supervision, sweeps
from duban.desk.hotspots import Hotspot
from duban.errors import NotFound
from duban.model.petition import Party
from duban.testing import House, a_bureau, a_case, a_petition

LONG_AGO = timedelta(minutes=5)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A bureau whose files lie in a folder of the test."""
    with a_bureau() as house:
        house.desk = replace(house.desk, files=tmp_path)
        yield house


def laid(house: House, folder: str, name: str, text: str) -> Path:
    """Lay a file into the inbox, as another system did five minutes ago."""
    path = house.desk.files / "in" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    at = (house.clock.now() - LONG_AGO).timestamp()
    os.utime(path, (at, at))
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_an_unknown_sweep_is_told_with_the_nearest_name(house: House) -> None:
    """Whoever types one letter wrong is helped, not scolded."""
    with pytest.raises(NotFound, match=r"there is no sweep 'deadlin' \(did you mean deadline\?\)") as told:
        sweeps.sweep(house.desk, "deadlin")

    assert "housekeeping" in str(told.value)


def test_no_sweep_does_anything_when_it_is_only_asked(house: House) -> None:
    """--dry-run may be tried by anybody at any time."""
    a_case(house)
    house.clock._now += timedelta(days=3)
    laid(house, "LX", "letters.csv", "received_at,text\n2026-03-02T09:00,路灯坏了\n")
    before = house.desk.store.read(
        lambda record: (record.cases.count(), record.letters.list_sent(), record.due.next_at())
    )

    for name in sweeps.SWEEPS:
        sweeps.sweep(house.desk, name, dry_run=True)

    after = house.desk.store.read(
        lambda record: (record.cases.count(), record.letters.list_sent(), record.due.next_at())
    )
    assert (after, names_in(house.desk.files / "in" / "LX")) == (before, ["letters.csv"])


def test_everything_that_was_due_is_fired_in_one_sweep(house: House) -> None:
    """A sweep after a long night leaves nothing over."""
    a_case(house)
    house.clock._now += timedelta(days=40)
    waits = sweeps.sweep(house.desk, "deadline", dry_run=True)["timers"]
    fired = sweeps.sweep(house.desk, "deadline")

    assert (waits > 0, fired["timers"] >= waits, sweeps.sweep(house.desk, "deadline")["timers"]) == (True, True, 0)


def test_each_unit_is_told_once_a_day_what_lies_with_it(house: House) -> None:
    """The unit sees its own, the inspectorate sees all; a second run of the morning tells nobody again."""
    number = a_case(house)
    house.clock.move(days=2)
    first = sweeps.sweep(house.desk, "supervision")
    again = sweeps.sweep(house.desk, "supervision")
    unit, listed = (
        house.desk.store.read(lambda record, to=to: record.letters.sent(f"supervision/2026-03-04/{to}"))  # type: ignore[misc]
        for to in ("PCS01", "list/DC")
    )

    assert {key: first[key] for key in ("unsigned", "over", "units_told", "lists")} == {
        "unsigned": 1,
        "over": 1,
        "units_told": 1,
        "lists": 1,
    }
    assert (again["units_told"], again["lists"]) == (0, 0)
    assert unit is not None
    assert unit.body == (
        "城关派出所：2026年3月4日督察提示，下列事项请当日处理或者说明情况。\n"
        f"未签收（1件）\n  {number}：3月2日送达，至今未签收\n"
        f"已超期（1件）\n  {number}：“签收”3月3日已到期，仍未办理\n"
    )
    assert listed is not None
    assert "城关派出所" in listed.body


def test_nobody_is_told_on_a_day_of_rest(house: House) -> None:
    """A prompt on Sunday is one that is not read on Monday."""
    a_case(house)
    house.clock.to("2026-03-08T07:30+08:00")

    assert sweeps.sweep(house.desk, "supervision") == {"on": "2026-03-08", "rests": "no working day"}


def test_an_accusation_is_in_no_list_of_the_day(house: House) -> None:
    """Article 30: the accused unit must not learn of it from a reminder."""
    a_case(
        house,
        petition=a_petition(channel="12389", text="举报城关派出所民警张某收受财物，请查处。", about_unit="城关派出所"),
    )
    house.clock.move(days=21)
    did = sweeps.sweep(house.desk, "supervision")

    assert (did["over"], did["unsigned"], did["silent"]) == (0, 0, 0)


def test_what_nobody_touches_is_silent(house: House) -> None:
    """Ten working days without a word is what petitioners complain of most."""
    number = a_case(house)
    house.clock._now += timedelta(days=20)  # no timer fires: nothing at all happens
    found = [(each.what, each.says) for each in supervision.findings(house.desk) if each.number == number]

    assert ("silent", "自3月2日起没有任何办理记录") in found


def test_a_topic_that_comes_back_is_offered_once(house: House) -> None:
    """Twelve dogs in a month where there were none is worth a campaign; the second night says nothing new."""
    for n in range(12):
        envelope = a_petition(
            text=f"我住桥东社区{n}幢，{n}号楼下养的狗每天夜里叫个不停，请派出所上门处理第{n}户。",
            people=(Party(name=f"王{n}", phone=f"138000001{n:02}", address=f"城关镇桥东社区{n}幢"),),
            received_at=house.clock.now(),
        )
        a_case(house, petition=envelope)
    house.clock._now += timedelta(days=1)
    hot = hotspots.found(house.desk)
    first, again = sweeps.sweep(house.desk, "hotspots"), sweeps.sweep(house.desk, "hotspots")
    case = house.desk.store.read(lambda record: record.cases.load(first["offered"][0]))

    assert hot == [Hotspot(matter="0801", name="犬只扰民伤人", count=12, usual=0.0, places=())]
    assert (case.kind, case.is_open, again) == ("campaign", True, {"found": 1, "offered": []})


def test_what_was_always_so_is_no_hotspot(house: House) -> None:
    """A town with ten barking dogs every month has ten barking dogs, not a campaign."""
    assert sweeps.sweep(house.desk, "hotspots") == {"found": 0, "offered": []}


def test_business_of_other_systems_becomes_a_callback_once(house: House) -> None:
    """The same export may be laid down twice; nobody is asked twice for it."""
    rows = "业务编号,业务类型,办理单位,手机号,办结时间,不得回访\nJQ-1,110重点,PCS01,13800000009,2026-03-02 08:10,\n"
    laid(house, "business", "110.csv", rows)
    first = sweeps.sweep(house.desk, "sampling")
    laid(house, "business", "110.csv", rows)
    again = sweeps.sweep(house.desk, "sampling")
    house.settle()
    [case] = house.desk.store.read(lambda record: record.cases.list_(kind="callback"))

    assert first == {"files": 1, "handed_over": 1, "known": 0, "refused": 0}
    assert again == {"files": 1, "handed_over": 0, "known": 1, "refused": 0}
    assert case.is_open


def test_every_wrong_row_of_business_is_told(house: House) -> None:
    """Whoever made the export mends all of it at once; the good rows are not held up."""
    laid(
        house,
        "business",
        "b.csv",
        "ref,kind,unit,phone,done_at\nA,110,PCS01,13800000009,2026-03-02 08:10\n,111,PCS1,x,gestern\n",
    )
    did = sweeps.sweep(house.desk, "sampling")
    [why] = (house.desk.files / "in" / "business" / "refused").glob("*.why.txt")

    assert did == {"files": 1, "handed_over": 1, "known": 0, "refused": 1}
    assert why.read_text(encoding="utf-8") == (
        "b.csv: line 3: the reference is empty; there is no business '111' (did you mean 110?); "
        "there is no unit 'PCS1' in this bureau (did you mean PCS01 or PCS07?); the phone number is none; "
        "'gestern' is no time; write 2026-03-02 09:30\n"
    )


def test_files_of_a_channel_are_imported_and_put_aside(house: House) -> None:
    """The same file may come again; each row is registered once, and the folder is empty afterwards."""
    text = "received_at,external_id,text\n2026-03-01T09:00+08:00,YJ-7,我住城关镇桥东社区，请修好路口红绿灯\n"
    laid(house, "YJ", "mail.csv", text)
    first = sweeps.sweep(house.desk, "fetch")
    laid(house, "YJ", "mail.csv", text)
    again = sweeps.sweep(house.desk, "fetch")

    assert (first["files"], first["accepted"], again["files"], again["known"]) == (1, 1, 1, 1)
    assert names_in(house.desk.files / "in" / "YJ") == ["done"]


def test_a_file_that_cannot_be_read_is_put_aside_with_the_reason(house: House) -> None:
    """One bad file must not stop the others, and must not be tried for ever."""
    laid(house, "LX", "scan.pdf", "%PDF")
    laid(house, "LX", "odd.csv", "a,b\n1,2\n")
    laid(house, "WXX", "x.csv", "a\n1\n")
    did = sweeps.sweep(house.desk, "fetch")
    reasons = sorted(path.read_text("utf-8") for path in (house.desk.files / "in" / "LX" / "refused").glob("*.why.txt"))

    assert (did["files"], did["files_refused"]) == (0, 2)
    assert did["strange"] == ["WXX is no channel (did you mean WX?)"]
    assert any("scan.pdf is none of" in reason for reason in reasons)


def test_a_file_that_is_still_being_written_waits(house: House) -> None:
    """Half a file is worse than none."""
    path = laid(house, "LX", "slow.csv", "received_at,text\n")
    at = house.clock.now().timestamp()
    os.utime(path, (at, at))

    assert sweeps.sweep(house.desk, "fetch", dry_run=True) == {"files": []}


def test_what_was_taken_long_ago_is_deleted(house: House) -> None:
    """Imported files hold names and phones that stand, better guarded, in the record."""
    old = laid(house, "LX/done", "old.csv", "x")
    at = (house.clock.now() - timedelta(days=91)).timestamp()
    os.utime(old, (at, at))
    laid(house, "LX/done", "new.csv", "x")

    assert sweeps.sweep(house.desk, "housekeeping") == {"files": 1}
    assert names_in(house.desk.files / "in" / "LX" / "done") == ["new.csv"]


def test_openings_open_what_the_calendar_says(house: House) -> None:
    """The meeting is opened though nobody looked."""
    openings.open_due(house.desk)
    house.clock._now += timedelta(days=15)
    opened = sweeps.sweep(house.desk, "openings")["opened"]

    assert "clearing" in {each["kind"] for each in opened}
