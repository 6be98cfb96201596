"""The page of a petition: how its days were counted, and what may be handed on to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from duban.desk import cases, replies
from duban.model.facts import Kind
from duban.model.petition import Party
from duban.testing import House, a_bureau, a_case, a_petition
from tests.desk.small import clerk
from tests.web.conftest import Browser, token

MOVED = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The sample bureau."""
    with a_bureau() as opened:
        yield opened


@pytest.fixture(scope="module")
def number(house: House) -> str:
    """A petition that has been accepted."""
    return a_case(house, at="first_contact")


def test_a_limit_tells_everything_about_itself(house: House, browser: Browser, number: str) -> None:
    """Article, start, what is counted, and why this day: in the page's language and in the other."""
    page = browser(clerk(house.desk)).get(f"/cases/{quote(number, safe='')}").text

    assert "<dt>依据</dt><dd>信访工作条例第34条</dd>" in page
    assert "<dt>起算</dt><dd>受理之日" in page
    assert "<dt>计算</dt><dd>自然日</dd>" in page
    assert "X5.finish: from 2026-03-0" in page
    assert "办结：受理之日2026年3月" in page


def test_a_withdrawal_is_handed_on_by_a_button(house: House, browser: Browser, number: str) -> None:
    """Form, refusal beside its field, and on record at last."""
    office = clerk(house.desk, "XFK", "petition_office")
    client = browser(office)
    wait = next(w for w in replies.awaited(house.desk, number, office) if w.message == "petition.withdraw")
    address = f"/cases/{quote(number, safe='')}/reply/{wait.task}"
    page = client.get(f"/cases/{quote(number, safe='')}").text
    form = client.get(address).text
    refused = client.post(address, data={"token": token(form)})
    words = {"token": token(form), "why": "撤回", "words": "我不反映了。"}
    done = client.post(address, data=words)

    assert "信访人要求撤回</a>" in page
    assert "<h1>信访人要求撤回" in form
    assert (refused.status_code, "必填" in refused.text) == (422, True)
    assert "已记入案件" in done.text
    assert "收到消息「信访人要求撤回」" in done.text


def test_what_moved_a_limit_stands_beside_it(house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Extension with its approver, days that do not count, before and after: the page says all of it."""
    other = a_petition(
        text="身份证补办跑了三趟，每次要的材料都不一样，窗口也不说清楚。",
        people=(Party(name="吴梅", phone="13800000002"),),
    )
    moved = a_case(house, at="first_contact", petition=other)
    look = cases.show(house.desk, moved)
    due = next(each for each in look.dues if each.name == "X5.finish" and not each.warning)
    approver = clerk(house.desk, "L6", "deputy_leader")
    why = {
        **due.why,
        "extensions": [[30, approver, "2026-03-09T09:00+08:00"]],
        "excluded": [["2026-04-20", "2026-04-29", 10]],
        "provisional": True,
    }

    fact = replace(
        look.timeline[0],
        kind=Kind.TIMER_MOVED,
        at=MOVED,
        payload={"task": due.task, "before": "2026-05-06T00:00+08:00", "after": "2026-06-01T00:00+08:00"},
    )
    told = replace(
        look,
        dues=[replace(due, why=why)],
        timeline=[*look.timeline, fact],
    )
    monkeypatch.setattr(cases, "show", lambda *_: told)
    page = browser(clerk(house.desk)).get(f"/cases/{quote(moved, safe='')}").text

    assert f"<dt>延长</dt><dd>30 天 · {house.desk.bureau.settings.people[approver].name} 批准" in page
    assert "<dt>不计入</dt><dd>4月20日 周一 – 4月29日 周三 · 10 天</dd>" in page
    assert "<dt>变动</dt><dd>5月5日 周二 → 5月31日 周日" in page
    assert "暂定" in page
