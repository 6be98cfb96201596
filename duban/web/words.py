"""Words of the trade as pages say them: units, roles, channels, states, ends, and what a button just did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duban.bureau.settings import Settings
from duban.model.people import SYSTEM
from duban.web.language import Language

ENDS = {
    "end_closed": "办结",
    "end_lost": "失联办结",
    "end_unaccepted": "未认可挂账",
    "end_final_reexam": "复核终结",
    "end_final": "不再受理",
    "end_linked": "并案",
    "end_outside": "告知另诉",
    "end_objected": "异议退回",
    "end_routed": "已导入程序",
    "end_accusation": "移交检举",
    "end_withdrawn": "撤回",
    "end_secret": "涉密线下办理",
    "end_higher_pending": "上级在办",
}
"""End event to what it means for the petition (processes.md §4.1)."""

REASONS = {
    "merge_conflict": "并行两路写了不同的值，需要人来选",
    "no_flow": "没有一条出路的条件成立",
    "script": "脚本出错",
    "expression": "条件或取值算不出来",
    "decision": "决策表给不出结果",
    "error": "流程中的错误没有人接",
    "message": "消息送不到",
    "call": "对外办理一直失败",
    "tick": "到期的计时走不动",
}
"""Why a case stands still (duban.model.outcome.Incident)."""

MARKS = {
    "work_completed": "done",
    "case_ended": "done",
    "letter_issued": "letter",
    "timer_fired": "near",
    "timer_moved": "near",
    "timer_armed": "near",
    "incident_opened": "over",
    "call_failed": "over",
    "work_claimed": "person",
    "work_returned": "person",
}
"""Kind of fact to the sign it carries in the thread."""

WEIGHTS = {"ordinary": "一般", "weighty": "重大", "urgent": "紧急"}

_SAID = {
    "opened": ("done", "已立案，请接着办第一步。"),
    "opened_for_others": ("done", "已立案。第一步不在您手上，见「在谁手上」。"),
    "handed_on": ("done", "已记入案件。"),
    "claimed": ("done", "已签领，这件事现在由您办理。"),
    "returned": ("done", "已放回，其他人可以签领。"),
    "completed": ("done", "已提交，案件走到了下一步。"),
    "closed": ("done", "已提交，案件到此结束。"),
    "retried": ("done", "已重新尝试。"),
    "answered": ("done", "已按您填写的结果继续。"),
    "resolved": ("done", "已按您的选择继续。"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A sentence at the top of a page about what was just done."""

    state: str
    text: str


def said(code: str | None, language: Language) -> Said | None:
    """Return the sentence for what a button just did."""
    if code not in _SAID:
        return None
    state, text = _SAID[code]
    return Said(state=state, text=language.say(text))


class Names:
    """Names for the codes of one bureau; a code without a name is shown as it is."""

    def __init__(self, settings: Settings, language: Language) -> None:
        self._settings = settings
        self._language = language

    def unit(self, code: str | None) -> str:
        """Name a unit."""
        unit = self._settings.units.get(code or "")
        return unit.name if unit else code or ""

    def units(self, codes: Iterable[str]) -> str:
        """Name several units."""
        return "、".join(self.unit(code) for code in codes)

    def role(self, role: str | None) -> str:
        """Name a role."""
        return self._settings.roles.get(role or "", role or "")

    def kind(self, kind: str) -> str:
        """Name a kind of case."""
        known = self._settings.kinds.get(kind)
        return known.name if known else kind

    def channel(self, code: str | None) -> str:
        """Name a channel."""
        channel = self._settings.channels.get(code or "")
        return channel.name if channel else code or ""

    def matter(self, code: str | None) -> str:
        """Name a matter."""
        matter = self._settings.matters.get(code or "")
        return matter.name if matter else code or ""

    def limit(self, name: str | None) -> str:
        """Name a deadline."""
        limit = self._settings.limits.get(name or "")
        return limit.name if limit else name or ""

    def person(self, person: str | None) -> str:
        """Name a person."""
        if person == SYSTEM:
            return self._language.say("系统")
        found = self._settings.people.get(person or "")
        return found.name if found else person or ""

    def weight(self, weight: str | None) -> str:
        """Say how weighty a petition is."""
        return self._language.say(WEIGHTS.get(weight or "", weight or ""))

    def end(self, end: str | None) -> str:
        """Say how a case ended."""
        return "、".join(self._language.say(ENDS.get(one, one)) for one in (end or "").split())

    def reason(self, reason: str) -> str:
        """Say why a case stands still."""
        return self._language.say(REASONS.get(reason, reason))


def mark(kind: str) -> str:
    """Return the sign of a kind of fact."""
    return MARKS.get(kind, "step")
