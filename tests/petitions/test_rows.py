"""Rows of files: any encoding in use, mixed formats, empty cells; every problem of a row at once."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from duban.bureau.settings import Settings
from duban.errors import Refused
from duban.model.clock import SHANGHAI
from duban.model.petition import Party
from duban.petitions.rows import Row, read_rows

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HEAD = "来件编号,渠道,收到时间,标题,内容,姓名,电话\n"
LINE = "S-1,LX,2026/3/2 9:30,遛狗不牵绳,滨河路有人遛狗不牵绳,王小明,13800000000\n"

Read = Callable[..., list[Row]]


@pytest.fixture
def read(settings: Settings, tmp_path: Path) -> Read:
    """Return a function that writes a file and reads its rows."""

    def run(data: bytes | str, name: str = "rows.csv", channel: str | None = None) -> list[Row]:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return list(read_rows(path, settings, channel, NOW))

    return run


def test_a_row_becomes_an_envelope(read: Read) -> None:
    """Columns are found by the mapping of bureau.toml."""
    [row] = read(HEAD + LINE)

    envelope = row.envelope
    assert envelope is not None
    assert (row.n, row.problems) == (2, ())
    assert (envelope.channel, envelope.external_id, envelope.title) == ("LX", "S-1", "遛狗不牵绳")
    assert envelope.received_at == datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
    assert envelope.text == "滨河路有人遛狗不牵绳"
    assert envelope.people == (Party(name="王小明", phone="13800000000"),)
    assert row.cells["电话"] == "13800000000"


def test_what_no_database_keeps_is_shown_as_lost(read: Read) -> None:
    """An export that cut an emoji in two, or padded with NUL, costs that character and not the row."""
    [row] = read(
        json.dumps({"channel": "LX", "received_at": "2026-03-02", "text": "灯坏了\ud83d\0"}) + "\n", "rows.jsonl"
    )

    assert row.envelope is not None
    assert row.envelope.text == "灯坏了\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters_are_found(read: Read, encoding: str, delimiter: str) -> None:
    """Exports come as the other system writes them."""
    [row] = read((HEAD + LINE).replace(",", delimiter).encode(encoding))

    assert row.envelope is not None
    assert row.envelope.people[0].name == "王小明"


def test_words_are_kept_as_they_were_said(read: Read) -> None:
    """D1: not edited, not shortened; a quotation mark, a line break and blanks belong to them."""
    said = '  他说："管不了"。\r\n\n第二段。 '

    [row] = read(HEAD + 'S-1,LX,2026-03-02,,"' + said.replace('"', '""') + '",,\n')

    assert row.envelope is not None
    assert row.envelope.text == said


def test_all_problems_of_a_row_are_told_at_once(read: Read) -> None:
    """Whoever corrects the file reads one line per row."""
    [row] = read(HEAD + "S-1,XX,2026/13/2,标题, ,王小明,1380\n")

    assert row.envelope is None
    assert row.problems == (
        "渠道：没有「XX」这个渠道，是不是SZXX或JZXX",
        "收到时间：「2026/13/2」没有这一天或这一时刻",
        "内容：没有内容",
    )


def test_a_bad_row_does_not_stop_the_others(read: Read) -> None:
    """Every row ends as accepted or refused."""
    rows = read(HEAD + LINE + "S-2,LX,,,没有时间,,\n" + LINE + "\n,,,,,,\n" + "S-3,LX,2026-03-02,,多了,a,b,c,d\n")

    assert [(row.n, row.problems) for row in rows] == [
        (2, ()),
        (3, ("收到时间：没有填写",)),
        (4, ()),
        (7, ("有9个单元格，表头只有7个：内容里的逗号或引号没有处理好",)),
    ]


def test_an_unclosed_quotation_mark_is_loud(read: Read) -> None:
    """It would swallow the rest of the file as one long text."""
    rows = read(HEAD + LINE + 'S-2,LX,2026-03-02,,"没有结束,,\n' + LINE)

    assert rows[0].problems == ()
    assert "引号没有结束" in rows[1].problems[0]


def test_a_row_without_number_is_known_by_its_content(read: Read) -> None:
    """Importing the same file twice changes nothing, with or without numbers."""
    line = ",LX,2026-03-02 9:30,,滨河路有人遛狗不牵绳,王小明,\n"
    first, again, other = read(HEAD + line + line.replace("有人", " 有人 ") + line.replace("滨河", "人民"))

    keys = [row.envelope.key for row in (first, again, other) if row.envelope]
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith("sha256:")


def test_several_people_stand_in_one_cell(read: Read) -> None:
    """Joint letters name their signers in a row; nobody's name is not a name."""
    [joint, nobody] = read(
        HEAD + "1,LX,2026-03-02,,话,张三、李四,13800000001、13800000002\n2,LX,2026-03-02,,话,匿名,无\n"
    )

    assert joint.envelope is not None
    assert joint.envelope.people == (
        Party(name="张三", phone="13800000001"),
        Party(name="李四", phone="13800000002"),
    )
    assert nobody.envelope is not None
    assert nobody.envelope.people == ()


def test_the_ticket_number_carries_the_date(read: Read) -> None:
    """Hotline exports have no time column: the mapping takes the day from the number."""
    good, bad = read("工单编号,诉求内容\n20260302529411,有车堵路\nX-17,有车堵路\n", channel="12345")

    assert good.envelope is not None
    assert good.envelope.received_at == datetime(2026, 3, 2, tzinfo=SHANGHAI)
    assert bad.problems == ("工单编号：「X-17」中没有所需的部分（^(\\d{8})）",)


