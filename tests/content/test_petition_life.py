"""The petition from arrival to each of its ends, walked on the engine with the shipped handlers and letters."""

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


def test_an_ordinary_petition_is_closed_only_after_the_petitioner_was_asked(life: Begin) -> None:
    """The main line (4.1) with a satisfied petitioner: every letter leaves, and the callback comes before the end."""
    case = life().walk(*TO_SIGN, *TO_OPINION, "reply")

    assert case.open == ["call"]
    assert case.outcome.ended is None

    case.walk("call", "close_check")

    assert case.outcome.ended == ("end_closed",)
    assert letters(case) == ["L01", "L08", "L09"]
    assert case.open == []


def test_a_handler_is_asked_for_by_its_name_and_only_when_needed(life: Begin) -> None:
    """The calls of the main line in their order: nothing is sent twice, nothing is forgotten."""
    case = life().walk(*TO_SIGN, *TO_OPINION, "reply", "call", "close_check")

    assert case.called == [
        "letters/issue_notice",
        "letters/issue_notice",
        "letters/issue_opinion",
        "handover/report_up",
        "handover/reply_upload",
        "archive/close",
    ]


def test_a_repeat_is_linked_and_told_its_first_number(life: Begin) -> None:
    """Scenario 4.1-8: same person, same matter, first one open, no new fact: linked, L06, no second limit."""
    case = life(found={"candidate": EARLIER}).do("register")

    assert case.outcome.ended == ("end_linked",)
    assert case.effects[0] == LinkRepeat(of="云信〔2026〕00007")
    assert letters(case) == ["L06"]
    assert "云信〔2026〕00007" in case.desk.posted[0][3]


def test_a_likeness_that_is_not_sure_links_nothing(life: Begin) -> None:
    """Two cases that merely read alike must not swallow each other."""
    case = life(found={"candidate": {**EARLIER, "sure": False}}).do("register")

    assert case.open == ["sign"]
    assert case.data["classify"]["relation"] == "new"


def test_what_was_finally_decided_is_not_taken_up_again(life: Begin) -> None:
    """X11: after re-examination the same facts are answered by L04."""
    case = life(found={"candidate": {**EARLIER, "state": "final"}}).do("register")

    assert case.outcome.ended == ("end_final",)
    assert "第三十六条" in case.desk.posted[0][3]


def test_a_new_fact_opens_a_new_case(life: Begin) -> None:
    """Scenario 4.1-9: with a new fact the clocks start."""
    case = life(found={"candidate": {**EARLIER, "state": "final", "new_fact": True}}).do("register")

    assert case.open == ["sign"]
    assert case.data["classify"]["relation"] == "follow_up"


def test_a_matter_that_is_not_ours_leaves_with_the_address_to_go_to(life: Begin) -> None:
    """X2c: the petitioner is told which organ to go to, and the delivery is registered."""
    case = life(found={"topic": "RSJ"}).do("register", matter="1404")

    assert case.open == ["told"]
    assert case.work("told").unit == "XFK"
    assert "县人力资源和社会保障局" in case.desk.posted[0][3]

    case.do("told")

    assert case.outcome.ended == ("end_outside",)


def test_a_platform_receipt_proves_delivery(life: Begin) -> None:
    """What came through a platform goes back through it; no clerk has to register that it arrived."""
    case = life(received={"reply_by": "热线回填", "channel": "12345"}, found={"topic": "RSJ"})
    case.do("register", matter="1404", channel="12345")

    assert case.outcome.ended == ("end_outside",)


def test_a_transferred_matter_that_is_not_ours_is_objected_to(life: Begin) -> None:
    """X4: five working days from receipt, watched by timers on the step itself."""
    case = life(received={"direct": False, "sender": "县信访局"}, found={"topic": "RSJ"}).do("register", matter="1404")

    assert case.open == ["objection"]
    assert {due.name for due in case.view.dues} == {"X3.notice", "X4.objection"}

    case.do("objection")

    assert case.outcome.ended == ("end_objected",)


def test_an_accusation_leaves_at_once_and_says_nothing(life: Begin) -> None:
    """Art. 30: the notice to the inspectorate names the case, neither the accused nor the words."""
    case = life().do("register", nature="检举", matter="1306", about_person="某警员")

    assert case.outcome.ended == ("end_accusation",)
    assert [post[:3] for post in case.desk.posted] == [("notice", "DC", "检举控告移交")]
    assert "某警员" not in case.desk.posted[0][3]
    assert "烧烤" not in case.desk.posted[0][3]


def test_secret_words_stop_the_case_until_somebody_looked(life: Begin) -> None:
    """Scenario 4.1-13: confirmed as secret, the text is destroyed and the case ends outside this system."""
    case = life(found={"secret_words": ["机密"]})

    assert case.open == ["secret_check"]

    case.do("secret_check", is_secret=True, where_moved="保密柜3号")

    assert case.outcome.ended == ("end_secret",)
    assert case.effects == [PurgeText(text="1")]


