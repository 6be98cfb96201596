"""The thread in English."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from duban.desk.cases import Entry
from duban.model.facts import Kind
from duban.web.told import _ENGLISH, in_english

NOW = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)


def a_fact(kind: Kind, title: str, **payload: Any) -> Entry:
    """Return a line of the timeline."""
    return Entry(
        n=1, at=NOW, noticed_at=NOW, actor="system", actor_name="系统", kind=kind, element=payload.get("element"),
        title=title, payload=payload, hash="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (a_fact(Kind.WORK_COMPLETED, "「签收」已完成", element="sign", data={}), "“签收” is done"),
        (
            a_fact(Kind.LETTER_ISSUED, "出具《受理告知书》云公信受告字〔2026〕3号", letter="L01", number="3号"),
            "《受理告知书》 3号 was issued",
        ),
        (a_fact(Kind.CALL_FAILED, "「归档」第2次办理失败", element="archive", attempt=2), "“归档” failed (attempt 2)"),
        (a_fact(Kind.CASE_ENDED, "办理结束：办结", ends=["end_closed"]), "The case has ended"),
        # nothing in quotes: the element's id is better than nothing
        (a_fact(Kind.DATA_WRITTEN, "写入数据", element="route"), "“route” wrote its data"),
    ],
)
def test_a_fact_is_said_in_english_with_the_bureaus_own_labels(fact: Entry, expected: str) -> None:
    """Names of steps are the bureau's; the sentence around them is not."""
    assert in_english(fact) == expected


def test_every_kind_of_fact_has_its_english() -> None:
    """A new kind must not break the English page."""
    assert set(_ENGLISH) == set(Kind)
