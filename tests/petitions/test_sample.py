"""The sample petitions: whole, varied, and nobody's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from duban.bureau.settings import Settings
from duban.model.petition import Envelope
from duban.petitions.duplicates import Earlier, compare, words_of
from duban.petitions.intake import person_keys, precheck
from duban.petitions.rows import Row, read_rows

SAMPLE = Path(__file__).parents[2] / "sample"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def rows(settings: Settings) -> list[Row]:
    return [row for path in sorted(SAMPLE.iterdir()) for row in read_rows(path, settings, None, NOW)]


@pytest.fixture(scope="module")
def envelopes(rows: list[Row]) -> list[Envelope]:
    found = [row.envelope for row in rows if row.envelope]
    return sorted(found, key=lambda envelope: (envelope.received_at, envelope.key))


def test_every_row_can_be_read(rows: list[Row]) -> None:
    """CSV, workbook and JSON lines together make a year of three hundred."""
    assert [row.problems for row in rows if row.problems] == []
    assert len(rows) == 300


def test_no_item_is_there_twice(envelopes: list[Envelope]) -> None:
    """Each has a number of its own, and words of its own."""
    assert len({(envelope.channel, envelope.key) for envelope in envelopes}) == 300
    assert len({envelope.text for envelope in envelopes}) == 300


def test_the_year_is_full(envelopes: list[Envelope]) -> None:
    """Every month from November to October has petitions, through nearly every channel."""
    months = Counter(envelope.received_at.strftime("%Y-%m") for envelope in envelopes)

    assert len(months) == 12
    assert min(months.values()) >= 12
    assert len({envelope.channel for envelope in envelopes}) == 30


def test_matters_and_natures_are_varied(settings: Settings, envelopes: list[Envelope]) -> None:
    """All fourteen classes, matters of others, and items that only a clerk can place."""
    checked = [precheck(settings, envelope, ()) for envelope in envelopes]
    groups = {settings.matters[item.prefill["matter"]].group for item in checked if "matter" in item.prefill}

    assert len(groups) == 14
    assert {item.prefill["nature"] for item in checked} == {"求决", "检举", "建议", "咨询"}
    assert 20 <= sum(1 for item in checked if item.found["topic"]) <= 100
    assert 30 <= sum(1 for item in checked if not item.found["complete"]) <= 120
    assert sum(1 for item in checked if item.prefill["is_group"]) == 4


def test_repeats_are_found_and_nothing_else(settings: Settings, envelopes: list[Envelope]) -> None:
    """Eighteen items say again what an earlier one said, many by the same person; the other 282 are alike to none."""
    found = 0
    for n, envelope in enumerate(envelopes):
        mine = _keys(envelope)
        earlier = (
            Earlier(number=str(m), text=words_of(other), same_person=bool(mine & _keys(other)), state="handling")
            for m, other in enumerate(envelopes[:n])
        )
        found += any(like.sure for like in compare(settings, envelope, earlier))

    assert found == 18


def _keys(envelope: Envelope) -> set[str]:
    return {key for person in envelope.people for key in person_keys(person)}
