"""The worklist and the first page."""

from __future__ import annotations

import re

from duban.desk import work
from duban.testing import House
from tests.desk.small import an_errand, clerk, task_at
from tests.web.conftest import Browser, token


def test_work_is_taken_and_given_back_from_the_list(house: House, browser: Browser) -> None:
    """Two clicks, no page in between; the list stays where it was."""
    who = clerk(house.desk)
    number = an_errand(house)
    task = task_at(house.desk, number, "ask")
    client = browser(who)
    form = {"token": token(client.get("/work?list=unit").text), "from": "list", "list": "unit"}

    taken = client.post(f"/cases/{number}/work/{task}/claim", data=form)
    held = work.show(house.desk, number, task).item.claimed_by
    returned = client.post(f"/cases/{number}/work/{task}/return", data=form)

    assert (taken.url.path, taken.url.params["list"]) == ("/work", "unit")
    assert "已签领" in taken.text
    assert held == who
    assert "已放回" in returned.text
    assert work.show(house.desk, number, task).item.claimed_by is None


def test_the_rail_counts_each_list(house: House, browser: Browser) -> None:
    """Figures first: what needs me, before anything else."""
    who = clerk(house.desk, unit="PCS02")
    client = browser(who)
    mine = an_errand(house, unit="PCS02")
    an_errand(house, unit="PCS02")
    work.claim(house.desk, mine, task_at(house.desk, mine, "ask"), who)

    page = client.get("/work").text

    counted = dict(re.findall(r"<span>(\w+)</span> <b>(\d+)</b>", page))
    assert counted == {"我的": "1", "本单位": "2", "快到期": "0", "超期": "0", "回访": "0"}
    assert "我的 <small>1 件" in page  # what is claimed is what opens first


def test_empty_lists_say_why(house: House, browser: Browser) -> None:
    """An empty page without a word looks broken."""
    client = browser(clerk(house.desk, unit="JLS"))

    said = [client.get(f"/work?list={name}").text for name in ("mine", "unit", "near", "over", "callback")]

    assert [re.search(r'<p class="empty">\s*([^<]+?)\s*</p>', page)[1] for page in said] == [  # type: ignore[index]
        "您没有签领的事。本单位还没人接的在“本单位”。",
        "本单位眼下没有待办。新派来的会出现在这里；找某一件请到登记簿。",
        "三天内没有到期的事。时限远一些的在“本单位”。",
        "没有超期的事。全局的在“时限”里看。",
        "没有等着回访的事。答复送达后三个工作日内会出现在这里。",
    ]


def test_fifty_items_stand_on_a_page_and_the_rest_behind_it(house: House, browser: Browser) -> None:
    """The address says which page it is."""
    for _ in range(51):
        an_errand(house, unit="PCS03")
    client = browser(clerk(house.desk, unit="PCS03"))

    first = client.get("/work?list=unit").text
    second = client.get(re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")).text  # type: ignore[index]

    assert [page.count("<tr>") - 1 for page in (first, second)] == [50, 1]
    assert "第 51–51 件，共 51 件" in second


def test_the_first_page_says_what_to_do_first(house: House, browser: Browser) -> None:
    """Who, when, how much, and the nearest deadline on top."""
    number = an_errand(house, unit="PCS04")
    client = browser(clerk(house.desk, unit="PCS04"))

    page = client.get("/").text

    assert "今天的事" in page
    assert number in page
    assert "开发区派出所" in page


def test_english_pages_speak_english(house: House, browser: Browser) -> None:
    """Names stay Chinese; what the house itself says is English."""
    who = clerk(house.desk, unit="JLS")
    client = browser(who)
    client.headers["Accept-Language"] = "en"
    names = (house.desk.bureau.settings.name, house.desk.bureau.settings.people[who].name, "拘留所", "中文")

    left = {}
    for path in ("/", "/work?list=unit", "/work?list=callback", "/due", "/incidents", "/docs"):
        page = client.get(path).text
        for name in names:
            page = page.replace(name, "")
        left[path] = re.findall(r"[\u4e00-\u9fff]+", page)

    assert {path: words for path, words in left.items() if words} == {}
