"""What a handler may ask of other cases: all of a kind, one by its number, those of late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from duban.desk.whereabouts import cases_of
from duban.model.petition import Envelope, Party
from duban.testing import House, a_bureau, a_case, a_petition, content


def asked(
    house: House,
    *,
    kind: str = "petition",
    waits_at: str | None = None,
    number: str | None = None,
    since: datetime | None = None,
) -> list[Any]:
    """Return the numbers that a handler of an unshielded case is told."""
    found = house.desk.store.read(
        lambda record: cases_of(
            house.desk, record, kind, waits_at=waits_at, ended=None, number=number, since=since, from_case=1
        )
    )
    return [case["number"] for case in found]


def other(at: datetime) -> Envelope:
    """Return a petition of somebody else about something else, that repeats nothing."""
    who = Party(name="何建军", phone="13800000002", address="西城解放路9号")
    text = "我昨天在车管所办理驾驶证换证，排队三个小时才叫到号，窗口只开了一个，请改进。"
    return a_petition(received_at=at, title="反映窗口排队时间长", text=text, people=(who,))


def test_a_handler_asks_for_one_case_or_for_those_of_late() -> None:
    """What grows for years is never read whole for the sake of one case or of thirty days."""
    with a_bureau(bureau=content()) as house:
        first = a_case(house, at="sign")
        house.clock.move(hours=3)
        noon = house.clock.now()
        second = a_case(house, at="assign_officer", petition=other(noon))

        assert asked(house) == [first, second]
        assert asked(house, since=noon) == [second]
        assert asked(house, number=first) == [first]
        assert asked(house, number=first, since=noon) == []
        assert asked(house, number=first, kind="callback") == []
        assert asked(house, number="云信〔2026〕99999") == []
        assert asked(house, waits_at="sign") == [first]
