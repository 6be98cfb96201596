"""The same verbs for machines."""

from __future__ import annotations

import re

from duban.testing import House
from tests.desk.small import an_errand, clerk, task_at
from tests.web.conftest import Browser


def test_work_is_found_taken_and_done(house: House, browser: Browser) -> None:
    """A case walks by JSON as it walks by page."""
    number = an_errand(house, unit="PCS06")
    task = task_at(house.desk, number, "ask")
    who = clerk(house.desk, unit="PCS06")
    client = browser()
    client.headers["Duban-As"] = who

    listed = client.get("/api/work", params={"person": who}).json()
    sheet = client.get(f"/api/work/{number}/{task}").json()
    taken = client.post(f"/api/work/{number}/{task}/claim").json()
    back = client.post(f"/api/work/{number}/{task}/return").json()
    done = client.post(f"/api/work/{number}/{task}/complete", json={"what": "取件"}).json()

    assert [(item["number"], item["task"]) for item in listed] == [(number, task)]
    assert sheet["schema"]["required"] == ["what"]
    assert (taken["claimed_by"], back["claimed_by"]) == (who, None)
    assert (done["element"], done["is_open"]) == ("ask", True)


def test_refusals_say_what_to_do_in_both_tongues(house: House, browser: Browser) -> None:
    """A machine reads the class, an operator the message, a person the sentence."""
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")
    client = browser()

    nobody = client.get("/api/work")
    client.headers["Duban-As"] = clerk(house.desk)
    wrong = client.post(f"/api/work/{number}/{task}/complete", json={"what": 3, "extra": 1})
    missing = client.get("/api/cases/差〔2026〕99999")
    unreadable = client.get("/api/work?limit=0&offset=x")
    client.headers["Duban-As"] = clerk(house.desk, unit="PCS02")
    foreign = client.post(f"/api/work/{number}/{task}/complete", json={"what": "抢办"})

    answers = (nobody, wrong, missing, unreadable, foreign)
    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [
        (401, "SignInNeeded"),
        (422, "InvalidForm"),
        (404, "NotFound"),
        (422, "InvalidRequest"),
        (409, "NotYourWork"),
    ]
    assert set(wrong.json()["fields"]) == {"what", "extra"}
    assert set(unreadable.json()["fields"]) == {"limit", "offset"}
    assert foreign.json()["sentence"].startswith("这件事不归您办")


def test_a_case_tells_everything(house: House, browser: Browser) -> None:
    """Data, work, deadlines and every fact with its hash."""
    number = an_errand(house)
    client = browser()
    client.headers["Duban-As"] = clerk(house.desk)

    look = client.get(f"/api/cases/{number}").json()
    register = client.get("/api/cases", params={"q": number}).json()

    assert look["case"]["number"] == number
    assert [item["element"] for item in look["work"]] == ["ask"]
    assert look["timeline"][0]["kind"] == "case_started"
    assert re.fullmatch(r"[0-9a-f]{64}", look["timeline"][0]["hash"])
    assert (register["total"], register["rows"][0]["number"]) == (1, number)


def test_timers_people_and_incidents_are_listed(house: House, browser: Browser) -> None:
    """Every list answers, empty or not."""
    client = browser()
    client.headers["Duban-As"] = clerk(house.desk)

    assert client.get("/api/due").status_code == 200
    assert client.post("/api/due/fire").json()["failed"] == 0
    assert client.get("/api/incidents").json() == []
    assert len(client.get("/api/people").json()) == len(house.desk.bureau.settings.people)


def test_a_page_of_another_site_cannot_use_the_session(house: House, browser: Browser) -> None:
    """The cookie alone opens the interface only for our own pages."""
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")
    client = browser(clerk(house.desk))

    own = client.post(f"/api/work/{number}/{task}/claim", headers={"Sec-Fetch-Site": "same-origin"})
    foreign = client.post(f"/api/work/{number}/{task}/return", headers={"Sec-Fetch-Site": "cross-site"})

    assert (own.status_code, foreign.status_code) == (200, 403)


def test_the_description_needs_nothing_from_the_internet(browser: Browser) -> None:
    """An intranet has no CDN: the page is ours and names every verb."""
    client = browser()

    page = client.get("/docs").text
    described = client.get("/openapi.json").json()

    assert re.findall(r'(?:src|href)="https?://[^"]+"', page) == []
    assert all(path in page for path in described["paths"])
    assert all(path.startswith("/api/") for path in described["paths"])


def test_a_message_nobody_waits_for_is_refused(house: House, browser: Browser) -> None:
    """A sender learns at once that its message went nowhere; one that is awaited moves the case, once."""
    number = an_errand(house)
    client = browser()
    client.headers["Duban-As"] = clerk(house.desk)
    stop = {"name": "errand.stop", "payload": {}, "correlation": {}, "id": "17"}

    early = client.post(f"/api/cases/{number}/messages", json=stop)
    client.post(f"/api/work/{number}/{task_at(house.desk, number, 'ask')}/complete", json={"what": "取件"})
    house.settle()
    heard = client.post(f"/api/cases/{number}/messages", json=stop | {"id": "18"})

    assert (early.status_code, early.json()["error"]) == (409, "NotWaiting")
    assert heard.status_code == 204
    assert client.get(f"/api/cases/{number}").json()["case"]["end"] == "end_stopped"
