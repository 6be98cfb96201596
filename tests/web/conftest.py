"""A bureau with a case, and browsers in front of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator

import pytest

from duban.testing import House
from duban.web.app import create_app
from tests.desk.small import a_small_bureau

with warnings.catch_warnings():  # Starlette would rather have httpx2; the pinned set has httpx
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

Browser = Callable[..., TestClient]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A bureau that runs errands, shared by the tests of one file; each test makes the cases it needs."""
    with a_small_bureau("sqlite://") as opened:
        yield opened


@pytest.fixture
def browser(house: House) -> Browser:
    """Open a browser, signed in as somebody."""

    def open_(person: str | None = None, **settings: object) -> TestClient:
        app = create_app(house.desk, secret=b"secret of this house", **settings)  # type: ignore[arg-type]
        client = TestClient(app, base_url="http://127.0.0.1", headers={"Accept-Language": "zh-CN"})
        if person:
            assert client.post("/sign-in", data={"person": person, "next": "/work"}).url.path == "/work"
        return client

    return open_


def token(page: str) -> str:
    """Return the token that the forms of a page carry."""
    found = re.search(r'name="token" value="(\w+)"', page)
    assert found, "the page has no form of its own"
    return found[1]
