"""Scenarios are played as written, and say what is wrong where it is wrong."""

from __future__ import annotations

import pytest

from duban.desk.scenarios.trail import LINES
from tests.desk.stories import failures, played

ASKED = "- do: ask\n  with: {what: 大事, units: [PCS01, ZA]}\n"
FETCHED = f"{ASKED}- do: visit\n  in: ZA\n- do: visit\n"


def test_a_story_is_played_from_its_beginning_to_its_end() -> None:
    """Everything that a designer can say, in one story that holds."""
    wrong = failures(
        """
- do: ask
  with: {what: 大事, units: [PCS01, ZA], code: 1201}
- then:
    open: [visit@ZA, visit]
    ended: null
    due: {B.contact: 2026-03-04}
    warns: {B.contact: [2026-03-03]}
    decided: {level: [2]}
    sent: 0
- do: visit
  in: ZA
- until: 2026-03-05T00:00+08:00
- then: {open: [visit@PCS01], late: {B.contact: 1}}
- do: visit
  as: zengxiaodong
  case: trip#1
- do: check
""",
        "{ended: end_done, open: [], letters: [], cases: {trip: 0}, data: {ask.code: '1201', a.b: null}}",
    )

    assert wrong == []


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("{open: [check]}", "open: expected [check], found [visit@PCS01, visit@ZA]"),
        ("{open: [visit]}", "open: expected [visit], found [visit@PCS01, visit@ZA]"),
        ("{open: [visit@PCS01, visit@JT]}", "open: expected [visit@PCS01, visit@JT], found [visit@PCS01, visit@ZA]"),
        ("{ended: end_done}", "ended: expected end_done, found still open: visit@PCS01, visit@ZA"),
        ("{ended: [end_done]}", "ended: expected [end_done], found nothing"),
        ("{letters: [L01]}", "letters: expected [L01], found []"),
        ("{letters_include: [L01]}", "letters_include: expected [L01], found []"),
        ("{due: {B.contact: 2026-03-05}}", "due B.contact: expected 2026-03-05, found [2026-03-04]"),
        (
            "{due: {B.contact: [2026-03-04, 2026-03-04]}}",
            "due B.contact: expected [2026-03-04, 2026-03-04], found [2026-03-04]",
        ),
        ("{due: {B.contact: null}}", "due B.contact: expected nothing, found [2026-03-04]"),
        (
            "{due: {B.gate: 2026-03-05}}",
            "due B.gate: expected 2026-03-05, but it does not run; running: B.contact",
        ),
        ("{warns: {B.contact: []}}", "warns B.contact: expected [], found [2026-03-03]"),
        (
            "{moved: {B.contact: [2026-03-04, 2026-03-05]}}",
            "moved B.contact: expected [2026-03-04, 2026-03-05], found nothing",
        ),
        ("{late: {B.contact: 2}}", "late B.contact (days): expected 2, found nothing"),
        ("{data: {ask.what: 小事}}", "data ask.what: expected 小事, found 大事"),
        ("{data: {ask.urgent: 1}}", "data ask.urgent: expected 1, found True"),
        (
            "{data: {aks.what: 小事}}",
            "data aks.what: expected 小事, found nothing; the case's data have no 'aks' (did you mean ask?)",
        ),
        ("{decided: {level: [1, 3]}}", "decided level (rows): expected [1, 3], found [2]"),
        ("{cases: {trip: 1}}", "cases trip: expected 1, found 0"),
        ("{incidents: [fetch]}", "incidents: expected [fetch], found []"),
        ("{waits: [trip.stop]}", "waits (for messages): expected [trip.stop], found []"),
        ("{sent: 1}", "sent: expected 1, found 0"),
    ],
)
def test_an_expectation_that_does_not_hold_says_both(then: str, said: str) -> None:
    """Whoever reads it must see what was wanted and what is there, without looking anything up."""
    assert failures(ASKED, then) == [f"-1: {said}"]


