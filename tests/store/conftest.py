"""The store on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duban.store import Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on a fresh database."""
    with Store(database_url) as opened:
        yield opened


@pytest.fixture
def memory() -> Iterator[Store]:
    """A store in memory, for what does not depend on the database."""
    with Store("sqlite://") as opened:
        opened.migrate()
        yield opened
