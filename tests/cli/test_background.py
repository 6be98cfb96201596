"""The sample year behind the first pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from duban.cli.background import Progress, SampleYear
from duban.desk import sample
from duban.desk.desk import Desk
from duban.errors import Conflict, NotFound
from duban.testing import House
from tests.desk.small import a_small_bureau

Note = Callable[[str, int, int], None]


class Year:
    """A year that goes on when the test says so."""

    def __init__(self) -> None:
        self.begun, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.error: Exception | None = None

    def load(self, _desk: Desk, note: Note) -> int:
        """Live two days."""
        try:
            note("sample", 1, 2)
            self.begun.set()
            self.go.wait(10)
            if self.error:
                raise self.error
            note("sample", 2, 2)
        finally:
            self.ended.set()
        return 300


@pytest.fixture
def house() -> Iterator[House]:
    """A bureau."""
    with a_small_bureau("sqlite://") as opened:
        yield opened


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> Year:
    """The year instead of the sample's."""
    scripted = Year()
    monkeypatch.setattr(sample, "load", scripted.load)
    return scripted


def test_the_year_begins_when_a_page_is_asked_for_and_ends_behind_it(
    house: House, year: Year, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first page does not wait for anything slow."""
    living = SampleYear(house.desk)
    living.start()

    before = living.progress()  # a page is written: now it begins
    assert year.begun.wait(10)
    during = living.progress()
    year.go.set()
    living.join(10)
    after = living.progress()
    living.stop()

    assert (before, during, after) == (Progress(done=0, total=0), Progress(done=1, total=2), None)
    assert capsys.readouterr().err == "The sample year is complete: 300 petitions.\n"


def test_stopping_leaves_the_year_where_it_is(house: House, year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C does not wait for a year to pass; the next start goes on."""
    living = SampleYear(house.desk)
    living.start()
    living.progress()
    assert year.begun.wait(10)

    threading.Timer(0.05, year.go.set).start()
    living.stop()

    assert year.ended.is_set()
    assert capsys.readouterr().err == ""


def test_a_year_that_fails_says_so_and_the_pages_go_on(
    house: House, year: Year, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bureau without a sample is a bureau all the same."""
    year.error = NotFound("sample/ holds no petitions")
    year.go.set()
    living = SampleYear(house.desk)
    living.start()
    living.progress()

    living.join(10)
    progress = living.progress()
    living.stop()

    assert progress is None
    assert capsys.readouterr().err == (
        "The sample year stopped: sample/ holds no petitions. Start again to go on with it.\n"
    )


def test_a_year_lived_is_not_lived_again(house: House, year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second start goes straight to work."""
    monkeypatch.setattr(sample, "is_loaded", lambda _desk: True)
    living = SampleYear(house.desk)

    living.start()
    progress = living.progress()
    living.stop()

    assert (progress, year.begun.is_set()) == (None, False)


def test_a_year_that_another_process_lives_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A process that was killed holds the year a little longer; nobody has to start again for that."""
    tries: list[int] = []

    def load(_desk: Desk, _note: Note) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise Conflict("another process is living the sample year; wait for it")
        return 300

    monkeypatch.setattr(sample, "load", load)
    living = SampleYear(house.desk, again=0.01)
    living.start()
    living.progress()

    living.join(10)
    living.stop()

    assert len(tries) == 3
    assert capsys.readouterr().err.splitlines() == [
        "another process is living the sample year; wait for it.",
        "The sample year is complete: 300 petitions.",
    ]
