"""What the law asks of a petition's diagram: a breach is found on the route that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest

from duban.engine.gate.examine import examine
from duban.engine.gate.times import named_limits
from duban.errors import Problem
from duban.petitions import clauses
from tests.engine.diagrams import arrows, boundary, node, nodes, service, timer
from tests.gate.plans import OFFERS, decision, message_event, pictured, script, table, user
from tests.gate.test_planted import changed

BESIDE = """
<bpmn:message id="m_received" name="petition.received"/>
<bpmn:message id="m_withdraw" name="petition.withdraw"/>
<bpmn:error id="secret" name="涉密" errorCode="secret"/>
"""


def phase(id_: str, body: str, flows: str) -> str:
    """Return a sub-process."""
    return node("subProcess", id_, body + arrows(flows))


def limit(id_: str, host: str, name: str) -> str:
    """Return a limit on the edge of a phase, and where its token ends."""
    due = boundary(id_, host, timer(f'deadline("{name}")', "timeDate"), interrupting=False)
    return due + node("endEvent", f"{id_}_told") + arrows(f"{id_}>{id_}_told")


INTAKE = phase(
    "intake",
    user("secret_check", "secret_check")
    + nodes("start:arrived xor:g_secret user:register xor:g_track end:taken")
    + decision("classify", "classify")
    + service("purge", "texts/purge", result="purge")
    + node("endEvent", "is_secret", '<bpmn:errorEventDefinition errorRef="secret"/>')
    + service("exit_letter", "letters/issue_notice", result="exit_letter", letter="classify.letter")
    + nodes("end:told"),
    "arrived>secret_check; secret_check>g_secret; g_secret>purge[secret_check.is_secret]; "
    "g_secret>register[not secret_check.is_secret]; purge>is_secret; register>classify; classify>g_track; "
    'g_track>exit_letter[classify.track == "final"]; g_track>taken[classify.track != "final"]; exit_letter>told',
)
ACCEPTANCE = phase(
    "acceptance",
    nodes("start:to_accept user:accept xor:g_notice xor:m_notice user:delivered end:accepted")
    + decision("notice", "notice")
    + service("issue", "letters/issue_notice", result="issue", letter="notice.letter"),
    "to_accept>accept; accept>notice; notice>g_notice; g_notice>issue[notice.letter != None]; "
    "g_notice>m_notice[notice.letter == None]; issue>delivered; delivered>m_notice; m_notice>accepted",
)
HANDLING = phase(
    "handling",
    nodes("start:to_handle user:draft end:answered")
    + service("opinion", "letters/issue_opinion", result="opinion", simple="False", track='"ordinary"'),
    "to_handle>draft; draft>opinion; opinion>answered",
)
BODY = "\n".join(
    [
        message_event("startEvent", "received", "m_received"),
        INTAKE,
        ACCEPTANCE,
        HANDLING,
        limit("x2", "intake", "X2.notice"),
        limit("x2b", "acceptance", "X2.notice"),
        limit("x5", "handling", "X5.finish"),
        boundary("left_secret", "intake", '<bpmn:errorEventDefinition errorRef="secret"/>'),
        nodes("xor:g_exit end:end_secret end:end_final user:closing end:end_closed"),
        node("callActivity", "callback", calledElement="callback"),
    ]
)
FLOWS = (
    'received>intake; left_secret>end_secret; intake>g_exit; g_exit>end_final[classify.track == "final"]; '
    'g_exit>acceptance[classify.track != "final"]; acceptance>handling; handling>callback; callback>closing; '
    "closing>end_closed"
)
CLASSIFY = '"01" | "final" | "L04"\n- | "ordinary" | null'
NOTICE = 'true | null | "姓名或者住址不清"\n- | "L01" | "受理"'


def law_of(files: Mapping[str, bytes], statute: str = "petition") -> list[Problem]:
    """Return what the clauses say of the process ``petition``; its structure is clean."""
    found = examine(files, "petition", OFFERS)
    assert [problem for problem in found.problems if not problem.warning] == []
    statutory = frozenset(OFFERS.statutory)
    assert found.routes is not None
    return list(clauses.check(found.routes, statute, statutory=statutory, named=named_limits))


def petition(
    *changes: tuple[str, str], flows: tuple[str, str] = ("", ""), more: str = "", notice: str = NOTICE
) -> dict[str, bytes]:
    """Return the small petition, changed."""
    body = BODY
    for change in changes:
        body = changed(body, change)
    called = pictured(nodes("start:cs user:ring end:ce"), "cs>ring; ring>ce", process="callback")
    return {
        "petition.bpmn": pictured(body + more, changed(FLOWS, flows), beside=BESIDE, process="petition"),
        "callback.bpmn": called,
        "classify.dmn": table("classify", "register.matter", "track | letter", CLASSIFY, "FIRST"),
        "notice.dmn": table("notice", "register.address_unclear", "letter | reason", notice, "FIRST"),
    }


def test_a_lawful_petition_passes() -> None:
    """Secret items, unclear addresses and items that are final have their lawful ways round the notice."""
    assert law_of(petition()) == []


def test_a_petitioner_may_withdraw_before_the_notice() -> None:
    """Nobody is told of what he has taken back himself."""
    withdrawn = message_event("boundaryEvent", "withdrawn", "m_withdraw", attachedToRef="acceptance")
    lawful = petition(flows=("received>intake", "received>intake; withdrawn>end_withdrawn"), more=withdrawn + WITHDRAWN)
    unlawful = petition(flows=("received>intake", "received>intake; late>end_withdrawn"), more=LATE + WITHDRAWN)

    assert law_of(lawful) == []
    assert [(problem.rule, problem.element) for problem in law_of(unlawful)] == [("notice-rule", "end_withdrawn")]


WITHDRAWN = nodes("end:end_withdrawn")
LATE = boundary("late", "acceptance", timer('deadline("B.sign")', "timeDate"))


CALLED = node("callActivity", "callback", calledElement="callback")
BREACHES = {
    "another handler issues no letter of the bureau": (
        ('Operator id="letters/issue_notice" resultVariable="exit_letter"', 'Operator id="do/it" resultVariable="x"'),
        {("notice-rule", "end_final")},
    ),
    "what was secret is not destroyed": (
        ('Operator id="texts/purge"', 'Operator id="do/it"'),
        {("notice-rule", "end_secret")},
    ),
    "the acceptance takes as long as it likes": (
        (limit("x2b", "acceptance", "X2.notice"), limit("x2b", "acceptance", "B.sign")),
        {("notice-clock", "accept"), ("answer-rule", "delivered")},
    ),
    "the opinion takes as long as it likes": (
        (limit("x5", "handling", "X5.finish"), limit("x5", "handling", "B.sign")),
        {("answer-rule", "opinion"), ("answer-rule", "draft")},
    ),
    "the case is closed without an answer": (
        ('Operator id="letters/issue_opinion"', 'Operator id="do/it"'),
        {("answer-rule", "end_closed")},
    ),
    "somebody in the house says that the petitioner is content": (
        (CALLED, user("callback")),
        {("callback-rule", "end_closed")},
    ),
    "the limit of the law takes the work away, and the case ends without answer and callback": (
        ('attachedToRef="handling" cancelActivity="false"', 'attachedToRef="handling" cancelActivity="true"'),
        {("clock-rule", "x5"), ("answer-rule", "x5_told"), ("callback-rule", "x5_told")},
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found(name: str) -> None:
    """One change to a lawful diagram, found by its own rules at its own elements."""
    change, expected = BREACHES[name]

    assert {(problem.rule, problem.element) for problem in law_of(petition(change))} == expected


def test_the_route_of_a_breach_is_told() -> None:
    """Whoever drew it sees the steps that lead past the notice, and the article."""
    [problem] = law_of(petition(('Operator id="texts/purge"', 'Operator id="do/it"')))

    assert "条例第23条" in problem.message
    assert "received → intake → arrived → secret_check → g_secret → purge → is_secret → left_secret" in problem.message


def test_no_letter_without_a_reason_is_no_lawful_silence() -> None:
    """The regulation allows silence where name or address is unclear; the record must say so."""
    found = law_of(petition(notice='true | null | null\n- | "L01" | "受理"'))

    assert {problem.rule for problem in found} == {"notice-rule", "notice-clock"}
    assert "end_closed" in {problem.element for problem in found}


def extending(*steps: str) -> dict[str, bytes]:
    """Return the small petition in which *steps* stand between draft and opinion."""
    made = {
        "extend": user("extend"),
        "approve": user("approve", role="deputy_leader"),
        "tell": service("tell", "letters/issue_notice", result="tell", letter='"L07"'),
    }
    route = ["draft", *steps, "opinion"]
    flows = "; ".join(f"{source}>{target}" for source, target in pairwise(route))
    body = HANDLING.replace(nodes("user:draft"), nodes("user:draft") + "".join(made[step] for step in steps))
    return petition((HANDLING, body.replace(arrows("draft>opinion"), arrows(flows))))


@pytest.mark.parametrize(
    ("steps", "part"),
    [
        (("extend", "tell"), "before a leader approved it"),
        (("approve", "extend"), "nobody tells the petitioner why"),
    ],
)
def test_an_extension_needs_a_leader_and_a_letter(steps: tuple[str, ...], part: str) -> None:
    """条例 34: the head of the organ approves, or whom he empowered; the petitioner is told the reason."""
    [problem] = law_of(extending(*steps))

    assert (problem.rule, problem.element) == ("extension-rule", "extend")
    assert part in problem.message


def test_an_approved_extension_that_is_told_passes() -> None:
    """The law allows it once, thirty days; how long is the settings' business."""
    assert law_of(extending("approve", "extend", "tell")) == []


