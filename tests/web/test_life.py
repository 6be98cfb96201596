"""A petition's whole life by page: every form shown, filled in and posted as a browser does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from duban.desk import staff, work
from duban.testing import House, a_bureau
from duban.web.fields import Field, fields_of
from duban.web.visit import case_address
from tests.desk.small import clerk
from tests.web.conftest import Browser, token
from tests.web.test_arrivals import DOG

STEPS = 40


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The sample bureau."""
    with a_bureau() as opened:
        yield opened


def as_posted(fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    """Say what a browser posts for fields that are filled in."""
    for field in fields:
        for row in field.rows:
            yield from as_posted(row)
        for choice in field.choices:
            if choice.chosen:
                yield field.name, choice.value
        if not field.choices and not field.rows:
            yield from (
                (field.name, one) for one in (field.value.splitlines() if field.widget == "picks" else [field.value])
            )


def do_by_page(house: House, browser: Browser, item: work.Item, answers: dict[str, Any]) -> None:
    """Let whoever may do it open the case, fill in the form and submit it."""
    who = item.claimed_by or staff.worker(house.desk, item)
    client = browser(who)
    page = client.get(case_address(item.number, item.task)).text
    sheet = work.show(house.desk, item.number, item.task)
    data = staff.fill_in(house.desk, sheet, answers, who)
    fields = fields_of(sheet.schema or {}, data, {})
    assert all(f'name="{name}"' in page for name, _ in as_posted(fields))

    answer = client.post(
        case_address(item.number, item.task),
        data={"token": token(page), **dict(as_posted(fields))},
        follow_redirects=True,
    )
    house.settle()
    assert answer.status_code == 200, answer.text


ANOTHER = {
    "external_id": "L-2",
    "title": "广场舞音响扰民",
    "text": "城关镇鼓楼广场每晚有人跳广场舞，音响放到十点半，报过两次警，人走了又开。请管一管。",
    "name": "吴梅",
    "phone": "13800000002",
    "address": "城关镇鼓楼街5号",
}


@pytest.mark.parametrize(
    ("petition", "answers", "on_the_way"),
    [
        (DOG, {}, {"sign", "accept", "reply", "call", "close_check"}),
        # not satisfied: the leader visits, the callback centre asks again
        (
            ANOTHER,
            {"call": {"satisfaction": "不满意", "resolved": "未解决"}},
            {"call", "visit", "reask2", "close_check"},
        ),
    ],
)
def test_a_petition_lives_from_arrival_to_callback_by_page(
    house: House, browser: Browser, petition: dict[str, Any], answers: dict[str, Any], on_the_way: set[str]
) -> None:
    """What commands can do, people can do with the pages alone."""
    machine = browser()
    machine.headers["Duban-As"] = clerk(house.desk)
    number = machine.post("/api/petitions", json=DOG | petition).json()["number"]
    house.settle()

    done: list[str] = []
    while (look := machine.get(f"/api/cases/{number}").json())["case"]["ended_at"] is None:
        assert len(done) < STEPS, f"{number} goes round in circles: {done}"
        if not look["work"]:  # the case waits for an answer to a text message
            house.clock.move(days=1)
            continue
        item = work.show(house.desk, number, look["work"][0]["task"]).item
        do_by_page(house, browser, item, answers.get(item.element, {}))
        done.append(item.element)

    assert (look["case"]["end"], look["incidents"]) == ("end_closed", [])
    assert on_the_way <= set(done)
    assert {letter["letter"] for letter in look["letters"]} >= {"L01", "L09"}
