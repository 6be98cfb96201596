"""A file's rows end as accepted, repeat, known or refused; nothing is lost and nothing comes twice."""

import csv
from pathlib import Path

import pytest

from duban.desk import cases, imports
from duban.desk.imports import Report
from duban.errors import Refused
from duban.model.people import SYSTEM
from duban.testing import a_bureau

HEADERS = ("来件编号", "渠道", "收到时间", "标题", "内容", "姓名", "电话", "住址")
DOG = "楼下一户养的狗每天夜里十二点以后叫个不停，孩子睡不好，请派出所上门处理，城关镇桥东社区3幢。"


def write_file(folder: Path, *rows: tuple[str, ...]) -> Path:
    file = folder / "petitions.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADERS, *rows])
    return file


def rows() -> list[tuple[str, ...]]:
    return [
        ("1", "LX", "2026-02-02 09:00", "犬吠扰民", DOG, "周小平", "13800000001", "城关镇桥东社区3幢"),
        ("2", "LX", "2026/2/3", "犬吠扰民", DOG, "周小平", "13800000001", "城关镇桥东社区3幢"),
        (
            "3",
            "LX",
            "some day",
            "电动车被盗",
            "停在河湾镇菜市场门口的电动车被盗了。",
            "吴大海",
            "13800000002",
            "河湾镇",
        ),
        (
            "4",
            "WS",
            "20260204",
            "暂住登记",
            "我在城关镇租房，想问居住登记在哪里办、要带什么材料。",
            "郑一",
            "13800000003",
            "",
        ),
    ]


def test_every_row_ends_and_is_counted(tmp_path: Path, database_url: str) -> None:
    """The sum of the ways a row can end is the number of rows."""
    with a_bureau(database_url) as house:
        file = write_file(tmp_path, *rows())
        told: list[int] = []
        report = imports.import_file(house.desk, file, channel=None, actor=SYSTEM, progress=told.append)

        assert report == Report(rows=4, accepted=2, repeat=1, refused=1, known=0, refused_file=f"{file}.refused.csv")
        assert (told, cases.list_(house.desk).total) == ([4], 3)


def test_a_refused_row_stands_beside_the_input_with_its_reason(tmp_path: Path) -> None:
    """The clerk mends the row there and imports that file."""
    with a_bureau() as house:
        file = write_file(tmp_path, *rows())
        report = imports.import_file(house.desk, file, channel=None, actor=SYSTEM)
        assert report.refused_file
        text = Path(report.refused_file).read_text(encoding="utf-8-sig")
        [refused] = list(csv.DictReader(text.splitlines()))

        assert (refused["行"], refused["来件编号"], "some day" in refused["原因"]) == ("4", "3", True)


def test_importing_the_same_file_twice_changes_nothing(tmp_path: Path, database_url: str) -> None:
    """Somebody will press the button again."""
    with a_bureau(database_url) as house:
        file = write_file(tmp_path, *rows())
        imports.import_file(house.desk, file, channel=None, actor=SYSTEM)
        before = house.desk.store.read(lambda record: [fact.hash for fact in record.journal.since(0)])
        again = imports.import_file(house.desk, file, channel=None, actor=SYSTEM)

        assert (again.rows, again.accepted, again.repeat, again.known, again.refused) == (4, 0, 0, 3, 1)
        assert house.desk.store.read(lambda record: [fact.hash for fact in record.journal.since(0)]) == before


def test_an_import_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    """What was committed is known; the rest comes."""
    with a_bureau() as house:
        imports.import_file(house.desk, write_file(tmp_path, *rows()[:1]), channel=None, actor=SYSTEM)
        rest = imports.import_file(house.desk, write_file(tmp_path, *rows()), channel=None, actor=SYSTEM)

        assert (rest.known, rest.accepted, rest.repeat, rest.refused) == (1, 1, 1, 1)


def test_a_file_that_no_mapping_fits_is_refused_whole(tmp_path: Path) -> None:
    """Guessing columns would register nonsense."""
    file = tmp_path / "other.csv"
    file.write_text("foo,bar\n1,2\n", encoding="utf-8")
    with a_bureau() as house, pytest.raises(Refused, match="mapping"):
        imports.import_file(house.desk, file, channel="LX", actor=SYSTEM)
