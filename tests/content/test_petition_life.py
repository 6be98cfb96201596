"""The petition walked on the engine with the shipped handlers and letters: what a scenario cannot say.

Ends, branches, dates and letters stand in bpmn/petition.scenarios.yaml; here is what handlers are asked, what is kept
silent, how little an open case weighs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from duban.api import IssueLetter, LinkRepeat, PurgeText

Begin = Callable[..., Any]

TO_SIGN = ("register", "sign", "assign_officer", "accept", "delivered")
TO_OPINION = ("first_contact", "plan", "investigate", "dispose", "feed_back", "draft", "gate_po")
EARLIER: Mapping[str, Any] = {
    "number": "云信〔2026〕00007",
    "sure": True,
    "same_person": True,
    "state": "handling",
    "new_fact": False,
    "superior": False,
    "unit": "HZ",
    "repeat_n": 0,
}


def letters(life: Any) -> list[str]:
    return [effect.letter for effect in life.effects if isinstance(effect, IssueLetter)]


def escalated(life: Any) -> list[tuple[str, str, str]]:
    """Return clock, unit and kind of every escalation that was thrown."""
    said = [thrown.payload["escalation_in"] for thrown in life.messages if thrown.name == "escalation.start"]
    return [(one["clock_id"], one["unit"], one["kind"]) for one in said]


def test_a_handler_is_asked_for_by_its_name_and_only_when_needed(life: Begin) -> None:
    """The calls of the main line in their order: nothing is sent twice, nothing is forgotten."""
    case = life().walk(*TO_SIGN, *TO_OPINION, "reply", "call", "close_check")

    assert case.outcome.ended == ("end_closed",)
    assert letters(case) == ["L01", "L08", "L09"]
    assert case.called == [
        "letters/issue_notice",
        "letters/issue_notice",
        "repeats/count",
        "letters/issue_opinion",
        "handover/report_up",
        "handover/reply_upload",
        "archive/close",
    ]


def test_a_repeat_is_linked_and_told_its_first_number(life: Begin) -> None:
    """Scenario 4.1-8: the petitioner learns where his first item stands."""
    case = life(found={"candidate": EARLIER}).do("register")

    assert case.effects[0] == LinkRepeat(of="云信〔2026〕00007")
    assert "云信〔2026〕00007" in case.desk.posted[0][3]


def test_a_matter_that_is_not_ours_leaves_with_the_address_to_go_to(life: Begin) -> None:
    """X2c: the petitioner is told which organ to go to."""
    case = life(found={"topic": "RSJ"}).do("register", matter="1404")

    assert case.open == ["told"]
    assert "县人力资源和社会保障局" in case.desk.posted[0][3]


def test_an_objection_names_reasons_and_the_competent_organ(life: Begin) -> None:
    """L12 goes to the sender; the petitioner is told ahead when X3 comes near and no answer has come."""
    case = life(received={"direct": False, "sender": "县信访局"}, found={"topic": "RSJ"}).do("register", matter="1404")
    case.do("objection_draft", reasons="属劳动保障监察职责").do("objection_sign", decision="签发")

    assert case.open == []
    assert case.desk.posted[0][:3] == ("platform", "县信访局", "异议函")
    assert "属劳动保障监察职责" in case.desk.posted[0][3]
    assert "县人力资源和社会保障局" in case.desk.posted[0][3]


def test_an_accusation_leaves_at_once_and_says_nothing(life: Begin) -> None:
    """Art. 30: nothing is sent by anybody; what stays of the petition names neither the accused nor the words."""
    case = life().do("register", nature="检举", matter="1306", about_unit="PCS01", about_person="某警员")

    assert case.outcome.ended == ("end_accusation",)
    assert case.desk.posted == []
    assert [(thrown.name, thrown.correlation) for thrown in case.messages] == [
        ("accusation.start", {"ref_no": "云信〔2026〕00001"})
    ]
    assert "某警员" not in str(case.data)
    assert "烧烤" not in str(case.data)


def test_secret_words_stop_the_case_until_somebody_looked(life: Begin) -> None:
    """State secrets must not stay: the words are destroyed, a slip without content remains."""
    case = life(found={"secret_words": ["机密"]})
    case.do("secret_check", is_secret=True, where_moved="保密柜3号")

    assert case.outcome.ended == ("end_secret",)
    assert case.effects[0] == PurgeText(text="1")
    assert letters(case) == ["L40"]
    assert "烧烤" not in case.desk.posted[0][3]


def test_the_successor_of_a_recused_officer_is_named(life: Begin) -> None:
    """L15 says who goes on; the work passes to him and to nobody else."""
    case = life().walk("register", "sign").do("assign_officer", recusal="本人申请", about_leader=False)
    case.do("decide_recusal", decision="准许", successor="officer2")

    assert letters(case) == ["L15"]
    assert "李二" in case.desk.posted[0][3]
    assert case.work("accept").person == "officer2"


def test_missed_limits_escalate_and_never_stop_the_work(life: Begin) -> None:
    """The duty does not vanish when its limit passes: warnings and the limit itself leave as messages."""
    case = life()
    case.wait(days=16)

    assert case.open == ["register"]
    assert escalated(case) == [
        ("B.register", "XFK", "due"),
        ("X2.notice", "XFK", "warn"),
        ("X2.notice", "XFK", "warn"),
        ("X2.notice", "XFK", "due"),
    ]


@pytest.mark.parametrize("days", [5, 16])
def test_a_case_that_missed_its_limits_still_comes_to_its_end(life: Begin, days: int) -> None:
    """Several reminders of one phase end beside the line: they must not contradict each other there."""
    case = life()
    for step in (*TO_SIGN, *TO_OPINION, "reply", "call", "close_check"):
        case.wait(days=days).do(step)

    assert case.outcome.ended == ("end_closed",)
    assert len(escalated(case)) > 5


def test_the_limit_of_handling_ends_when_the_answer_is_delivered(life: Begin) -> None:
    """X5 runs from acceptance to delivery; afterwards nothing of it is armed."""
    case = life().walk(*TO_SIGN)
    running = {due.name for due in case.view.dues}

    case.walk(*TO_OPINION, "reply")

    assert {"X5.finish", "B.target", "B.contact"} <= running
    assert {due.name for due in case.view.dues} == {"C.t1"}


def test_a_suspension_moves_the_bureau_s_own_limits_only(life: Begin) -> None:
    """The regulation knows no suspension: X5 keeps its day while the internal target moves out and back."""
    case = life().walk(*TO_SIGN, "first_contact", "plan").do("investigate", next="中止")
    before = limits(case)
    case.do("suspend_ask").do("suspend_ok", decision="同意")
    during = limits(case)
    case.wait(days=10).hear("petition.resume")

    assert before["X5.finish"] == during["X5.finish"] == limits(case)["X5.finish"]
    assert before["B.target"] < limits(case)["B.target"] < during["B.target"]


def test_a_withdrawal_is_checked_while_the_work_goes_on(life: Begin) -> None:
    """A petitioner who was made to withdraw loses nothing: neither his place nor what was found out."""
    case = life().walk(*TO_SIGN, "first_contact", "plan")
    case.hear("petition.withdraw", why="撤回").do("withdraw_check", voluntary=False, goes_on="否")

    assert case.open == ["investigate"]
    assert case.desk.posted[-1][:3] == ("notice", "DC", "撤回非自愿线索")
    assert case.outcome.ended is None


def test_every_representative_is_asked_and_the_worst_answer_counts(life: Begin) -> None:
    """Joint petitions: one dissatisfied representative keeps the case open."""
    people = [{"name": "周某", "phone": "13900000000"}, {"name": "吴某", "phone": "13900000001"}]
    case = life().do("register", people=people, count=2).walk(*TO_SIGN[1:], *TO_OPINION, "reply")

    assert case.open == ["call", "call"]

    case.do("call").do("call", reached="拒访")

    assert case.data["cb_out"]["result"] == "ok1"


def test_the_state_does_not_grow_with_redoing(life: Begin) -> None:
    """Working papers leave the data where the phase ends; texts are references."""
    case = life().walk(*TO_SIGN, *TO_OPINION, "reply")
    dissatisfied(case)
    case.walk(*TO_OPINION, "reply")
    once = len(case.outcome.state)
    dissatisfied(case)
    case.walk(*TO_OPINION, "reply")

    assert len(case.outcome.state) < once + 16


def test_an_open_case_stays_small(life: Begin) -> None:
    """Texts are references, working papers leave with their phase: what is open weighs little, whatever its age."""
    case = life().walk(*TO_SIGN, *TO_OPINION, "reply")
    dissatisfied(case)
    case.walk(*TO_OPINION, "reply", "call")

    assert case.open == ["close_check"]
    assert case.largest <= 2_500


def test_time_is_handed_in(life: Begin) -> None:
    """The same life at the same times gives the same bytes."""
    first, second = (life().walk(*TO_SIGN).outcome.state for _ in range(2))

    assert first == second
    assert life().now == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def limits(case: Any) -> dict[str, datetime]:
    """Return when each running limit ends."""
    return {due.name: due.at for due in case.view.dues}


def dissatisfied(case: Any) -> None:
    """Answer dissatisfied at all three tiers."""
    case.do("call", satisfaction="不满意", resolved="未解决").do("visit").wait(days=2)
    case.do("reask2", satisfaction="不满意", resolved="未解决").do("face")
    case.do("reask3", satisfaction="不满意", resolved="未解决")