def test_all_that_is_wrong_with_a_block_is_said_at_once() -> None:
    """A designer mends a block in one go, not one line per run."""
    wrong = failures(f"{ASKED}- then:\n    open: []\n    ended: end_done\n    data:\n      ask.what: 小事\n")

    assert wrong == [
        "4: open: expected [], found [visit@PCS01, visit@ZA]",
        "5: ended: expected end_done, found still open: visit@PCS01, visit@ZA",
        "7: data ask.what: expected 小事, found 大事",
    ]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("- do: check\n", "1: do check: check is not open; open is: ask@PCS01"),
        (f"{ASKED}- do: visit\n", "3: do visit: visit is open 2 times: visit@PCS01, visit@ZA; say which: in: …"),
        (f"{ASKED}- do: visit\n  in: JT\n", "3: do visit: visit in JT is not open; open is: visit@PCS01, visit@ZA"),
        ("- do: ask\n  case: trip#2\n", "1: do ask: there is no case trip#2; there are 1 of that kind"),
        ("- do: ask\n  with: {what: 大事, units: [Q9]}\n", "1: do ask: units: 没有代码为 Q9 的单位"),
        ("- do: ask\n  with: {what: 中事}\n", "1: do ask: what: 「事项」只能是：小事、大事、无事"),
        (
            "- message: trip.stop\n",
            "1: message trip.stop: nothing in the case waits for the message 'trip.stop'; check its name",
        ),
        ("- until: 2026-03-01\n", "1: wait: time does not run back: it is 2026-03-02 09:00 already"),
    ],
)
def test_a_step_that_cannot_be_taken_says_why(steps: str, said: str) -> None:
    """Nothing is guessed: neither which item is meant, nor what a form allows."""
    assert failures(steps) == [said]


def test_an_item_is_found_by_the_number_of_its_instance() -> None:
    """Instances that share a unit are told apart by number."""
    steps = "- do: ask\n  with: {what: 大事, units: [ZA, ZA]}\n- do: visit\n  in: 1\n- then: {open: [visit@ZA]}\n"

    assert failures(steps) == []


def test_what_the_rules_must_refuse_is_refused_with_these_words() -> None:
    """A rule that nobody tries to break is not proved."""
    form = "- refused: {do: ask, with: {what: 中事}, says: 只能是}\n"
    rights = "- refused: {do: ask, as: xuyongkang, says: unit_clerk}\n"

    assert failures(form + rights) == []


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{do: ask}", "1: refused do ask: it was not refused"),
        (
            "{do: ask, with: {what: 中事}, says: 不许}",
            "1: refused do ask: it was refused, but with 'what: 「事项」只能是：小事、大事、无事', not with '不许'",
        ),
        ("{do: check}", "1: refused do check: check is not open; open is: ask@PCS01"),
    ],
)
def test_what_was_not_refused_as_said_is_a_failure(step: str, said: str) -> None:
    """That a step is not there is no refusal: it would pass for ever, whatever the rules say."""
    assert failures(f"- refused: {step}\n") == [said]


def test_a_message_reaches_the_case() -> None:
    """A petitioner withdraws, a superior answers: by message."""
    assert failures(f"{FETCHED}- then: {{waits: [trip.stop]}}\n- message: trip.stop\n", "{ended: end_stopped}") == []


def test_the_next_call_is_answered_as_the_scenario_says() -> None:
    """Other systems answer in many ways; the shipped handler knows one."""
    answered = f"- call: trip/fetch\n  answers: {{got: other}}\n{FETCHED}"

    assert failures(answered, "{data: {fetch.got: other}}") == []
    assert failures(FETCHED, "{data: {fetch.got: something}}") == []


def test_an_answer_at_the_head_holds_for_the_beginning_too() -> None:
    """A case may call somebody before anybody could take a step."""
    answered = f"- call: trip/fetch\n  answers: {{got: first}}\n- wait: 1h\n{FETCHED}"

    assert failures(answered, "{data: {fetch.got: first}}") == []
    assert (
        failures(FETCHED, "{data: {fetch.got: given}}", given="{calls: [{call: trip/fetch, answers: {got: given}}]}")
        == []
    )


