"""Incidents on their pages: the three ways out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duban.api import Call, Done, Tools
from duban.desk import incidents, work
from duban.testing import House
from tests.desk.small import a_small_bureau, an_errand, clerk, task_at
from tests.web.conftest import Browser, token


class Counter:
    """A handler that fails until it is mended."""

    mended = False

    def __call__(self, call: Call, _tools: Tools) -> Done:
        if not self.mended:
            raise TimeoutError("the other counter does not answer")
        return Done(result={"attempt": call.attempt})


@pytest.fixture(scope="module")
def counter() -> Counter:
    """The other counter."""
    return Counter()


@pytest.fixture(scope="module")
def house(counter: Counter) -> Iterator[House]:
    """A bureau whose errands go to the other counter."""
    with a_small_bureau("sqlite://", fetch=counter) as opened:
        yield opened


def a_stuck_errand(house: House) -> tuple[str, int]:
    """Return number and task of an errand whose call has failed for the last time."""
    number = an_errand(house)
    work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
    house.settle()
    house.clock.move(days=3)
    (trouble,) = incidents.list_(house.desk, number=number)
    return number, trouble.task


def test_a_failed_call_is_tried_again(house: House, browser: Browser, counter: Counter) -> None:
    """The cause is mended: one button."""
    number, task = a_stuck_errand(house)
    client = browser(clerk(house.desk))
    listed = client.get("/incidents").text
    page = client.get(f"/cases/{number}/incident/{task}").text
    counter.mended = True

    answer = client.post(f"/cases/{number}/incident/{task}/retry", data={"token": token(page)})
    house.settle()
    counter.mended = False

    assert number in listed
    assert "the other counter does not answer" in page
    assert "已重新尝试" in answer.text
    assert incidents.list_(house.desk, number=number) == []


def test_a_failed_call_is_answered_by_hand(house: House, browser: Browser) -> None:
    """It was done outside; what is no JSON comes back with what was typed."""
    number, task = a_stuck_errand(house)
    client = browser(clerk(house.desk))
    address = f"/cases/{number}/incident/{task}"
    form = {"token": token(client.get(address).text)}

    wrong = client.post(f"{address}/answer", data=form | {"result": "{receipt: 17"})
    right = client.post(f"{address}/answer", data=form | {"result": '{"receipt": "17"}'})

    assert wrong.status_code == 422
    assert "{receipt: 17</textarea>" in wrong.text
    assert "不是 JSON" in wrong.text
    assert "已按您填写的结果继续" in right.text
    assert task_at(house.desk, number, "check")


def test_an_incident_that_is_gone_is_told(house: House, browser: Browser) -> None:
    """Somebody else settled it."""
    number = an_errand(house)

    answer = browser(clerk(house.desk)).get(f"/cases/{number}/incident/99")

    assert (answer.status_code, "没有找到" in answer.text) == (404, True)
