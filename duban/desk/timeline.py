"""The timeline: a case's facts as sentences that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from duban.desk.drawing import Drawing
from duban.model.clock import SHANGHAI
from duban.model.facts import Fact, Kind
from duban.model.people import SYSTEM


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of a case's timeline."""

    n: int
    """Number of the fact in the case's chain."""
    at: datetime
    noticed_at: datetime
    actor: str
    actor_name: str
    kind: Kind
    element: str | None
    title: str
    """A Chinese sentence."""
    payload: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What ids are called."""

    drawing: Drawing
    people: Mapping[str, str]
    units: Mapping[str, str]
    roles: Mapping[str, str]
    limits: Mapping[str, str]
    letters: Mapping[str, str]
    messages: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a message is called; one that is not here is called by its own name."""
    limit: str = "{}"
    """How a limit is spoken of."""


def tell_all(facts: Iterable[Fact], names: Names) -> list[Entry]:
    """Say the facts of a case, in order; a timer that only reminds is told as a reminder, from arming to end."""
    reminders: set[int] = set()
    told: list[Entry] = []
    for fact in facts:
        task = fact.payload.get("task")
        if fact.kind is Kind.TIMER_ARMED and "warns" in (fact.payload.get("why") or {}):
            reminders.add(fact.payload["task"])
        is_reminder = fact.kind in _TIMERS and task in reminders
        told.append(tell(fact, replace(names, limit="{}的提醒") if is_reminder else names))
    return told


def tell(fact: Fact, names: Names) -> Entry:
    """Say *fact* in a sentence."""
    element = fact.payload.get("element")
    say = _SENTENCES.get(fact.kind)
    return Entry(
        n=fact.n,
        at=fact.at,
        noticed_at=fact.noticed_at,
        actor=fact.actor,
        actor_name="系统" if fact.actor == SYSTEM else names.people.get(fact.actor, fact.actor),
        kind=fact.kind,
        element=element if isinstance(element, str) else None,
        title=say(fact.payload, names) if say else fact.kind.value,
        payload=fact.payload,
        hash=fact.hash.hex(),
    )


Payload = Mapping[str, Any]

_TIMERS = frozenset({Kind.TIMER_ARMED, Kind.TIMER_MOVED, Kind.TIMER_FIRED, Kind.TIMER_CANCELLED})


def _step(p: Payload, names: Names) -> str:
    return f"「{names.drawing.label(p.get('element'))}」"


def _limit(p: Payload, names: Names) -> str:
    name = p.get("name")
    return names.limit.format(
        f"「{names.limits.get(name, name)}」" if isinstance(name, str) else f"计时{_step(p, names)}"
    )


def _day(value: Any) -> str:
    if not isinstance(value, str):
        return str(value)
    at = datetime.fromisoformat(value).astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}"


def _person(p: Payload, names: Names) -> str:
    return names.people.get(p.get("person", ""), str(p.get("person", "")))


def _opened(p: Payload, names: Names) -> str:
    unit = p.get("unit")
    whose = names.units.get(unit, unit) if isinstance(unit, str) else None
    role = names.roles.get(p.get("role", ""), p.get("role", ""))
    return f"待办{_step(p, names)}已派给{whose or ''}{role}"


def _tokens(p: Payload, names: Names) -> str:
    """Say where tokens came; a gateway on which nothing is written says nothing to people."""
    labels = names.drawing.labels
    shown = "、".join(dict.fromkeys(labels[each[0]] for each in p.get("entered", ()) if labels.get(each[0])))
    return f"流程走到：{shown}" if shown else "流程推进"


def _armed(p: Payload, names: Names) -> str:
    return f"{_limit(p, names)}开始计时，{_day(p.get('due'))}到时"


def _moved(p: Payload, names: Names) -> str:
    return f"{_limit(p, names)}由{_day(p.get('before'))}改为{_day(p.get('after'))}"


def _ended(p: Payload, names: Names) -> str:
    ends = "、".join(names.drawing.label(end) for end in p.get("ends", ()))
    return f"办理结束：{ends}"


def _letter(p: Payload, names: Names) -> str:
    letter = str(p.get("letter", ""))
    return f"出具《{names.letters.get(letter, letter)}》{p.get('number', '')}"


def _message(p: Payload, names: Names) -> str:
    name = str(p.get("name", ""))
    return names.messages.get(name, name)


def _words(p: Payload, _: Names) -> str:
    return "按规定清除了一段文本" if p.get("purged") else "原话记入档案"


_UNHEARD = {
    "absorbed": "再次到来，并入本件",
    "ended": "在本件办结之后到来",
    "not_waiting": "到来时没有环节在等",
    "nobody": "发出后没有案件在等",
}

_SENTENCES: Mapping[Kind, Callable[[Payload, Names], str]] = {
    Kind.CASE_STARTED: lambda p, n: f"立案：按「{n.drawing.label(p.get('process'))}」开始办理",
    Kind.TOKENS_MOVED: _tokens,
    Kind.DATA_WRITTEN: lambda p, n: f"{_step(p, n)}写入数据",
    Kind.WORK_OPENED: _opened,
    Kind.WORK_CLAIMED: lambda p, n: f"{_person(p, n)}认领了待办",
    Kind.WORK_RETURNED: lambda p, n: f"{_person(p, n)}退还了待办",
    Kind.WORK_COMPLETED: lambda p, n: f"{_step(p, n)}已完成",
    Kind.WORK_WITHDRAWN: lambda p, n: f"{_step(p, n)}不再需要办理",
    Kind.TIMER_ARMED: _armed,
    Kind.TIMER_MOVED: _moved,
    Kind.TIMER_FIRED: lambda p, n: f"{_limit(p, n)}到时（{_day(p.get('due'))}）",
    Kind.TIMER_CANCELLED: lambda p, n: f"{_limit(p, n)}停止计时",
    Kind.DECISION_MADE: lambda p, n: f"{_step(p, n)}按决策表得出结论",
    Kind.SCRIPT_RUN: lambda p, n: f"{_step(p, n)}自动计算",
    Kind.CALL_WANTED: lambda p, n: f"{_step(p, n)}交系统办理",
    Kind.CALL_ANSWERED: lambda p, n: f"{_step(p, n)}系统已办理",
    Kind.CALL_FAILED: lambda p, n: f"{_step(p, n)}第{p.get('attempt', '?')}次办理失败",
    Kind.MESSAGE_THROWN: lambda p, n: f"{_step(p, n)}发出消息「{_message(p, n)}」",
    Kind.MESSAGE_RECEIVED: lambda p, n: f"收到消息「{_message(p, n)}」",
    Kind.MESSAGE_UNHEARD: lambda p, n: f"消息「{_message(p, n)}」{_UNHEARD.get(p.get('why', ''), '没有环节在等')}",
    Kind.INCIDENT_OPENED: lambda p, n: f"{_step(p, n)}遇到问题，等待人工处理",
    Kind.INCIDENT_SETTLED: lambda p, n: f"{_step(p, n)}的问题已由人工处理",
    Kind.CASE_ENDED: _ended,
    Kind.REPEAT_LINKED: lambda p, _: f"与{p.get('of', '')}关联为重复信访事项",
    Kind.MATTER_FINAL: lambda p, _: f"{p.get('of', '')}已终结，同一事实和理由不再受理",
    Kind.WEIGHT_RAISED: lambda p, _: f"{p.get('of', '')}列为重大事项",
    Kind.WORDS_ADDED: _words,
    Kind.LETTER_ISSUED: _letter,
}