def test_a_false_alarm_goes_on_to_the_register(life: Begin) -> None:
    """A word like 机密 in a shop's name is no secret."""
    assert life(found={"secret_words": ["机密"]}).do("secret_check").open == ["register"]


def test_a_group_is_received_before_it_is_classified(life: Begin) -> None:
    """X13: at most five representatives; seven people make the matter weighty."""
    case = life().do("register", is_group=True, count=7)

    assert case.open == ["group_receive"]

    case.do("group_receive", reps=["甲", "乙", "丙", "丁", "戊"])

    assert case.data["classify"]["weight"] == "weighty"


def test_weighty_matters_are_routed_by_a_person(life: Begin) -> None:
    """The bureau automates what it dares to decide; weighty matters it does not."""
    case = life().do("register", matter="0203", about_unit=None)

    assert case.open == ["triage"]

    case.do("triage", unit="FZ")

    assert case.open == ["sign"]
    assert case.work("sign").unit == "FZ"


def test_the_first_receiver_keeps_the_duty_until_another_unit_has_signed(life: Begin) -> None:
    """E1, scenario 4.1-7: returned twice, arbitrated twice, then assigned for good; the duty stays where it was."""
    case = life().do("register", matter="0203", about_unit=None).do("triage", unit="ZA")
    for _ in range(2):
        case.do("sign", decision="退回", reason="不属本单位")
        assert case.open == ["arbitrate"]
        assert case.data["duty_unit"] == "XFK"
        case.do("arbitrate", unit="PCS02")
    case.do("sign", decision="退回", reason="仍不属本单位")

    assert case.open == ["assign_final"]
    assert case.work("assign_final").role == "deputy_leader"

    case.do("assign_final", unit="ZA")

    assert case.open == ["sign_final"]
    assert case.data["duty_unit"] == "XFK"

    case.do("sign_final")

    assert case.data["duty_unit"] == "ZA"
    assert case.data["holder"] == {"unit": "ZA", "lead_leader": "L3"}


def test_a_legal_procedure_is_entered_and_handed_over(life: Begin) -> None:
    """Art. 31(1)–(5): L05 names the procedure, and the case system's number is recorded."""
    case = life().walk("register", "sign", "assign_officer").do("accept", accept="导入程序", item="5")
    case.walk("delivered", "handover_route")

    assert case.outcome.ended == ("end_routed",)
    assert letters(case) == ["L05"]


@pytest.mark.parametrize(("found_out", "end"), [("非职权", "end_outside"), ("不予受理", "end_final")])
def test_what_the_review_does_not_accept_ends_with_its_letter(life: Begin, found_out: str, end: str) -> None:
    """The officer's review may find what the register did not."""
    case = life().walk("register", "sign", "assign_officer").do("accept", accept=found_out, reason="另有机关主管")

    assert case.do("delivered").outcome.ended == (end,)


def test_nobody_is_written_to_where_the_name_is_unclear(life: Begin) -> None:
    """Art. 23: lawful without notice where name or address is unclear; the reason is recorded and handling goes on."""
    case = life().do("register", address_unclear=True, people=[]).walk("sign", "assign_officer", "accept")

    assert case.open == ["first_contact"]
    assert letters(case) == []


def test_weighty_opinions_pass_the_lawyers_and_a_deputy_leader(life: Begin) -> None:
    """B6: no reply leaves without the deputy bureau leader where the matter is weighty."""
    case = life().do("register", matter="0203", about_unit=None).do("triage", unit="FZ")
    case.walk("sign", "assign_officer", "accept", "delivered", *TO_OPINION)

    assert case.open == ["gate_legal"]

    case.do("gate_legal")

    assert case.work("gate_dl").unit == "L6"

    case.do("gate_dl", decision="自定文本", text="由分管领导定稿的意见")

    assert case.open == ["reply"]
    assert "由分管领导定稿的意见" in case.desk.posted[-1][3]


def test_three_returns_bring_an_ordinary_opinion_before_the_leader(life: Begin) -> None:
    """The loop of sending back is capped: after the third the deputy leader settles the text."""
    case = life().walk(*TO_SIGN, *TO_OPINION[:-1])
    for _ in range(3):
        case.do("gate_po", decision="退回", reasons="事实不清").do("draft")

    assert case.do("gate_po").open == ["gate_legal"]


def test_more_investigation_is_capped_at_twelve(life: Begin) -> None:
    """A thirteenth round is an answer owed, not an investigation."""
    case = life().walk(*TO_SIGN, "first_contact", "plan")
    for _ in range(12):
        case.do("investigate", next="续查")
        assert case.open == ["investigate"]

    assert case.do("investigate", next="续查").open == ["dispose"]


