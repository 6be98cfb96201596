"""A clerk's journey in a real browser, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from duban.testing import House
from tests.desk.small import an_errand, clerk

pytestmark = pytest.mark.browser

Opening = Callable[[int], Page]


@pytest.fixture
def opening(chromium: Browser, site: str) -> Iterator[Opening]:
    """Open a page of a given width; whatever it asks of other machines, or complains of, fails the test."""
    contexts = []
    trouble: list[str] = []

    def open_(width: int, *, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", base_url=site, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: trouble.append(said.text) if "422" not in said.text else None)
        page.on(
            "request", lambda asked: trouble.append(asked.url) if urlsplit(asked.url).hostname != "127.0.0.1" else None
        )
        return page

    yield open_
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_clerk_takes_work_mends_a_form_and_sees_the_case_move(house: House, opening: Opening, width: int) -> None:
    """The whole of the first day, with the mistake that everybody makes."""
    who = clerk(house.desk)
    name = house.desk.bureau.settings.people[who].name
    number = an_errand(house)
    page = opening(width)

    page.goto("/")
    page.get_by_role("searchbox").fill(name)
    page.locator(f"button[value={who}]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{name}，今天的事")

    page.goto("/work?list=unit")
    row = page.locator("tr", has_text=number)
    row.get_by_role("button", name="签领").click()
    expect(page.get_by_role("status")).to_contain_text("已签领")
    assert_fits(page, width)

    page.locator("tr", has_text=number).get_by_role("link").click()
    page.get_by_label("说明").fill("原话一句")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("表单还有地方没填好")
    expect(page.locator("#problem-what")).to_contain_text("「事项」必填")
    expect(page.get_by_label("说明")).to_have_value("原话一句")
    expect(page.get_by_label("事项")).to_be_focused()
    assert_fits(page, width)

    page.get_by_label("事项").fill("取件")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已提交，案件走到了下一步")
    house.settle()
    page.reload()
    expect(page.get_by_role("heading", name="查收")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("取件")
    assert_fits(page, width)


def test_the_keyboard_walks_the_list(house: House, opening: Opening) -> None:
    """j, k, x and Enter, for those who live here."""
    who = clerk(house.desk, unit="PCS02")
    first, second = (an_errand(house, unit="PCS02") for _ in range(2))
    page = opening(1440)
    page.goto("/sign-in?next=/work?list=unit")
    page.locator(f"button[value={who}]").click()

    page.wait_for_url("**/work?list=unit")
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.locator("tr.at")).to_contain_text(first)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("status")).to_contain_text("已签领")
    expect(page.locator("tr", has_text=second).get_by_role("button", name="放回")).to_be_visible()

    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="提交")).to_be_visible()


def test_everything_works_without_scripts(house: House, opening: Callable[..., Page]) -> None:
    """An old browser, a strict policy: forms are forms."""
    number = an_errand(house, unit="PCS03")
    page = opening(1440, scripts=False)
    page.goto(f"/sign-in?next=/cases/{number}")
    page.locator(f"button[value={clerk(house.desk, unit='PCS03')}]").click()

    page.get_by_label("事项").fill("取件")
    page.get_by_role("button", name="提交").click()

    expect(page.get_by_role("status")).to_contain_text("已提交")


def assert_fits(page: Page, width: int) -> None:
    """A page never scrolls sideways, and what can be pressed on a phone is at least 44 pixels high."""
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    if width < 500:
        heights = page.evaluate(
            "() => [...document.querySelectorAll('main button, main select, main input:not([type=hidden])')]"
            ".map(e => e.matches('[type=radio],[type=checkbox]') ? e.closest('label') : e)"
            ".map(e => e.getBoundingClientRect().height)"
        )
        assert [height for height in heights if height < 44] == []
