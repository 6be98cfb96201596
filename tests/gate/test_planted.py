"""Planted defects: one change to a clean diagram is found by its rule, at its element, and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.engine.diagrams import boundary, many, node, nodes, service, timer
from tests.gate.plans import decision, looked_at, message_event, pictured, script, table, user

ESCALATE = '{"escalation_in": {"ref_no": case.no, "clock_id": "B.sign", "unit": "ZA", "kind": "due"}}'
BESIDE = """
<bpmn:message id="m_esc" name="escalation.start"/>
<bpmn:message id="m_call" name="unit.call"/>
<bpmn:message id="m_answer" name="unit.answer"/>
<bpmn:message id="m_reply" name="errand.reply"/>
<bpmn:correlationProperty id="unit">
<bpmn:correlationPropertyRetrievalExpression messageRef="m_call"><bpmn:messagePath>unit</bpmn:messagePath>
</bpmn:correlationPropertyRetrievalExpression>
<bpmn:correlationPropertyRetrievalExpression messageRef="m_answer"><bpmn:messagePath>unit</bpmn:messagePath>
</bpmn:correlationPropertyRetrievalExpression>
</bpmn:correlationProperty>
"""
ANSWER_KEY = """
<bpmn:correlationPropertyRetrievalExpression messageRef="m_answer"><bpmn:messagePath>unit</bpmn:messagePath>
</bpmn:correlationPropertyRetrievalExpression>"""
INNER = (
    node("startEvent", "si")
    + message_event("intermediateThrowEvent", "called", "m_call", '{"unit": one}')
    + message_event("intermediateCatchEvent", "answered", "m_answer")
    + node("endEvent", "ei")
    + '<bpmn:sequenceFlow id="f_si" sourceRef="si" targetRef="called"/>'
    + '<bpmn:sequenceFlow id="f_called" sourceRef="called" targetRef="answered"/>'
    + '<bpmn:sequenceFlow id="f_answered" sourceRef="answered" targetRef="ei"/>'
)
ENDLESS = INNER.replace(node("endEvent", "ei"), "").replace(
    '<bpmn:sequenceFlow id="f_answered" sourceRef="answered" targetRef="ei"/>', ""
)
WRITES_STORE = (
    '<bpmn:dataOutputAssociation id="doa"><bpmn:targetRef>nothing</bpmn:targetRef></bpmn:dataOutputAssociation>'
)
TWICE = "".join(f'<bpmn:sequenceFlow id="twice_{number}" sourceRef="split" targetRef="join"/>' for number in (1, 2))
UNASKED = 'g_count>gave_up[back_n >= 2 and sign.decision == "同意"]; g_count>m[back_n < 2 or sign.decision != "同意"]'
BODY = "\n".join(
    [
        nodes("start:s xor:m xor:g_sign xor:g_count and:split and:join race:wait xor:m2 end:done end:gave_up"),
        script("begin", "back_n = 0"),
        user("sign", "sign", unit='"ZA"'),
        boundary("t_sign", "sign", timer('deadline("B.sign")', "timeDate"), interrupting=False),
        message_event("endEvent", "urged", "m_esc", ESCALATE),
        script("count", "back_n = back_n + 1"),
        service("left", result="left", what="sign.decision"),
        service("right", result="right", what="sign.decision"),
        user("weigh", "weigh"),
        decision("route", "route"),
        user("do", unit="route.unit"),
        node(
            "subProcess",
            "ask",
            many("weigh.units", item="one", output="answers", output_item="answered") + INNER,
        ),
        message_event("intermediateCatchEvent", "reply", "m_reply"),
        node("intermediateCatchEvent", "late", timer('deadline("B.wait")', "timeDate")),
    ]
)
FLOWS = (
    's>begin; begin>m; m>sign; sign>g_sign; g_sign>split[sign.decision == "同意"]; '
    'g_sign>count[sign.decision == "退回"]; '
    "count>g_count; g_count>gave_up[back_n >= 2]; g_count>m[back_n < 2]; t_sign>urged; split>left; split>right; "
    "left>join; right>join; join>weigh; weigh>route; route>do; do>ask; ask>wait; wait>reply; wait>late; reply>m2; "
    "late>m2; m2>done"
)
ROWS = '"大" | "ZA"\n"小" | "JT"'


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One change."""

    rule: str
    element: str | None
    also: frozenset[str] = field(default_factory=frozenset)
    """Other elements at which the same rule is broken by this one change."""
    body: tuple[str, str] = ("", "")
    flows: tuple[str, str] = ("", "")
    beside: tuple[str, str] = ("", "")
    more: str = ""
    """Elements added."""
    rows: str = ROWS
    policy: str = "UNIQUE"
    hidden: frozenset[str] = field(default_factory=frozenset)
    last: tuple[str, str] = ("", "")
    """A change to the finished file."""


