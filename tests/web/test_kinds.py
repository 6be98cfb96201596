"""Cases of every kind: their lists, opening one, handing on what they wait for, how their days were counted."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from duban.desk import cases, work
from duban.testing import House
from tests.desk.kindred import a_duty, a_kindred_bureau, children
from tests.desk.small import clerk
from tests.web.conftest import Browser, token


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A bureau of duties and watches."""
    with a_kindred_bureau() as opened:
        yield opened


def test_the_register_leads_to_every_kind(house: House, browser: Browser) -> None:
    """Nobody looks for whistles among petitions."""
    number = a_duty(house)
    page = browser(clerk(house.desk)).get("/kinds/duty").text

    assert f'<a href="/cases/{number}">{number}</a>' in page
    assert '<a href="/kinds/watch">watch <b' in page
    assert "签收</span>" in page
    assert browser(clerk(house.desk)).get("/kinds/nothing").status_code == 404


def test_a_case_is_opened_by_hand_and_leads_to_its_first_step(house: House, browser: Browser) -> None:
    """One press, and the first form is there; what gave rise to it stands in the case."""
    reason = a_duty(house)
    client = browser(clerk(house.desk))
    page = client.get(f"/open?kind=duty&ref={reason}").text

    answer = client.post("/open/duty", data={"token": token(page), "ref": reason})
    number, task = unquote(answer.url.path).split("/")[2], int(answer.url.path.split("/")[4])

    assert "已立案，请接着办第一步" in answer.text
    assert work.show(house.desk, number, task).item.element == "sign"
    assert cases.show(house.desk, number).data["duty_in"] == {
        "ref_no": reason,
        "unit": "PCS01",
        "by": clerk(house.desk),
    }


def test_what_a_case_waits_for_is_not_told_as_done(house: House, browser: Browser) -> None:
    """The label of an event that has not come yet reads like one that has; and nobody is sent to a step not his."""
    client = browser(clerk(house.desk))
    answer = client.post("/open/ear", data={"token": token(client.get("/open").text)})

    assert "第一步不在您手上" in answer.text
    assert "在等：铃响" in client.get("/kinds/ear").text


def test_whoever_may_not_open_it_is_told_who_may(house: House, browser: Browser) -> None:
    """The page offers nothing, and a forged form is refused."""
    client = browser(clerk(house.desk, "PCS01", "officer"))
    page = client.get("/open").text
    answer = client.post("/open/duty", data={"token": token(client.get("/cases").text or page)})

    assert "您的岗位不直接发起案件" in page
    assert answer.status_code == 409
    assert "专管员" in answer.text


def test_a_child_names_its_parent_and_the_other_way_round(house: House, browser: Browser) -> None:
    """A prompt without its petition is a riddle."""
    number = a_duty(house)
    house.clock.move(hours=2)
    (child,) = children(house, number)
    client = browser(clerk(house.desk))

    assert f'<a href="/cases/{number}">{number}</a>' in client.get(f"/cases/{child.number}").text
    assert f'<a href="/cases/{child.number}">{child.number}</a> watch' in client.get(f"/cases/{number}").text


def test_machines_do_the_same(house: House, browser: Browser) -> None:
    """Every verb of the pages is one of the interface too."""
    client = browser()
    who = {"Duban-As": clerk(house.desk)}
    opened = client.post("/api/kinds/duty/cases", json={"told": {}}, headers=who)
    listed = client.get("/api/kinds/duty/cases?status=open", headers=who).json()
    counted = {each["kind"]["id"]: each["open"] for each in client.get("/api/kinds", headers=who).json()}

    assert opened.status_code == 201
    assert opened.json()["number"] in {line["number"] for line in listed["lines"]}
    assert counted["duty"] == listed["total"]
    assert client.get(f"/api/cases/{opened.json()['number']}/awaited", headers=who).json() == []
    assert client.post("/api/kinds/petition/cases", json={}, headers=who).status_code == 409
