"""The three-tier callback, walked inside the petition: every way it can come out (4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Begin = Callable[..., Any]

ANSWERED = (
    *("register", "sign", "assign_officer", "accept", "delivered"),
    *("first_contact", "plan", "investigate", "dispose", "feed_back", "draft", "gate_po", "reply"),
)


@pytest.fixture
def asking(life: Begin) -> Begin:
    """A petition that has been answered: the callback centre is to ask."""
    return lambda: life().walk(*ANSWERED)


def test_a_satisfied_petitioner_is_asked_once(asking: Begin) -> None:
    """Tier 1 suffices."""
    case = asking().do("call")

    assert case.data["cb_out"]["result"] == "ok1"
    assert case.open == ["close_check"]


def test_satisfaction_without_any_contact_goes_back_to_work(asking: Begin) -> None:
    """Scenario 4.2-6: satisfied, but nobody ever made contact: the unit visits, whatever was answered."""
    case = asking().do("call", was_contacted=False)

    assert case.open == ["visit"]
    assert case.work("visit").unit == "HZ"


def test_the_unit_reads_the_words_as_they_were_said(asking: Begin) -> None:
    """D1: the words are passed on unshortened; the recording of the call is not."""
    case = asking().do("call", satisfaction="不满意", resolved="未解决", words="说了等于没说")

    assert case.desk.posted[-1][:3] == ("notice", "HZ", "不满意事项推送")
    assert "说了等于没说" in case.desk.posted[-1][3]


def test_dissatisfaction_goes_up_a_tier_each_time(asking: Begin) -> None:
    """Scenario 4.2-4: visited, asked again, face to face, asked again, satisfied at last."""
    case = asking().do("call", satisfaction="不满意", resolved="未解决").do("visit").wait(days=2)
    case.do("reask2", satisfaction="不满意", resolved="部分")

    assert case.work("face").unit == "L3"

    case.do("face").do("reask3")

    assert case.data["cb_out"] == {
        "result": "ok3",
        "resolved": "已解决",
        "satisfaction": "满意",
        "contacted": True,
        "kept": None,
        "tiers": 3,
        "tries": 1,
    }


def test_a_visit_that_nobody_saw_is_made_again_and_reported(asking: Begin) -> None:
    """Scenario 4.2-2: the answer 2 (no) to "were you visited?" brings accountability and a second visit, once."""
    case = asking().do("call", satisfaction="不满意", resolved="未解决").do("visit")
    case.hear("sms.reply", {"callback_no": "1"}, answer=2)

    assert case.open == ["visit"]
    assert case.thrown[-1] == "accountability.start"

    case.do("visit").hear("sms.reply", {"callback_no": "1"}, answer=2)

    assert case.open == ["reask2"]


def test_three_calls_on_different_half_days_before_a_letter(asking: Begin) -> None:
    """Scenario 4.2-3: no answer three times, then L20; fifteen days later it counts as lost, never as satisfied."""
    case = asking()
    for _ in range(2):
        case.do("call", reached="无人接", satisfaction=None, resolved=None, words=None, was_contacted=None)
        assert case.open == []
        case.wait(days=3)
        assert case.open == ["call"]
    case.do("call", reached="无人接", satisfaction=None, resolved=None, words=None, was_contacted=None)

    assert case.called[-1] == "callbacks/lost_letter"

    case.wait(days=16)

    assert case.data["cb_out"]["result"] == "lost"
    assert case.do("close_check").outcome.ended == ("end_lost",)


def test_who_writes_back_after_the_letter_is_called_again(asking: Begin) -> None:
    """The letter is an invitation: an answer to it is a call, once."""
    case = asking()
    for _ in range(2):
        case.do("call", reached="关机空号", satisfaction=None, resolved=None, words=None, was_contacted=None).wait(
            days=3
        )
    case.do("call", reached="关机空号", satisfaction=None, resolved=None, words=None, was_contacted=None)
    case.hear("petitioner.contact", {"callback_no": "1"})

    assert case.open == ["call"]

    case.do("call", reached="无人接", satisfaction=None, resolved=None, words=None, was_contacted=None)

    assert case.data["cb_out"]["result"] == "lost"


@pytest.mark.parametrize(
    ("reached", "satisfaction", "result"),
    [("拒访", None, "refused"), ("已故", None, "dead"), ("接通", "不评价", "refused")],
)
def test_who_does_not_answer_is_not_counted_as_satisfied(
    asking: Begin, reached: str, satisfaction: str | None, result: str
) -> None:
    """Refused and dead are results of their own; the case is closed as not asked."""
    answered = {} if satisfaction else {"resolved": None, "words": None, "was_contacted": None}
    case = asking().do("call", reached=reached, satisfaction=satisfaction, **answered)

    assert case.data["cb_out"]["result"] == result
    assert case.data["after_callback"]["next"] == "lost"


def test_the_second_round_starts_from_nothing(asking: Begin) -> None:
    """What was answered before a redo does not count for the round after it."""
    case = asking().do("call", satisfaction="不满意", resolved="未解决").do("visit").wait(days=2)
    case.do("reask2", satisfaction="不满意", resolved="未解决").do("face")
    case.do("reask3", satisfaction="不满意", resolved="未解决").walk(*ANSWERED[5:]).do("call")

    assert case.data["cb_out"]["tiers"] == 1
    assert case.data["cb_out"]["result"] == "ok1"


def test_the_second_tier_has_three_days(asking: Begin) -> None:
    """A1: the responsible unit's head visits within three days; the limit passes, the visit stays due."""
    case = asking().do("call", satisfaction="不满意", resolved="未解决")
    limit = next(due for due in case.view.dues if due.name == "C.t2" and not due.warning)

    case.wait(days=8)

    assert limit.attached == "visit"
    assert not limit.interrupting
    assert case.open == ["visit"]
    assert case.thrown[-1] == "escalation.start"