def changed(text: str, change: tuple[str, str]) -> str:
    old, new = change
    assert old in text, f"{old!r} is not in the clean diagram"
    return text.replace(old, new, 1)


def files_of(defect: Defect | None) -> dict[str, bytes]:
    defect = defect or Defect(rule="", element="")
    return {
        "main.bpmn": changed(
            pictured(
                changed(BODY, defect.body) + defect.more,
                changed(FLOWS, defect.flows),
                beside=changed(BESIDE, defect.beside),
                hidden=defect.hidden,
            ).decode(),
            defect.last,
        ).encode(),
        "route.dmn": table("route", "weigh.size", "unit", defect.rows, defect.policy),
    }


DEFECTS = {
    # files, ids, picture
    "an attribute that BPMN does not know": Defect(
        rule="schema", element="left", body=('<bpmn:serviceTask id="left"', '<bpmn:serviceTask colour="red" id="left"')
    ),
    "an id used twice": Defect(rule="unique-id", element="left", more='<bpmn:dataObject id="left"/>'),
    "a flow without an id": Defect(
        rule="element-id", element=None, last=('<bpmn:sequenceFlow id="f_m2_done"', "<bpmn:sequenceFlow")
    ),
    "a step that is not in the picture": Defect(rule="shape", element="weigh", hidden=frozenset({"weigh"})),
    "a flow that is not in the picture": Defect(rule="shape", element="f_do_ask", hidden=frozenset({"f_do_ask"})),
    # elements and flows
    "a complex gateway": Defect(
        rule="unsupported",
        element="m2",
        body=(
            '<bpmn:exclusiveGateway id="m2"></bpmn:exclusiveGateway>',
            '<bpmn:complexGateway id="m2"></bpmn:complexGateway>',
        ),
    ),
    "two flows out of a task": Defect(
        rule="implicit-split", element="weigh", flows=("weigh>route", "weigh>route; weigh>m2")
    ),
    "a step that nobody leads to": Defect(
        rule="not-connected", element="extra", more=user("extra"), flows=("m2>done", "m2>done; extra>m2")
    ),
    "a flow to nowhere": Defect(rule="flow-ends", element="f_late_nowhere", flows=("late>m2", "late>nowhere")),
    "a condition behind a task": Defect(
        rule="condition-place", element="f_route_do", flows=("route>do", "route>do[True]")
    ),
    "a boundary event on a gateway": Defect(
        rule="boundary", element="t_sign", body=('attachedToRef="sign"', 'attachedToRef="m2"')
    ),
    "an error event that interrupts nothing": Defect(
        rule="boundary",
        element="t_sign",
        body=(
            '<bpmn:timerEventDefinition><bpmn:timeDate>deadline("B.sign")</bpmn:timeDate></bpmn:timerEventDefinition>',
            "<bpmn:errorEventDefinition/>",
        ),
    ),
    "a task behind an event gateway": Defect(
        rule="event-gateway",
        element="quick",
        more=user("quick"),
        flows=("wait>late", "wait>late; wait>quick; quick>m2"),
    ),
    "a sub-process without an end": Defect(rule="start-end", element="ask", body=(INNER, ENDLESS)),
    "a call of a process that is nowhere": Defect(
        rule="called",
        element="do",
        body=(user("do", unit="route.unit"), node("callActivity", "do", calledElement="elsewhere")),
    ),
    "a service task without handler": Defect(
        rule="called",
        element="left",
        body=(
            '<spiffworkflow:serviceTaskOperator id="do/it" resultVariable="left">',
            '<spiffworkflow:serviceTaskOperator id="" resultVariable="left">',
        ),
    ),
    "a message that the file does not define": Defect(
        rule="reference", element="reply", body=('messageRef="m_reply"', 'messageRef="m_rely"')
    ),
    "a decision that no table has": Defect(
        rule="decision",
        element="route",
        body=("<spiffworkflow:calledDecisionId>route<", "<spiffworkflow:calledDecisionId>rout<"),
    ),
    "an event that throws a time": Defect(
        rule="event-kind",
        element="odd",
        more=node("intermediateThrowEvent", "odd", timer('deadline("B.sign")', "timeDate")),
        flows=("late>m2", "late>odd; odd>m2"),
    ),
    "a link that leads nowhere": Defect(
        rule="link",
        element="jump",
        more=node("intermediateThrowEvent", "jump", '<bpmn:linkEventDefinition id="l" name="there"/>'),
        flows=("late>m2", "late>jump"),
    ),
    "a loop that does not say how often": Defect(
        rule="loop-kind",
        element="do",
        body=(user("do", unit="route.unit"), user("do", "f", "<bpmn:standardLoopCharacteristics/>", unit="route.unit")),
    ),
    "data that the file does not hold": Defect(
        rule="data-association",
        element="do",
        body=(user("do", unit="route.unit"), user("do", "f", WRITES_STORE, unit="route.unit")),
    ),
    "two flows from one step into one join": Defect(
        rule="double-flow", element="twice_1", also=frozenset({"twice_2"}), more=TWICE
    ),
    # texts
    "a condition that is no expression": Defect(
        rule="expression", element="f_g_count_gave_up", flows=("[back_n >= 2]", "[back_n => 2]")
    ),
    "a script with a slip": Defect(rule="script-text", element="begin", body=("back_n = 0", "back_n = = 0")),
    "a timer that is no time": Defect(
        rule="timer-text", element="t_sign", body=('deadline("B.sign")', "in three days")
    ),
    "a timer that counts days itself": Defect(
        rule="timer-kind", element="late", body=('deadline("B.wait")', "days(3)")
    ),
    # choices
    "a case without a way": Defect(rule="xor-complete", element="g_count", flows=("[back_n >= 2]", "[back_n > 2]")),
    "two ways for one case": Defect(rule="xor-exclusive", element="g_count", flows=("[back_n < 2]", "[back_n <= 2]")),
    "a choice that cannot be told": Defect(
        rule="xor-default", element="g_count", flows=("[back_n >= 2]", "[len(str(back_n)) >= 2]")
    ),
    "an answer that the form does not offer": Defect(
        rule="unknown-value",
        element="f_g_sign_count",
        flows=('[sign.decision == "退回"]', '[sign.decision == "退回" or sign.decision == "不同意"]'),
    ),
    # parallel
    "a join that waits for one of two": Defect(
        rule="join-waits",
        element="join",
        body=(nodes("and:split"), node("exclusiveGateway", "split", default="f_split_left")),
        flows=("split>right", "split>right[len(sign) > 1]"),
    ),
    "two tokens behind a merge": Defect(
        rule="unsynchronised", element="weigh", body=(nodes("and:join"), nodes("xor:join"))
    ),
    "two branches that write one key": Defect(
        rule="parallel-keys", element="right", body=('resultVariable="right"', 'resultVariable="left"')
    ),
    "a branch that reads what the other writes": Defect(
        rule="parallel-read",
        element="right",
        body=(
            service("right", result="right", what="sign.decision"),
            service("right", result="right", what='get(left, "x")'),
        ),
    ),
    # ends and circles
    "a circle without a counter": Defect(
        rule="loop-cap", element="count", body=("back_n = back_n + 1", "back_n = back_n")
    ),
    "two steps that only lead to each other": Defect(
        rule="unreachable",
        element="x1",
        also=frozenset({"x2"}),
        more=nodes("xor:x1") + script("x2", "x = 1"),
        flows=("m2>done", "m2>done; x1>x2[x == 1]; x2>x1; x1>m2[x != 1]"),
    ),
    "a counter that another round does not ask": Defect(
        rule="loop-cap",
        element="count",
        flows=(
            "g_count>gave_up[back_n >= 2]; g_count>m[back_n < 2]",
            UNASKED,
        ),
    ),
    "a way that never ends": Defect(
        rule="never-ends",
        element="late",
        more=nodes("xor:lost") + script("again", "again = 1"),
        flows=("late>m2", "late>lost; lost>again; again>lost"),
    ),
    # data
    "a name that nobody writes": Defect(
        rule="unknown-name", element="do", body=('value="route.unit"', 'value="rout.unit"')
    ),
    "a field that the form does not have": Defect(
        rule="unknown-field", element="left", body=('value="sign.decision"', 'value="sign.decison"')
    ),
    "a field that the form does not have, of a step that a script empties": Defect(
        rule="unknown-field",
        element="ask",
        body=("weigh.units", "weigh.unit"),
        last=("back_n = 0", "back_n = 0\nweigh = None"),
    ),
    "a field that may be empty": Defect(
        rule="optional-field", element="left", body=('value="sign.decision"', 'value="sign.note"')
    ),
    "an output that the table does not have": Defect(
        rule="unknown-field", element="do", body=('value="route.unit"', 'value="route.units"')
    ),
    "a key that is written later": Defect(
        rule="not-written", element="left", body=('value="sign.decision"', 'value="weigh.size"')
    ),
    "a list that keeps the last round": Defect(
        rule="list-reset",
        element="ask",
        body=("back_n = 0", "back_n = 0\nround_n = 0"),
        more=nodes("xor:again") + script("round", "round_n = round_n + 1"),
        flows=("ask>wait", "ask>again; again>wait[round_n >= 2]; again>round[round_n < 2]; round>ask"),
    ),
    # messages
    "a wait before its key was thrown": Defect(
        rule="catch-after-throw", element="answered", body=('messageRef="m_call"', 'messageRef="m_reply"')
    ),
    "a wait among several without a key": Defect(
        rule="message-key",
        element="answered",
        beside=(
            ANSWER_KEY,
            "",
        ),
    ),
    "a payload without its key": Defect(
        rule="correlation-payload", element="called", body=('{"unit": one}', '{"whom": one}')
    ),
    "a property that says not where it stands": Defect(
        rule="correlation-property",
        element="unit",
        beside=("<bpmn:messagePath>unit</bpmn:messagePath>", "<bpmn:messagePath> </bpmn:messagePath>"),
    ),
    "a property that stands in a message which is not there": Defect(
        rule="correlation-property",
        element="unit",
        beside=('RetrievalExpression messageRef="m_call"', 'RetrievalExpression messageRef="m_cal"'),
    ),
    # names
    "a limit that the table does not have": Defect(
        rule="unknown-limit", element="late", body=('deadline("B.wait")', 'deadline("B.wiat")')
    ),
    "a warning that the row of the limit does not have": Defect(
        rule="unknown-warning", element="late", body=('deadline("B.wait")', 'warning("B.wait", 9)')
    ),
    "an escalation of an unknown limit": Defect(
        rule="unknown-limit", element="urged", body=('"clock_id": "B.sign"', '"clock_id": "B.sing"')
    ),
    "a form that nobody wrote": Defect(rule="unknown-form", element="do", body=('value="f.json"', 'value="g.json"')),
    "a unit that the bureau does not have": Defect(
        rule="unknown-unit", element="sign", body=('value="&quot;ZA&quot;"', 'value="&quot;ZB&quot;"')
    ),
    "a role that nobody holds": Defect(
        rule="unknown-role",
        element="do",
        body=(user("do", unit="route.unit"), user("do", unit="route.unit", role="offcer")),
    ),
    "a handler that tasks/ does not offer": Defect(
        rule="unknown-handler",
        element="left",
        body=('id="do/it" resultVariable="left"', 'id="do/that" resultVariable="left"'),
    ),
    "a kind of case that does not exist": Defect(
        rule="unknown-kind", element="urged", beside=('name="escalation.start"', 'name="escalate.start"')
    ),
    "a letter without a template": Defect(
        rule="unknown-letter",
        element="left",
        body=(
            service("left", result="left", what="sign.decision"),
            service("left", "letters/issue_notice", result="left", letter='"L99"'),
        ),
    ),
    "a rhythm that nobody keeps": Defect(
        rule="unknown-rhythm",
        element="s",
        body=(nodes("start:s"), node("startEvent", "s", timer('rhythm("dayly")', "timeDate"))),
    ),
    # tables
    "a question that no row answers": Defect(rule="decision-complete", element="route", rows='"大" | "ZA"'),
    "two rows for one question": Defect(rule="decision-overlap", element="route_3", rows=f'{ROWS}\n"大","小" | "JT"'),
    "a row that is never reached": Defect(
        rule="decision-dead-row", element="route_3", rows=f'{ROWS}\n"大" | "JT"', policy="FIRST"
    ),
    "a row that asks what cannot be": Defect(rule="decision-dead-row", element="route_3", rows=f'{ROWS}\n"中" | "JT"'),
    "a cell that cannot be read": Defect(rule="decision-cell", element="route_2_i0", rows='"大" | "ZA"\n"小 | "JT"'),
}


def test_the_diagram_without_a_defect_is_clean() -> None:
    """Else the finding of a defect would prove nothing."""
    assert looked_at(files_of(None)) == []


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(name: str) -> None:
    """By its own rule, at its own element; a designer who is told something else looks in the wrong place."""
    defect = DEFECTS[name]

    found = looked_at(files_of(defect))

    expected = {(defect.rule, element) for element in (defect.element, *defect.also)}
    assert {(problem.rule, problem.element) for problem in found if not problem.warning} == expected
