"""One case on one page, and its next step's form."""

from __future__ import annotations

import re

import pytest

from duban.desk import work
from duban.testing import House
from tests.desk.small import an_errand, clerk, task_at
from tests.web.conftest import Browser, token


def test_a_case_shows_the_form_of_what_waits_for_me(house: House, browser: Browser) -> None:
    """Open the case, fill in, submit: no search for the right button."""
    number = an_errand(house)

    page = browser(clerk(house.desk)).get(f"/cases/{number}").text

    assert f"<h2>{'交办'}</h2>" in page
    assert '<input id="input-what" name="what" value=""' in page
    assert '<textarea id="input-note" name="note"' in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(house: House, browser: Browser) -> None:
    """All problems at once, with everything that was typed; nothing has been saved."""
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")
    client = browser(clerk(house.desk))
    address = f"/cases/{number}/work/{task}"

    answer = client.post(address, data={"token": token(client.get(address).text), "what": " ", "note": "急 & <快>"})

    assert answer.status_code == 422
    assert "表单还有地方没填好" in answer.text
    assert re.search(r'id="problem-what">.*?「事项」必填', answer.text, re.DOTALL)
    assert 'aria-invalid="true"' in answer.text
    assert "急 &amp; &lt;快&gt;</textarea>" in answer.text
    assert work.show(house.desk, number, task).item.element == "ask"


def test_a_submitted_form_moves_the_case(house: House, browser: Browser) -> None:
    """POST, redirect, GET: reloading repeats nothing."""
    number = an_errand(house)
    client = browser(who := clerk(house.desk))
    page = client.get(f"/cases/{number}")
    address = f"/cases/{number}/work/{task_at(house.desk, number, 'ask')}"

    moved = client.post(address, data={"token": token(page.text), "what": "取件", "note": "原话"})
    house.settle()
    again = client.get(f"/cases/{number}").text

    assert moved.history[0].status_code == 303
    assert "已提交，案件走到了下一步" in moved.text
    assert "<h2>查收</h2>" in again
    assert "<dt>事项</dt><dd>取件</dd>" in again  # the thread reads the form back with its questions
    assert house.desk.bureau.settings.people[who].name in again


def test_the_second_of_two_is_told_in_words(house: House, browser: Browser) -> None:
    """Two people at one item: the first counts, the second reads what to do."""
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")
    client = browser(clerk(house.desk))
    form = {"token": token(client.get(f"/cases/{number}").text), "what": "取件"}
    work.complete(house.desk, number, task, {"what": "先到"}, clerk(house.desk))

    answer = client.post(f"/cases/{number}/work/{task}", data=form)

    assert answer.status_code == 409
    assert "这件事已经有人办完" in answer.text


def test_somebody_elses_work_can_be_seen_but_not_done(house: House, browser: Browser) -> None:
    """The page says whose turn it is; a forged form is refused."""
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")
    client = browser(clerk(house.desk, unit="PCS02"))

    page = client.get(f"/cases/{number}/work/{task}").text
    answer = client.post(f"/cases/{number}/work/{task}", data={"token": token(page), "what": "抢办"})

    assert "这一步由 城关派出所 专管员 办理。" in page
    assert 'name="what"' not in page
    assert (answer.status_code, "这件事不归您办" in answer.text) == (409, True)


def test_hostile_words_stay_words(house: House, browser: Browser) -> None:
    """A petition is typed by anybody in the world."""
    hostile = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"
    number = an_errand(house, received={"title": hostile, "text": hostile})
    client = browser(clerk(house.desk))
    form = {"token": token(client.get(f"/cases/{number}").text), "what": hostile}
    client.post(f"/cases/{number}/work/{task_at(house.desk, number, 'ask')}", data=form)

    page = client.get(f"/cases/{number}?full=true").text

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


def test_a_form_without_our_token_changes_nothing(house: House, browser: Browser) -> None:
    """Another site's form, or one kept open over a new sign-in."""
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")

    answer = browser(clerk(house.desk)).post(f"/cases/{number}/work/{task}", data={"token": "x", "what": "偷办"})

    assert (answer.status_code, "这张表单已经过期" in answer.text) == (403, True)
    assert work.show(house.desk, number, task).item.element == "ask"


def test_clocks_stand_with_their_words(house: House, browser: Browser) -> None:
    """When it is due is asked first of all."""
    number = an_errand(house)
    client = browser(clerk(house.desk))
    work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
    house.settle()

    page = client.get(f"/cases/{number}").text

    assert "还剩 24 小时" in page


def test_every_fact_is_there_for_whoever_asks(house: House, browser: Browser) -> None:
    """The thread leaves out what only an auditor wants; one link shows it all."""
    number = an_errand(house)
    client = browser(clerk(house.desk))

    short, full = (client.get(f"/cases/{number}{query}").text for query in ("", "?full=true"))

    assert short.count("<li class=") < full.count("<li class=")
    assert "看每一条记录" in short
    assert "只看要紧的" in full


def test_a_case_that_is_not_there_is_told(house: House, browser: Browser) -> None:
    """A typing mistake in a number."""
    answer = browser(clerk(house.desk)).get("/cases/差〔2026〕99999")

    assert (answer.status_code, "没有找到" in answer.text) == (404, True)


def test_the_register_keeps_its_filters_in_the_address(house: House, browser: Browser) -> None:
    """A list can be sent to a colleague as a link."""
    number = an_errand(house)
    client = browser(clerk(house.desk))

    found = client.get("/cases", params={"q": number, "status": "open"}).text
    nothing = client.get("/cases", params={"q": "没有这样的事"}).text
    late = client.get("/cases?overdue=true&status=&unit=").text

    assert f'value="{number}"' in found
    assert '<option value="open" selected>' in found
    assert found.count("<tr>") == 2
    assert "没有符合条件的件" in nothing
    assert 'name="overdue" value="true" checked' in late


def test_a_page_that_does_not_exist_leads_back(house: House, browser: Browser) -> None:
    """Never a bare error."""
    client = browser(clerk(house.desk))

    answers = [client.get(path) for path in ("/nothing", "/cases/x/work/abc", "/cases?offset=abc")]

    assert [answer.status_code for answer in answers] == [404, 422, 422]
    assert all('href="/cases"' in answer.text for answer in answers)


def test_a_mistake_of_ours_is_owned_up_to(house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person reads a sentence, never a traceback."""
    monkeypatch.setattr("duban.desk.cases.list_", lambda *_args, **_more: 1 / 0)
    client = browser(clerk(house.desk))
    quiet = type(client)(client.app, base_url="http://127.0.0.1", cookies=client.cookies, raise_server_exceptions=False)

    page, machine = (quiet.get(path, headers={"Accept-Language": "zh"}) for path in ("/cases", "/api/cases"))

    assert (page.status_code, machine.status_code) == (500, 500)
    assert "出错了，没有保存任何东西" in page.text
    assert "ZeroDivisionError" not in page.text + machine.text
