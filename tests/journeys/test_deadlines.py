"""Deadlines on a real case: reminded, passed, escalated, and never a reason to stop."""

from duban.desk import cases
from duban.testing import House, a_bureau, a_case, walk


def fired(house: House, number: str) -> list[tuple[str, str]]:
    """Return the named deadlines that fired, with the day on which they were due."""
    timeline = cases.show(house.desk, number).timeline
    return [
        (entry.payload["name"], str(entry.payload["due"])[:10]) for entry in timeline if entry.kind == "timer_fired"
    ]


def test_a_notice_that_nobody_writes_is_reminded_of_and_then_urged(database_url: str) -> None:
    """Scenario 1: received Monday 02-02; the Spring Festival moves the last day to Tuesday 02-24."""
    with a_bureau(database_url, at="2026-02-02T09:00+08:00") as house:
        number = a_case(house)
        house.clock.to("2026-02-25T00:00+08:00")
        look = cases.show(house.desk, number)
        notices = [each for each in fired(house, number) if each[0] == "X2.notice"]

        # one reminder: −5 and −2 both fall back to Saturday 02-14 (a make-up day) and it is sent once
        assert notices == [("X2.notice", "2026-02-14"), ("X2.notice", "2026-02-24")]
        assert [item.element for item in look.work] == ["sign"]
        assert any(sent.title or sent.body for sent in house.post.sent.values())


def test_the_duty_goes_on_after_its_limit(database_url: str) -> None:
    """Late is late, but the petitioner still gets the notice, the answer and the call."""
    with a_bureau(database_url, at="2026-02-02T09:00+08:00") as house:
        number = a_case(house)
        house.clock.move(days=30)
        walk(house, number)

        assert cases.show(house.desk, number).case.end == "end_closed"