def test_a_workbook_is_read(read: Read, tmp_path: Path) -> None:
    """Spreadsheets have dates as dates, telephone numbers as fractions, and a title above the header is no header."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["来件编号", "*渠道", "收到 时间", "内容", "姓名", "电话", "人数", "要求办结日期", "证件号"])
    sheet.append(["S-1", "来信", datetime(2026, 3, 2, 9, 30), "话", "王小明", 13800000000.0, 7, date(2026, 4, 1), None])  # noqa: DTZ001
    sheet.append([2, "12345", 46083.5, "话", None, None, "七", None, 330102199001011234])
    book.save(tmp_path / "book.xlsx")

    first, second = read((tmp_path / "book.xlsx").read_bytes(), "copy.xlsx")

    assert first.envelope is not None
    assert first.envelope.channel == "LX"
    assert first.envelope.received_at == datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
    assert first.envelope.people == (Party(name="王小明", phone="13800000000"),)
    assert (first.envelope.people_count, first.envelope.sender_limit) == (7, date(2026, 4, 1))
    assert second.problems == (
        "证件号：是数字格式，末尾几位已经丢失；请把该列设为文本后重新填写",
        "人数：「七」不是人数",
    )


def test_a_damaged_workbook_is_told(read: Read, tmp_path: Path) -> None:
    """A download that broke off half-way must not look like a short file."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["来件编号", "渠道", "收到时间", "内容"])
    sheet.append(["S-1", "LX", "2026-03-02", "话"])
    book.save(tmp_path / "book.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "book.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "damaged.xlsx", "w") as damaged,
    ):
        for name in whole.namelist():
            data = whole.read(name)
            damaged.writestr(name, data[:-40] if name.endswith("sheet1.xml") else data)

    with pytest.raises(Refused, match="is broken after row"):
        read((tmp_path / "damaged.xlsx").read_bytes(), "again.xlsx")


def test_json_lines_are_read(read: Read) -> None:
    """Platforms send one object per line; a broken line is refused, the others go on."""
    lines = [
        json.dumps({"received_at": "2026-03-02T09:30:00+08:00", "text": "话", "channel": "WX", "people_count": 2}),
        "{broken",
        json.dumps({"text": "没有时间", "channel": "WX"}),
        "7",
    ]

    rows = read("\n".join(lines), "rows.jsonl")

    assert rows[0].envelope is not None
    assert rows[0].envelope.people_count == 2
    assert [row.n for row in rows] == [1, 2, 3, 4]
    assert rows[1].problems[0].startswith("不是JSON")
    assert rows[2].problems == ("received_at：没有填写",)
    assert rows[3].problems == ("每行应是一个JSON对象",)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "is empty"),
        (b"\xd0\xcf\x11\xe0....", "a.xls", "old .xls workbook"),
        (b"PK\x03\x04 broken", "a.xlsx", r"no readable \.xlsx workbook"),
        (b"a,b\n1,2\n", "a.csv", "no mapping of bureau.toml fits its headers"),
        (b"\xff\xfe\xff\xfe\x80\xff" * 3, "a.csv", "cannot be read|neither|no mapping"),
        (b"\x81\xff\xff,\xff\n", "a.csv", r"neither UTF-8 nor GB18030 \(byte"),
        ("留言编号,留言时间,留言详情\n".encode(), "a.csv", ""),
        (b"{broken\n", "a.jsonl", "has no JSON objects"),
        (b"received_at,text\n2026-03-02,x\n", "a.csv", "does not say the channel"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(read: Read, data: bytes, name: str, said: str) -> None:
    """The message names the file, what was found and what to do."""
    if not said:
        assert read(data, name) == []
        return

    with pytest.raises(Refused, match=said):
        read(data, name)


def test_an_unknown_channel_is_told_before_reading(read: Read) -> None:
    """A slip on the command line must not refuse a hundred thousand rows."""
    with pytest.raises(Refused, match="did you mean 12345"):
        read(HEAD + LINE, channel="12354")


def test_a_large_file_is_a_stream(settings: Settings, tmp_path: Path) -> None:
    """A hundred thousand rows must not stand in memory: the first comes before the last is read."""
    path = tmp_path / "large.csv"
    path.write_text(HEAD + LINE * 5_000, encoding="utf-8")

    rows = read_rows(path, settings, None, NOW)
    first = next(rows)
    count = 1 + sum(1 for _ in rows)

    assert first.n == 2
    assert count == 5_000


@given(data=st.one_of(st.binary(max_size=400), st.binary(max_size=40).map(b"PK\x03\x04".__add__)))
@settings_of_hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_rows_or_a_reason(settings: Settings, tmp_path: Path, data: bytes) -> None:
    """Whatever is dropped on the import, it answers in words."""
    path = tmp_path / "any.csv"
    path.write_bytes(data)

    with suppress(Refused):
        list(read_rows(path, settings, "LX", NOW))


@given(cells=st.lists(st.text(max_size=12), min_size=1, max_size=9))
@settings_of_hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cells_are_an_envelope_or_problems(settings: Settings, tmp_path: Path, cells: list[str]) -> None:
    """A row that is no envelope says why, and a row that is one has no problem."""
    path = tmp_path / "any.jsonl"
    names = [*HEAD.strip().split(","), "人数", "要求办结日期"]
    row = dict(zip(names, cells, strict=False))
    path.write_text(json.dumps({"渠道": "", "收到时间": "", "内容": "", **row}) + "\n", encoding="utf-8")

    with suppress(Refused):
        rows = list(read_rows(path, settings, "LX", NOW))
        assert all((row.envelope is None) == bool(row.problems) for row in rows)