def test_the_house_itself_may_do_a_step() -> None:
    """What is complete when it arrives is registered by nobody; tables may ask who did it."""
    steps = "- do: ask\n  as: system\n  with: {what: 无事, units: [ZA], urgent: false}\n"

    assert failures(steps, "{ended: end_none, data: {ask._by: system}}") == []


def test_another_petition_needs_a_kind_that_takes_it() -> None:
    """In a bureau without petitions there is nobody to receive one."""
    assert failures("- receive: {}\n")[0].startswith("1: receive: ")


def test_a_call_may_end_in_an_error_of_the_business() -> None:
    """An error boundary catches it."""
    assert failures(f"- call: trip/fetch\n  fails: lost\n{FETCHED}", "{ended: end_lost}") == []


def test_a_handler_that_breaks_is_tried_again() -> None:
    """The world fails and comes back; time must pass before the next try."""
    steps = f"- call: trip/fetch\n  breaks: no network\n{FETCHED}- then: {{open: []}}\n- wait: 30min\n"

    assert failures(steps, "{open: [check]}") == []


def test_an_incident_that_nobody_expects_is_a_failure() -> None:
    """A case that hangs must not pass for one that waits."""
    steps = f"- call: trip/fetch\n  breaks: no network\n  times: 50\n{FETCHED}- wait: 30d\n"
    (wrong,) = failures(steps)

    assert wrong.startswith("9: an incident nobody expects: 差〔2026〕001, fetch: trip/fetch failed")
    assert failures(steps, "{incidents: [fetch]}")[0].startswith("1: nobody called trip/fetch any more")


def test_an_expected_incident_is_none() -> None:
    """What goes wrong on purpose is part of the story."""
    steps = f"- call: trip/fetch\n  breaks: no network\n  times: 6\n{FETCHED}- wait: 30d\n"

    assert [wrong for wrong in failures(steps, "{incidents: [fetch]}") if "incident" in wrong] == []


def test_an_answer_that_nobody_asked_for_is_a_failure() -> None:
    """A scenario must not believe that it steered a call which never came."""
    assert failures("- call: trip/fetch\n  fails: lost\n") == ["1: nobody called trip/fetch any more"]


def test_time_passes_in_working_days_at_the_same_time_of_day() -> None:
    """Three working days from Thursday evening are Tuesday evening."""
    steps = "- wait: 3wd\n- do: ask\n  with: {what: 大事, units: [ZA]}\n"
    then = "{data: {ask._at: 2026-03-10T10:00:00+00:00}}"

    assert failures(steps, then, given="{at: 2026-03-05T18:00+08:00}") == []


def test_make_up_days_are_working_days() -> None:
    """The scenario counts by the bureau's calendar, not by the week: Sunday 09-20 is worked."""
    steps = "- wait: 1wd\n- do: ask\n  with: {what: 大事, units: [ZA]}\n"
    given = "{at: 2026-09-19T09:00+08:00}"

    assert failures(steps, "{data: {ask._at: 2026-09-20T01:00:00+00:00}}", given=given) == []


def test_a_year_of_holidays_can_be_given() -> None:
    """Next year's holidays are not known yet; a scenario may know them."""
    steps = "- wait: 1wd\n- do: ask\n  with: {what: 大事, units: [ZA]}\n"
    given = "{at: 2026-03-02T09:00+08:00, calendar: {year: 2026, off: [2026-03-03]}}"

    assert failures(steps, "{due: {B.contact: 2026-03-06}}", given=given) == []


def test_who_is_on_leave_is_stood_in_for() -> None:
    """The substitute acts, and the one away does not."""
    given = "{leave: [{person: sunwenbo, from: 2026-03-01, to: 2026-03-09, substitute: xuyongkang}]}"

    assert failures("- do: ask\n  with: {what: 大事, units: [XFK]}\n- do: visit\n  as: xuyongkang\n", given=given) == []