def test_what_can_be_mended_at_once_skips_the_plan(life: Begin) -> None:
    """D3: at once, or with a plan."""
    assert life().walk(*TO_SIGN).do("first_contact", fix="立行立改").open == ["dispose"]


def test_an_assigned_petition_is_reported_to_its_sender(life: Begin) -> None:
    """Art. 22(3): L11 goes to who assigned it."""
    case = life(received={"direct": False, "sender": "市公安局", "sender_no": "市信2026-9", "channel": "SJJB"})
    case.walk(*TO_SIGN[:1], "sign", "assign_officer", "accept", "delivered", *TO_OPINION, "reply")

    assert "L11" in letters(case)


def test_dissatisfaction_with_an_unsolved_demand_goes_back_to_work_twice_at_most(life: Begin) -> None:
    """T9: supported but unsolved is redone, twice at most; then the petitioner is told where to go."""
    case = life().walk(*TO_SIGN)
    for _ in range(2):
        case.walk(*TO_OPINION, "reply")
        dissatisfied(case)
        assert case.open == ["first_contact"]
    case.walk(*TO_OPINION, "reply")
    dissatisfied(case)

    assert case.data["redo_n"] == 2
    assert case.open == ["tell_review"]


def test_an_unaccepted_case_is_not_closed_but_kept_open_on_the_list(life: Begin) -> None:
    """E2: a case the petitioner does not accept is not simply closed."""
    case = life().walk(*TO_SIGN, *TO_OPINION[:4]).do("feed_back", outcome="解释说明").walk("draft", "gate_po", "reply")
    dissatisfied(case)
    case.do("tell_review")

    assert case.open == []
    assert [wait.name for wait in case.view.waits] == ["petition.accepts"]

    case.wait(days=90)

    assert case.open == ["leave_open"]
    assert case.do("leave_open").outcome.ended == ("end_unaccepted",)


def test_a_petitioner_who_accepts_after_all_ends_the_waiting(life: Begin) -> None:
    """The wait for acceptance is a wait for the person, not for the clock."""
    case = life().walk(*TO_SIGN, *TO_OPINION[:4]).do("feed_back", outcome="解释说明").walk("draft", "gate_po", "reply")
    dissatisfied(case)
    case.do("tell_review").hear("petition.accepts")

    assert case.do("close_check").outcome.ended == ("end_closed",)


def test_missed_limits_urge_and_never_stop_the_work(life: Begin) -> None:
    """The duty does not vanish when its limit passes: warnings and a written prompt leave, the work stays open."""
    case = life()
    case.wait(days=16)

    assert case.open == ["register"]
    assert letters(case) == ["L18", "L18"]
    assert case.called == ["notify/overdue", "notify/warn", "notify/warn", "notify/overdue"]


@pytest.mark.parametrize("days", [5, 16])
def test_a_case_that_missed_its_limits_still_comes_to_its_end(life: Begin, days: int) -> None:
    """Several reminders of one phase end in one join: they must not contradict each other there."""
    case = life()
    for step in (*TO_SIGN, *TO_OPINION, "reply", "call", "close_check"):
        case.wait(days=days).do(step)

    assert case.outcome.ended == ("end_closed",)
    assert case.called.count("notify/overdue") > 5


def test_the_limit_of_handling_ends_when_the_answer_is_delivered(life: Begin) -> None:
    """X5 runs from acceptance to delivery; afterwards nothing of it is armed."""
    case = life().walk(*TO_SIGN)
    running = {due.name for due in case.view.dues}

    case.walk(*TO_OPINION, "reply")

    assert {"X5.finish", "B.target", "B.contact"} <= running
    assert {due.name for due in case.view.dues} == {"C.t1"}


def test_the_simple_procedure_has_a_limit_of_its_own(life: Begin) -> None:
    """S.answer takes the place of X5: one or the other, never both."""
    case = life().do("register", nature="咨询").walk("sign", "assign_officer").do("accept", simple=True).do("delivered")
    named = {due.name for due in case.view.dues}

    assert "S.answer" in named
    assert "X5.finish" not in named


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
    assert case.largest <= 2_560


def test_time_is_handed_in(life: Begin) -> None:
    """The same life at the same times gives the same bytes."""
    first, second = (life().walk(*TO_SIGN).outcome.state for _ in range(2))

    assert first == second
    assert life().now == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def dissatisfied(case: Any) -> None:
    """Answer dissatisfied at all three tiers."""
    case.do("call", satisfaction="不满意", resolved="未解决").do("visit").wait(days=2)
    case.do("reask2", satisfaction="不满意", resolved="未解决").do("face")
    case.do("reask3", satisfaction="不满意", resolved="未解决")
