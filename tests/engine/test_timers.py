"""Timers: what their texts mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duban.engine.expressions import ExpressionError
from duban.engine.timers import Timer, arm, compile_timer
from tests.engine.diagrams import NOON, Days, Walk, boundary, drawn, node, nodes, timer


def read(text: str, **data: Any) -> Timer:
    """Return what *text* means at noon."""
    return arm(compile_timer(text), data, NOON, Days())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("PT24H", NOON + timedelta(hours=24)),  # as other modellers write it
        ('"PT24H"', NOON + timedelta(hours=24)),  # as SpiffWorkflow wants it
        ("P1M", datetime(2026, 4, 2, 4, tzinfo=UTC)),
        ("P1Y2M3DT4H", datetime(2027, 5, 5, 8, tzinfo=UTC)),
        ("P2W", NOON + timedelta(weeks=2)),
        ("2026-03-09T08:00:00+08:00", datetime(2026, 3, 9, 0, tzinfo=UTC)),
        ('instant("2026-03-09T08:00:00+08:00")', datetime(2026, 3, 9, 0, tzinfo=UTC)),
        ("days(3)", NOON + timedelta(days=3)),
        ("wait", NOON + timedelta(hours=5)),
        ('deadline("X60")', NOON + timedelta(days=60)),
        ('warning("X60", 15)', NOON + timedelta(days=45)),
        ('deadline("X2" if direct else "X3")', NOON + timedelta(days=3)),
    ],
)
def test_a_text_means_an_instant(text: str, at: datetime) -> None:
    """Computed once, when the timer is armed, from the time that was handed in."""
    assert read(text, wait="PT5H", direct=False).at == at


def test_the_month_end_is_clipped() -> None:
    """A month after 31 January is the last of February."""
    start = datetime(2026, 1, 31, tzinfo=UTC)

    assert arm(compile_timer("P1M"), {}, start, Days()).at == datetime(2026, 2, 28, tzinfo=UTC)


def test_a_named_deadline_keeps_its_name_and_reasons() -> None:
    """The name that was asked for, also where a condition chose it."""
    assert read('warning("X60" if True else "X1", 7)') == Timer(
        at=NOON + timedelta(days=53), name="X60", warning=True, why={"article": "X60", "before": 7}
    )


@pytest.mark.parametrize(
    ("text", "left", "first"),
    [
        ("R3/PT24H", 3, NOON + timedelta(hours=24)),
        ("R/P1D", None, NOON + timedelta(days=1)),
        ("R2/2026-03-05T00:00:00+00:00/P1D", 2, datetime(2026, 3, 5, tzinfo=UTC)),
    ],
)
def test_a_cycle_begins_after_one_period_or_at_its_start(text: str, left: int | None, first: datetime) -> None:
    """As ISO 8601 and BPMN read it."""
    found = read(text)

    assert (found.left, found.at) == (left, first)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-09T08:00:00",  # no zone
        "'tomorrow'",
        "5",
        "R3/PT0S",  # would fire for ever at once
        "'R3'",
        "'P'",
        "unknown",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """With a sentence, not with a wrong time."""
    with pytest.raises(ExpressionError):
        read(text)


def test_a_text_that_cannot_be_read_becomes_an_incident_when_it_is_armed() -> None:
    """The other tokens go on; with the data put right the timer is armed."""
    edge = boundary("late", "a", timer("wait"), interrupting=False)
    walk = Walk(drawn(nodes("start:s user:a end:e end:e2") + edge, "s>a a>e late>e2"))

    assert [(i.element, i.reason) for i in walk.look().incidents] == [("late", "expression")]
    assert walk.open == ["a"]
    walk.complete("a")
    assert (walk.ended, len(walk.outcome.settled)) == (("e",), 1)


def test_a_deadline_that_does_not_apply_is_never_armed() -> None:
    """A simple matter has no X5: nothing runs, nothing fires, nothing is told."""
    edge = boundary("late", "a", timer('deadline("never")'), interrupting=False)
    walk = Walk(drawn(nodes("start:s user:a end:e end:e2") + edge, "s>a a>e late>e2"))

    walk.later(days=900)

    assert (walk.open, walk.dues, walk.look().incidents) == (["a"], {}, ())


def test_a_token_does_not_wait_for_a_deadline_that_never_comes() -> None:
    """In the flow nothing else would end the wait: a person must see it."""
    wait = node("intermediateCatchEvent", "w", timer('deadline("never")'))
    walk = Walk(drawn(nodes("start:s end:e") + wait, "s>w w>e"))

    assert "does not apply" in walk.look().incidents[0].message
