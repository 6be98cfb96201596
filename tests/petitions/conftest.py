"""The sample bureau's settings and rules, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.bureau import Settings, read_settings
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines

FILE = Path(__file__).parents[2] / "bureau.toml"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return read_settings("bureau.toml", FILE.read_bytes())


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture(scope="session")
def deadlines(settings: Settings, calendar: Calendar) -> NamedDeadlines:
    return NamedDeadlines(settings, calendar)