def small(body: str, flows: str) -> dict[str, bytes]:
    """Return a process of a few steps."""
    return {"petition.bpmn": pictured(body, flows, process="petition")}


def test_nothing_but_the_end_follows_finality() -> None:
    """条例 36: after the re-examination the matter is closed for good."""
    files = small(nodes("start:s user:more end:e") + service("final_lock"), "s>final_lock; final_lock>more; more>e")

    assert [(p.rule, p.element) for p in law_of(files, "reexam")] == [("finality-rule", "more")]


@pytest.mark.parametrize(("letter", "statute"), [("L22", "review"), ("L23", "reexam")])
def test_a_review_opinion_is_given_under_its_limit(letter: str, statute: str) -> None:
    """条例 35 and 36: thirty days each."""
    issue = service("issue", "letters/issue_notice", letter="letter")
    files = small(
        nodes("start:s end:e") + decision("which", "which") + issue.replace('value="letter"', 'value="which.letter"'),
        "s>which; which>issue; issue>e",
    )
    files["which.dmn"] = table("which", "case.no", "letter | way", f'- | "{letter}" | "书面"', "FIRST")

    assert [(p.rule, p.element) for p in law_of(files, statute)] == [("answer-rule", "issue")]


def test_a_circle_has_the_cap_of_its_kind() -> None:
    """Two new rounds after a bad callback, then somebody above decides."""
    files = small(
        nodes("start:s user:work xor:m xor:g end:e")
        + script("count", "redo_n = redo_n + 1")
        + script("begin", "redo_n = 0"),
        "s>begin; begin>m; m>work; work>g; g>count[redo_n < 5]; g>e[redo_n >= 5]; count>m",
    )

    assert {(p.rule, p.element) for p in law_of(files, "any")} == {("loop-limit", "g")}
