"""Extensions: how often and by how much the law allows, who approved them, and what moves a limit at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.bureau.settings import Settings
from duban.errors import Refused
from duban.petitions.calendar import Calendar
from duban.petitions.deadlines import NamedDeadlines

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)


def extended(extend: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a case that was accepted on 2026-03-02 and extended."""
    return {
        "start_clocks": {"accepted_at": "2026-03-02"},
        "accept": {"item": "6", "simple": False},
        "extend": extend,
    }


def test_who_approved_an_extension_is_in_the_reason(deadlines: NamedDeadlines) -> None:
    """An extension is a leader's decision and stands under his name."""
    stamped = {"days": 30, "_by": "p7", "_at": "2026-04-27T10:00:00+08:00"}

    why = deadlines.resolve("X5.finish", extended(stamped), NOW).why

    assert (why["extended"], why["extensions"]) == (30, [[30, "p7", "2026-04-27T10:00:00+08:00"]])


@given(days=st.lists(st.integers(0, 40), min_size=1, max_size=3))
def test_the_law_is_extended_once_and_by_thirty_days_at_most(
    settings: Settings, calendar: Calendar, days: list[int]
) -> None:
    """条例 34: whatever a step writes, a second extension or a longer one moves nothing."""
    named = NamedDeadlines(settings, calendar)
    data = extended({"days": days})

    if len(days) == 1 and days[0] <= 30:
        assert named.resolve("X5.finish", data, NOW).why.get("extended", 0) == days[0]
    else:
        with pytest.raises(Refused, match="信访工作条例第34条 allows"):
            named.resolve("X5.finish", data, NOW)


def test_a_public_order_case_is_extended_twice(deadlines: NamedDeadlines) -> None:
    """治安管理处罚法 118: thirty days, and thirty more; no third time."""
    filed = {"filed_on": "2026-01-19"}

    assert deadlines.resolve("P.zhian", {"watch": {**filed, "extensions": [30, 30]}}, NOW).on == date(2026, 4, 20)
    with pytest.raises(Refused, match="no extension number 3"):
        deadlines.resolve("P.zhian", {"watch": {**filed, "extensions": [30, 30, 30]}}, NOW)


def test_a_limit_says_which_keys_move_it(deadlines: NamedDeadlines) -> None:
    """A step that writes none of them leaves its timer alone; a cap counts with what caps it reads."""
    caps = {"register", "received"}

    assert deadlines.reads("X5.finish") == {"start_clocks", "extend", "accept", "classify"} | caps
    assert deadlines.reads("nowhere") == frozenset()


def test_an_extension_never_shortens(deadlines: NamedDeadlines) -> None:
    """A minus sign is a slip of the pen, not a decision."""
    with pytest.raises(Refused, match=r"extend\.days must be days in whole numbers, not -1"):
        deadlines.resolve("X5.finish", extended({"days": -1}), NOW)
