"""The bureau that ships for tests keeps its own promises; users build on the same door."""

from datetime import datetime, timedelta

import pytest

from duban.desk import cases
from duban.errors import NotFound
from duban.testing import MONDAY, MovableClock, a_bureau, a_case, walk


def test_a_case_can_be_asked_for_at_any_step() -> None:
    """A test begins where its question begins."""
    with a_bureau() as house:
        number = a_case(house, at="gate_po", draft={"opinion": "予以支持"})
        look = cases.show(house.desk, number)

        assert ([item.element for item in look.work], look.data["draft"]["opinion"]) == (["gate_po"], "予以支持")


def test_a_step_that_is_never_reached_is_said_with_the_way_taken() -> None:
    """A misspelt element id must not look like a hanging test."""
    with a_bureau() as house, pytest.raises(NotFound, match="never came to no_such_step; it went sign → "):
        a_case(house, at="no_such_step")


def test_the_clock_stops_at_everything_on_the_way() -> None:
    """What falls due in between happens in between, in order."""
    start = datetime.fromisoformat(MONDAY)
    clock = MovableClock(start)
    waiting = [start + timedelta(days=2), start + timedelta(days=5)]
    seen: list[datetime] = []

    def work() -> None:
        seen.append(clock.now())
        waiting[:] = [at for at in waiting if at > clock.now()]

    clock.attend(lambda: min(waiting, default=None), work)
    clock.move(days=4)

    assert seen == [start + timedelta(days=2), start + timedelta(days=4)]
    with pytest.raises(AssertionError, match="does not run back"):
        clock.to(start)


def test_what_was_sent_can_be_read() -> None:
    """The fake of the world remembers, so that a test can look at what a citizen got."""
    with a_bureau() as house:
        number = a_case(house)
        walk(house, number)

        assert any(number in sent.body or "告知" in sent.title for sent in house.post.sent.values())
