"""From a petition that nobody accepts through review and re-examination to finality, on the bureau's own diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from duban.desk import cases, openings, staff, work
from duban.errors import InvalidForm
from duban.testing import House, a_bureau, a_case, walk

DISSATISFIED: Mapping[str, Any] = {
    "call": {"reached": "接通", "satisfaction": "不满意", "resolved": "未解决", "was_contacted": True},
    "reask2": {"satisfaction": "不满意", "resolved": "未解决"},
    "reask3": {"satisfaction": "不满意", "resolved": "未解决"},
    "feed_back": {"outcome": "不予支持"},
    "tell_review": {"adopt": False},
}
AGREED: Mapping[str, Any] = {
    "examine": {"hearing": False},
    "gate_r1": {"decision": "同意"},
    "gate_r2": {"decision": "同意"},
}


def unaccepted(house: House) -> str:
    """Return a petition that was answered, asked about at three tiers, and is accepted by nobody."""
    number = a_case(house, at="tell_review", **DISSATISFIED)
    (item,) = cases.show(house.desk, number).work
    staff.do(house.desk, item, {"adopt": False})
    house.settle()
    return number


def asked(house: House, kind: str, number: str, **request: Any) -> str:
    """Return a case of *kind* in which the petitioner asks that the petition *number* be looked at again."""
    opened = openings.open_(house.desk, kind, {f"{kind}_in": {"ref_no": number}}, "wusimin")
    on = house.clock.now().date().isoformat()
    told = {"got_on": on, "received_at": house.clock.now().isoformat(), "item6": True, "unit": "PCS01"}
    for item in cases.show(house.desk, opened.number).work:
        staff.do(house.desk, item, {**told, **request})
    house.settle()
    return opened.number


def decided(house: House, number: str, result: str, reviewer: str = "chengwei") -> None:
    """Let *reviewer* look at it again and come to *result*."""
    examined = {"assign_reviewer": {"reviewer": reviewer}, "draft_r": {"result": result}}
    walk(house, number, answers={**AGREED, **examined})


def test_a_review_that_annuls_the_opinion_sends_the_petition_back_to_work() -> None:
    """X8: annulled means done again, and asked again, whatever the petition's own loop counts."""
    with a_bureau() as house:
        number = unaccepted(house)
        review = asked(house, "review", number, organ="派出所")
        decided(house, review, "撤销重作")
        again = cases.show(house.desk, number)

        assert cases.show(house.desk, review).case.end == "end_revoked"
        assert [item.element for item in again.work] == ["first_contact"]
        assert not again.incidents


def test_after_the_re_examination_the_matter_is_final() -> None:
    """X11: the re-examination ends the petition for good, and the register says so."""
    with a_bureau() as house:
        number = unaccepted(house)
        reexam = asked(house, "reexam", number, organ="下级公安机关")

        assert cases.show(house.desk, reexam).case.end == "end_refused", "no review has been made yet"

        decided(house, asked(house, "review", number, organ="派出所"), "维持")
        reexam = asked(house, "reexam", number, organ="下级公安机关")
        decided(house, reexam, "维持", reviewer="xiaoxuemei")
        look = cases.show(house.desk, number)

        assert cases.show(house.desk, reexam).case.end == "end_final"
        assert look.case.end == "end_final_reexam"
        assert look.row is not None
        assert look.row.final

        late = asked(house, "reexam", number, organ="下级公安机关")

        assert cases.show(house.desk, late).case.end == "end_refused"


def test_whoever_handled_the_petition_may_not_review_it() -> None:
    """条例 28: the record knows who handled, gated and called back; the form refuses each of them."""
    with a_bureau() as house:
        number = unaccepted(house)
        review = asked(house, "review", number, organ="派出所")
        (item,) = cases.show(house.desk, review).work
        handled = work.show(house.desk, review, item.task).seen["history"]["handlers"]

        assert item.element == "assign_reviewer"
        assert handled
        for person in handled:
            with pytest.raises(InvalidForm, match="不得是原事项"):
                staff.do(house.desk, item, {"reviewer": person})
