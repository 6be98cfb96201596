"""The wall before every page."""

from __future__ import annotations

import warnings

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from duban.web.guard import HEADERS, NOT_HERE, Guard

with warnings.catch_warnings():  # Starlette would rather have httpx2; the pinned set has httpx
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


def client(*, loopback: bool = True, host: str = "127.0.0.1:8000") -> TestClient:
    """Return a browser before one page that answers everything."""
    page = Route("/page", lambda _request: PlainTextResponse("seen"), methods=["GET", "POST"])
    return TestClient(Guard(Starlette(routes=[page]), loopback=loopback), base_url=f"http://{host}")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_this_machine_gets_the_page_and_every_header(host: str) -> None:
    """Hostile words in a petition must stay words, whatever a template forgets."""
    answer = client(host=host).get("/page")

    assert (answer.status_code, answer.text) == (200, "seen")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"


def test_another_name_for_this_machine_gets_nothing() -> None:
    """DNS rebinding: a foreign page whose name now points at 127.0.0.1."""
    answer = client(host="evil.example").get("/page")

    assert (answer.status_code, answer.text) == (403, NOT_HERE)


def test_a_house_open_to_the_network_serves_no_page() -> None:
    """Until full sign-in exists, petitions are not shown to whoever finds the port."""
    answer = client(loopback=False).get("/page")

    assert (answer.status_code, answer.text) == (403, NOT_HERE)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program, not a browser: it carries no cookie of ours
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"}, 200),  # our own form
        ({"Sec-Fetch-Site": "cross-site"}, 403),  # another site's form
        ({"Sec-Fetch-Site": "same-site"}, 403),  # another port of this machine
        ({"Origin": "http://127.0.0.1:9999"}, 403),  # likewise, in an older browser
        ({"Origin": "null"}, 403),  # a sandboxed frame or a local file
    ],
)
def test_other_sites_cannot_press_our_buttons(headers: dict[str, str], status: int) -> None:
    """CSRF is stopped before any form is read."""
    assert client().post("/page", headers=headers).status_code == status


def test_other_sites_may_link_to_us() -> None:
    """Looking changes nothing; a link in a mail must work."""
    assert client().get("/page", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
