"""Who sits in front of the page."""

from __future__ import annotations

import pytest

from duban.testing import House
from duban.web.house import Progress
from tests.desk.small import clerk
from tests.web.conftest import Browser, token


def test_whoever_has_not_said_who_they_are_is_asked_and_brought_back(house: House, browser: Browser) -> None:
    """A bookmark of a worklist must lead there, not to the first page."""
    client = browser()

    asked = client.get("/work?list=over&offset=50")
    answer = client.post("/sign-in", data={"person": clerk(house.desk), "next": asked.url.params["next"]})

    assert asked.url.path == "/sign-in"
    assert "您是哪一位" in asked.text
    assert (answer.url.path, answer.url.query) == ("/work", b"list=over&offset=50")


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example", "work"])
def test_signing_in_never_leads_away_from_the_house(house: House, browser: Browser, away: str) -> None:
    """An open redirect would lend our address to a fraud."""
    answer = browser().post("/sign-in", data={"person": clerk(house.desk), "next": away}, follow_redirects=False)

    assert answer.headers["location"] == "/"


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(house: House, browser: Browser) -> None:
    """HttpOnly and SameSite are what keep a session with its person."""
    answer = browser().post("/sign-in", data={"person": clerk(house.desk), "next": "/"}, follow_redirects=False)

    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "max-age=43200", "path=/"} <= parts


def test_an_unknown_person_is_told(browser: Browser) -> None:
    """A form kept open while the bureau changed."""
    answer = browser().post("/sign-in", data={"person": "nobody", "next": "/"})

    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_people_stand_under_their_unit_once(house: House, browser: Browser) -> None:
    """A leader holds a post and a seat in the leadership, an officer a dozen cells of the grid: one line each."""
    memberships = house.desk.bureau.settings.memberships
    leader, officer = (next(held.person for held in memberships if held.unit == unit) for unit in ("L2", "G2011"))

    page = browser().get("/sign-in").text

    assert [page.count(f'value="{person}"') for person in (leader, officer)] == [1, 1]
    assert "一级网格" not in page
    assert "城关派出所" in page


def test_somebody_else_takes_the_seat(house: House, browser: Browser) -> None:
    """Signing out ends the session."""
    client = browser(clerk(house.desk))

    client.post("/sign-out", data={"token": token(client.get("/").text)})

    assert client.get("/work").url.path == "/sign-in"


def test_a_session_ends_with_the_working_day(house: House, browser: Browser) -> None:
    """A browser left open is nobody the next morning."""
    client = browser(clerk(house.desk))

    house.clock.move(hours=13)

    assert client.get("/work").url.path == "/sign-in"


def test_size_and_language_stay_as_chosen(house: House, browser: Browser) -> None:
    """Chosen once, without JavaScript, before or after signing in."""
    client = browser(clerk(house.desk))

    client.post("/display", data={"size": "large", "lang": "en", "back": "/cases"})
    page = client.get("/cases").text

    assert '<html lang="en" class="large">' in page
    assert "<h1>Register" in page
    assert "登记簿" not in page


def test_pages_do_not_leave_this_machine(house: House, browser: Browser) -> None:
    """Until full sign-in exists, an address of the network gets a plain refusal."""
    answer = browser(host="0.0.0.0").get("/sign-in")

    assert answer.status_code == 403
    assert "正式登录尚未启用" in answer.text
    assert "loopback" in answer.text


def test_pages_say_how_far_the_sample_year_is(house: House, browser: Browser) -> None:
    """The first page answers while the year is still being lived; a line says so and goes away by itself."""

    class Living:
        now: Progress | None = Progress(done=129, total=364)

        def progress(self) -> Progress | None:
            """Return how far it is."""
            return self.now

    year = Living()
    client = browser(loading=year)

    during = client.get("/sign-in").text
    year.now = None
    after = client.get("/sign-in").text

    assert "第 129 天，共 364 天" in during
    assert 'class="loading"' not in after
