"""Numbers on paper."""

from __future__ import annotations

from datetime import UTC, datetime

from duban.bureau.settings import Settings
from duban.petitions.numbering import counter_of, number_of


def test_a_number_names_series_year_and_place(settings: Settings) -> None:
    """People say it on the telephone."""
    at = datetime(2026, 3, 2, tzinfo=UTC)

    assert number_of(settings.series["petition"], at, 42) == "云信〔2026〕00042"
    assert counter_of(settings.series["petition"], at) == "petition/2026"


def test_the_year_is_the_bureau_s(settings: Settings) -> None:
    """At eight in the morning of 1 January the machine's UTC is still in the old year."""
    at = datetime(2026, 12, 31, 17, tzinfo=UTC)

    assert number_of(settings.series["petition"], at, 1) == "云信〔2027〕00001"
