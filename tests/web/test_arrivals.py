"""Petitions that arrive by JSON and by file, on the shipped content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from duban.testing import House, a_bureau
from tests.cli.conftest import ROWS
from tests.desk.small import clerk
from tests.web.conftest import Browser

DOG: dict[str, Any] = {
    "channel": "WS",
    "text": "桥东社区3幢楼下一户养的狗每天半夜叫个不停，请派出所上门处理。",
    "title": "楼下犬吠扰民",
    "external_id": "W-1",
    "received_at": "2026-03-02T08:30:00+08:00",
    "name": "周小平",
    "phone": "13800000001",
    "address": "城关镇桥东社区3幢402室",
}


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The sample bureau."""
    with a_bureau() as opened:
        yield opened


def test_the_same_petition_gets_the_same_receipt(house: House, browser: Browser) -> None:
    """A sender that is not sure sends again."""
    client = browser()
    client.headers["Duban-As"] = clerk(house.desk)

    first, again = (client.post("/api/petitions", json=DOG) for _ in range(2))
    naive = client.post("/api/petitions", json=DOG | {"external_id": "W-2", "received_at": "2026-03-02T08:30:00"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() | {"known": True}
    assert naive.status_code == 422
    assert set(naive.json()["fields"]) == {"received_at"}


def test_a_file_comes_back_with_what_was_refused(house: House, browser: Browser) -> None:
    """Beside the figures: the refused rows with their reasons, ready to be corrected."""
    client = browser()
    client.headers["Duban-As"] = clerk(house.desk)
    rows = ROWS + "T-0004,DH,,没有日期,什么时候来的不知道,,,,\n"

    answer = client.post("/api/import?name=tickets.csv", content=rows.encode("gb18030"))

    report = answer.json()["report"]
    assert (report["rows"], report["accepted"] + report["repeat"], report["refused"]) == (4, 3, 1)
    assert "没有日期" in answer.json()["refused"]


def test_deadlines_are_listed_without_reminders_and_missed_ones_stay(house: House, browser: Browser) -> None:
    """What is due, why that day; what has passed does not vanish because its timer fired."""
    client = browser(clerk(house.desk))
    client.headers["Duban-As"] = clerk(house.desk)
    other = {
        "external_id": "W-3",
        "title": "",
        "text": "鼓楼街半夜有人骑改装车炸街飙车。",
        "name": "何青",
        "phone": "13800000009",
    }
    number = client.post("/api/petitions", json=DOG | other).json()["number"]
    house.settle()

    running = client.get("/due").text
    house.clock.move(days=40)
    missed = browser(clerk(house.desk)).get("/due?overdue=true").text

    assert number in running
    assert "受理告知" in running
    assert "提醒" not in running.partition("<tbody>")[2]
    assert "信访工作条例" in running  # the reason names its article
    assert number in missed
    assert 'class="chip over"' in missed