def test_time_opens_only_the_kinds_that_a_scenario_wants() -> None:
    """Scenario 4.6-1: the meeting of 18 February falls into Spring Festival, the rhythm is not shifted by it."""
    given = "{at: 2026-02-10, rhythms: [trip]}"
    steps = "- until: 2026-03-04T16:00+08:00\n- do: ask\n  case: trip#1\n- then: {open: [ask]}\n"

    assert failures(steps, "{opened: {trip: [2026-02-24, 2026-03-04]}}", given=given) == []
    assert failures("- wait: 60d\n", "{opened: {trip: [2026-03-02]}}") == []
    assert failures("- do: ask\n", given=given) == [
        "1: do ask: there is no case trip; there are 0 of that kind",
    ]


def test_somebody_opens_the_case_by_hand() -> None:
    """Who opened it stands in its data; who may not open one is refused."""
    then = "{data: {trip_in.by: sunwenbo, trip_in.unit: XFK}}"

    assert failures("- then: {open: [ask]}\n", then, given="{by: sunwenbo}") == []
    assert failures("- wait: 1d\n", given="{by: zengxiaodong}")[0].startswith(
        "-2: given: zengxiaodong may not open a case of kind"
    )


def test_who_sees_a_case_is_an_expectation() -> None:
    """Art. 30: that somebody does not see a case is a promise like any other."""
    assert failures("- then: {seen_by: [sunwenbo]}\n", "{hidden_from: [sunwenbo]}") == [
        "-1: hidden_from: sunwenbo can see the case"
    ]
    assert failures("- then: {unseen: {ask: [sunwenbo]}}\n") == ["1: unseen ask: sunwenbo can see it"]


def test_a_failure_tells_what_happened_until_then() -> None:
    """The way matters more than the place: in the bureau's time, in the words of its timeline."""
    text = f"""diagram: trip
scenarios:
  - id: one
    given: {{at: 2026-03-02T09:00+08:00}}
    when:
{"".join(f"      {line}" for line in ASKED.splitlines(keepends=True))}
    then: {{open: []}}
"""
    (one,) = played(text).failed

    assert len(one.trail) <= LINES + 1
    assert one.trail[0] == "2026-03-02 09:00  差〔2026〕001  立案：按「Main」开始办理  (系统)"
    assert "2026-03-02 09:00  差〔2026〕001  「交办」已完成  (曾晓东)" in one.trail


def test_scenarios_do_not_see_each_other() -> None:
    """Each has a world of its own: the same numbers, the same empty lists."""
    one = "  - id: {}\n    given: {{at: 2026-03-02}}\n    when: [{{do: ask, with: {{what: 无事, units: [ZA]}}}}]\n"
    then = "    then: {{ended: end_none, data: {{case.no: 差〔2026〕001}}}}\n"
    text = "diagram: trip\nscenarios:\n" + "".join((one + then).format(n) for n in (1, 2, 3))
    results = played(text)

    assert ([each.scenario.id for each in results.played], results.failed) == (["1", "2", "3"], ())


def test_what_no_scenario_walked_is_named() -> None:
    """Nothing of a diagram may be there that no scenario has ever seen happen."""
    text = "diagram: trip\nscenarios:\n  - id: one\n    given: {at: 2026-03-02}\n"
    text += "    when: [{do: ask, with: {what: 无事, units: [ZA]}}]\n    then: {ended: end_none}\n"
    results = played(text)
    told = {each.file: each for each in results.walked}

    assert [(share.walked, share.of) for share in (told["trip.bpmn"].nodes, told["trip.bpmn"].flows)] == [
        (5, 17),
        (4, 13),
    ]
    assert [(place.element, place.number) for place in told["level.dmn"].missing] == [("level", 1), ("level", 2)]
    assert results.passed
