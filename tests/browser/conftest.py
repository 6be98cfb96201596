"""A real browser before a real server on the loopback interface."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from duban.testing import House
from duban.web.app import create_app
from tests.desk.small import a_small_bureau

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    assert CHROMIUM, "no Chromium on this machine: install it, or leave these tests out with -m 'not browser'"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A bureau that runs errands."""
    with a_small_bureau("sqlite://") as opened:
        yield opened


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[str]:
    """Where its pages are served."""
    with serving(house) as address:
        yield address


@contextmanager
def serving(house: House) -> Generator[str]:
    """Serve the pages of *house* from a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house.desk), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()
