"""Cases that people and time open: by whom, with what, and each time once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from duban.desk import cases, openings
from duban.desk.clockwork import Clockwork
from duban.errors import NotFound, NotYourWork, Refused
from duban.testing import House
from tests.desk.kindred import a_duty, a_kindred_bureau
from tests.desk.small import clerk

EVERY_OTHER_WEDNESDAY: dict[str, Any] = {"ear": {"rhythm": "clearing"}}


def ears(house: House) -> list[str]:
    """Return when the cases of the kind ``ear`` count as begun, in Shanghai."""
    desk = house.desk
    found = desk.store.read(lambda record: record.cases.list_(kind="ear"))
    return [cases.show(desk, case.number).data["rhythm"]["on"] for case in found]


def test_only_the_roles_of_the_kind_open_it() -> None:
    """Everybody else is told who does."""
    with a_kindred_bureau() as house:
        desk = house.desk
        who = clerk(desk)

        assert openings.open_(desk, "duty", {}, who).kind == "duty"
        assert {kind.id for kind in openings.openable(desk, who)} == {"duty", "watch", "ear", "talk"}
        with pytest.raises(NotYourWork, match="these may: 专管员"):
            openings.open_(desk, "duty", {}, clerk(desk, "PCS01", "officer"))
        with pytest.raises(Refused, match="nobody opens a case of kind petition by hand"):
            openings.open_(desk, "petition", {}, who)
        with pytest.raises(NotFound, match="did you mean duty"):
            openings.open_(desk, "dutty", {}, who)


def test_a_case_knows_who_opened_it_about_what() -> None:
    """Unless the opener says so, the house does; about a case that is not there nothing is opened."""
    with a_kindred_bureau() as house:
        desk, number = house.desk, a_duty(house)
        who = clerk(desk)

        assert cases.show(desk, number).data["duty_in"] == {"ref_no": None, "unit": "PCS01", "by": who}
        assert openings.given(desk, "duty", who, number) == {"ref_no": number, "unit": "PCS01", "by": who}
        with pytest.raises(NotFound, match="duty-99"):
            openings.given(desk, "duty", who, "duty-99")


def test_time_opens_each_meeting_once(database_url: str) -> None:
    """However often and from however many places it is asked; nothing of before the house knew the rhythm."""
    with a_kindred_bureau(database_url, **EVERY_OTHER_WEDNESDAY) as house:
        opened = [openings.open_due(house.desk) for _ in range(2)]
        house.clock.to("2026-03-04T15:00+08:00")
        with ThreadPoolExecutor(4) as pool:
            again = list(pool.map(lambda _: openings.open_due(house.desk), range(4)))

        assert opened == [[], []]
        assert sorted(len(each) for each in again) == [0, 0, 0, 1]
        assert ears(house) == ["2026-03-04"]


def test_a_house_that_slept_opens_the_last_meeting_and_names_the_others() -> None:
    """Three meetings at once would help nobody; that two were not held stands in the third."""
    with a_kindred_bureau(**EVERY_OTHER_WEDNESDAY) as house:
        openings.open_due(house.desk)
        house.clock.to("2026-04-10T09:00+08:00")
        (opened,) = openings.open_due(house.desk)
        data = cases.show(house.desk, opened.number).data

        assert data["rhythm"] == {"id": "clearing", "on": "2026-04-01", "missed": ["2026-03-04", "2026-03-18"]}
        assert data["case"]["at"] == "2026-04-01T07:00:00+00:00"
        assert openings.next_due(house.desk) == datetime.fromisoformat("2026-04-15T15:00+08:00")


def test_the_ticker_opens_what_is_due() -> None:
    """No timer depends on anything else being up."""
    with a_kindred_bureau(**EVERY_OTHER_WEDNESDAY) as house:
        clockwork = Clockwork(replace(house.desk), every=0.001)
        openings.open_due(house.desk)
        house.clock.to("2026-03-04T15:00+08:00")
        clockwork.start()
        try:
            for _ in range(2_000):
                if ears(house):
                    break
        finally:
            clockwork.stop()

        assert ears(house) == ["2026-03-04"]
