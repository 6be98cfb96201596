"""The sample year is lived once, up to today, and goes on where it was interrupted."""

import csv
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from duban.desk import cases, sample
from duban.desk.clockwork import Clockwork
from duban.testing import House, a_bureau, content
from tests.desk.test_imports import HEADERS


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def a_bureau_with_a_sample(url: str, tmp_path: Path) -> Generator[House]:
    """Open the bureau with a sample of five petitions, the last of which came two weeks ago."""
    (tmp_path / "templates").symlink_to(content().folder / "templates")
    (tmp_path / "sample").mkdir()
    topics = (
        "犬吠扰民，夜里叫个不停",
        "电动车被盗，请尽快破案",
        "噪音扰民，烧烤店吵到半夜",
        "落户材料交了没回音",
        "路口红绿灯太短",
    )
    with (tmp_path / "sample" / "petitions.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(HEADERS)
        for n, topic in enumerate(topics):
            csv.writer(out).writerow(
                (
                    str(n),
                    "LX",
                    f"2026-02-{2 + 3 * n:02} 10:00",
                    "",
                    f"城关镇{topic}。",
                    f"周{n}",
                    f"1380000000{n}",
                    "城关镇",
                )
            )
    bureau = replace(content(), folder=tmp_path)
    with a_bureau(url, at="2026-03-02T09:00+08:00", bureau=bureau) as house:
        yield house


def test_the_year_ends_today_whenever_today_is(database_url: str, tmp_path: Path) -> None:
    """A sample whose cases are all long overdue shows nothing true."""
    with a_bureau_with_a_sample(database_url, tmp_path) as house:
        told: list[tuple[str, int, int]] = []
        count = sample.load(house.desk, lambda *progress: told.append(progress))
        rows = cases.list_(house.desk).rows

        assert (count, len(rows), sample.is_loaded(house.desk)) == (5, 5, True)
        assert max(row.received_at for row in rows) <= house.clock.now()
        assert (house.clock.now() - max(row.received_at for row in rows)).days < 10
        assert told[-1][1] == told[-1][2] == len(told)
        assert any(row.stage not in {"收文", ""} for row in rows)


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    """`make run` does it at every start."""
    with a_bureau_with_a_sample("sqlite://", tmp_path) as house:
        sample.load(house.desk)
        before = house.desk.store.read(lambda record: [fact.hash for fact in record.journal.since(0)])
        sample.load(house.desk)

        assert house.desk.store.read(lambda record: [fact.hash for fact in record.journal.since(0)]) == before


def test_a_year_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    """Ctrl-C in the middle must not leave half a bureau for ever."""

    def kill(_stage: str, done: int, _total: int) -> None:
        if done == 9:
            raise Killed

    with a_bureau_with_a_sample("sqlite://", tmp_path) as house:
        with pytest.raises(Killed):
            sample.load(house.desk, kill)
        living, loaded = sample.is_living(house.desk), sample.is_loaded(house.desk)
        count = sample.load(house.desk)

        assert (living, loaded, count) == (True, False, 5)
        assert (sample.is_living(house.desk), sample.is_loaded(house.desk)) == (False, True)


def test_the_clockwork_rests_while_a_year_is_lived(tmp_path: Path) -> None:
    """The sample's cases stand in the past: today's clock would find every one of them overdue."""

    def look(_stage: str, done: int, _total: int) -> None:
        if done == 5:
            raise Killed

    with a_bureau_with_a_sample("sqlite://", tmp_path) as house:
        with pytest.raises(Killed):
            sample.load(house.desk, look)
        before = house.desk.store.read(lambda record: record.journal.since(0)[-1].seq)
        clockwork = Clockwork(house.desk, every=0.001)
        clockwork.start()
        clockwork.stop()

        assert house.desk.store.read(lambda record: record.journal.since(0)[-1].seq) == before
