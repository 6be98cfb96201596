"""The store on each database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban.store import Store
from tests.postgres import Postgres


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


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh database on SQLite, for what only its kind can suffer."""
    file = tmp_path / "duban.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A fresh database on PostgreSQL, for what only its kind can suffer."""
    with postgres.lend() as url:
        yield url
