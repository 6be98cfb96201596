"""Habits of the scripted staff in escalation, accountability, review and re-examination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from duban.desk.habits.words import Habits, Pace, pick
from duban.model.clock import SHANGHAI

Seen = Mapping[str, Any]
_INSTRUCTIONS = (
    "请单位主要负责人亲自过问，三日内办结并书面报告未办原因。",
    "先把群众的事办了，再说责任。每日报进展。",
    "请与相关单位会商，明确牵头人和完成日期。",
)
_REVIEWERS = ("xiaoxuemei", "chengwei")
"""Officers of the legal division who examine; its head gates what they write."""
_SECOND = "zhengshaohua"
"""Who goes along on an unannounced check."""


def _later(on: date, days: int) -> str:
    return (on + timedelta(days=days)).isoformat()


def _at(on: date, hour: int) -> str:
    return datetime.combine(on, time(hour), SHANGHAI).isoformat()


def _lead_act(luck: Random, on: date, _: Seen) -> dict[str, Any]:
    return {"instruction": luck.choice(_INSTRUCTIONS), "new_date": _later(on, 3)}


def _facts(luck: Random, _: date, seen: Seen) -> dict[str, Any]:
    told = seen.get("accountability_in", {})
    return {
        "founded": luck.random() < 0.8,  # noqa: PLR2004  # the rest was found to be unfounded
        "unit": told.get("unit") or "PCS01",
        "kind": "单位",
        "rule": "首接负责和限时办结的规定",
        "facts": "核对办理记录并询问当事人，超期未办的情况属实。",
    }


def _approve_n(luck: Random, on: date, seen: Seen) -> dict[str, Any]:
    may: Sequence[Mapping[str, Any]] = seen.get("ranks", {}).get("may") or ()
    if not may:
        return {"decision": "不同意", "reason": "没有可以约谈的人。"}
    held = {"at": _at(on + timedelta(days=1), 15), "place": "督察大队谈话室", "papers": "办理记录"}
    return {"decision": "同意", "interviewer": luck.choice(may)["id"], **held}


def _talk(luck: Random, on: date, _: Seen) -> dict[str, Any]:
    words = ("确实拖了，人手调配没有安排好。", "移交时没有交代清楚，我负责。", "以为已经办完，没有回头看。")
    own = {"statement": luck.choice(words), "accepted": True, "measures": "逐件清理，建立台账。"}
    return {"held_at": _at(on, 10), **own}


def _plan_r(_: Random, on: date, __: Seen) -> dict[str, Any]:
    steps = (("逐件清理超期事项", 7), ("补齐联系和登门", 12), ("建立每周台账", 18))
    items = [{"what": what, "who": "专管员", "date": _later(on, days)} for what, days in steps]
    return {"cause": "分工不清，没有专人盯期限。", "items": items}


def _gate(luck: Random, _: date, __: Seen) -> dict[str, Any]:
    if luck.random() < 0.1:  # noqa: PLR2004  # share sent back
        return {"decision": "退回", "reasons": "责任人和依据写得不清楚，请补充。"}
    return {"decision": "同意"}


def _spot_check(luck: Random, _: date, __: Seen) -> dict[str, Any]:
    passed = luck.random() < 0.85  # noqa: PLR2004  # share put right in the first round
    found = "台账逐件有人签收，抽问的三名群众都说有人联系过。" if passed else "台账没有建，仍有两件没人联系。"
    return {"way": pick(luck, 暗访=60, 短信回访=40), "second": _SECOND, "passed": passed, "found": found}


def _receive_req(luck: Random, on: date, _: Seen) -> dict[str, Any]:
    return {
        "people": [{"name": "信访人"}],
        "opinion_no": "云公信意字〔2026〕号",
        "organ": pick(luck, 派出所=55, 县公安局=45),
        "unit": luck.choice(("PCS01", "PCS02", "ZA", "JT")),
        "item6": True,
        "got_on": _later(on, -luck.randint(3, 25)),
        "received_at": _at(on, 9),
        "grounds": "认为查明的事实不全，请求重新调查。",
    }


def _assign_reviewer(luck: Random, _: date, seen: Seen) -> dict[str, Any]:
    handled = seen.get("history", {}).get("handlers") or ()
    free = [person for person in _REVIEWERS if person not in handled]
    return {"reviewer": luck.choice(free or _REVIEWERS)}


def _examine(luck: Random, _: date, __: Seen) -> dict[str, Any]:
    return {"heard": True, "words": "希望把当晚的监控调出来看。", "hearing": luck.random() < 0.15}  # noqa: PLR2004


def _hear_notice(_: Random, on: date, seen: Seen) -> dict[str, Any]:
    reviewer = seen.get("assign_reviewer", {}).get("reviewer")
    chair = next(person for person in _REVIEWERS if person != reviewer)
    return {"on": _later(on, 9), "place": "县局三楼会议室", "chair": chair}


def _hear_record(_: Random, on: date, __: Seen) -> dict[str, Any]:
    own = {"opinion": "双方到场陈述，补充了一段录像。", "published": False}
    return {"from": on.isoformat(), "to": on.isoformat(), **own}


def _draft_r(luck: Random, on: date, _: Seen) -> dict[str, Any]:
    return {
        "result": pick(luck, 维持=70, 撤销重作=12, 变更=8, 不予支持=10),
        "request": "请求重新调查并改正处理意见。",
        "facts": "经调卷、听取申请人意见，原处理所查事实清楚与否已逐项核对。",
        "opinion": "原处理意见的事实、依据和程序审查如上。",
        "basis": ["《信访工作条例》第三十五条"],
        "redo_by": _later(on, 30),
    }


def _ask_organ(luck: Random, _: date, __: Seen) -> dict[str, Any]:
    return {"way": "函", "result": pick(luck, 未决定=30, 维持=60, 变更=10), "words": "来函已复。"}


ESCALATION: Habits = {"lead_act": _lead_act}
ESCALATION_PACE: Pace = {"lead_act": (1, 6)}
ACCOUNTABILITY: Habits = {
    "facts": _facts,
    "approve_n": _approve_n,
    "talk": _talk,
    "plan_r": _plan_r,
    "plan_ok": _gate,
    "spot_check": _spot_check,
}
ACCOUNTABILITY_PACE: Pace = {
    "facts": (2, 12),
    "approve_n": (1, 4),
    "talk": (2, 8),
    "plan_r": (4, 16),
    "plan_ok": (1, 4),
    "report": (20, 60),
    "spot_check": (1, 3),
}
REVIEW: Habits = {
    "receive_req": _receive_req,
    "assign_reviewer": _assign_reviewer,
    "examine": _examine,
    "hear_notice": _hear_notice,
    "hear_record": _hear_record,
    "draft_r": _draft_r,
    "gate_r1": _gate,
    "gate_r2": _gate,
    "ask_organ": _ask_organ,
}
REVIEW_PACE: Pace = {
    "receive_req": (1, 3),
    "assign_reviewer": (1, 3),
    "file_in": (2, 14),
    "send_file": (2, 14),
    "examine": (8, 24),
    "hear_notice": (1, 3),
    "hear_record": (0, 2),
    "draft_r": (2, 10),
    "gate_r1": (1, 6),
    "gate_r2": (1, 6),
    "deliver_r": (1, 6),
}
