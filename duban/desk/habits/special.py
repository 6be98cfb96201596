"""Habits of the scripted staff where a petition leaves the main road, in accusations and in orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from duban.desk.habits.words import Habits, Pace, pick


def _withdrawal(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "voluntary": luck.random() < 0.9,  # noqa: PLR2004  # one in ten was talked into it
        "heard": pick(luck, 电话录音=80, 当面=20),
        "reason": "事情已经办好了，不再反映。",
        "goes_on": "否",
    }


def _consent(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"ours": True, "others": luck.random() < 0.85, "other": "对方当事人", "mandatory": False}  # noqa: PLR2004


def _session(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    mediators = [{"name": "调解员", "of": "司法所"}, {"name": "值班律师", "of": "律师事务所"}]
    return {"place": "三所联调室", "mediators": mediators, "result": pick(luck, 达成=60, 再议=25, 未达成=15)}


def _extension(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reason": "情况复杂，须等鉴定结论。",
        "days": luck.choice((10, 20, 30)),
        "plan": "鉴定作出后提出意见。",
    }


def _hearing(_: Random, on: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"on": (on + timedelta(days=10)).isoformat(), "place": "局听证室", "chair": "信访科负责人"}


def _recusal(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": "驳回", "reason": "经核，没有直接利害关系。"}


def _result(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    extended = len(seen.get("watch", {}).get("extensions", ()))
    state = pick(luck, 有结果=70, 已延长=30) if extended < 2 else "有结果"  # noqa: PLR2004  # 治安管理处罚法 118: twice
    return {"state": state, "result": "已依法作出处理决定。", "facts": "经查，有关事实已经查清。"}


def _handed(_: Random, on: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"organ": "有权处理的单位", "receipt_no": "受案回执", "day": on.isoformat()}


def _sort(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": pick(luck, 民警=70, 单位负责人=15, 督察民警=5, 党员违纪=5, 非公安人员=5),
        "unit": seen.get("accusation_in", {}).get("about_unit") or "PCS01",
        "state": "一般",
        "summary": "反映有关人员履职中的问题。",
    }


def _conclusion(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    result = pick(luck, 属实=20, 部分属实=30, 不实=35, 无法查证=15)
    return {"result": result, "discipline": result == "属实", "correct": result in {"属实", "部分属实"}}


def _review(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"lawful": True, "proportionate": True, "mere_insistence": luck.random() < 0.4, "opinion": "依法审查。"}  # noqa: PLR2004


SPECIAL: Habits = {
    "withdraw_check": _withdrawal,
    "med_consent": _consent,
    "med_session": _session,
    "extend_ask": _extension,
    "hear_notice": _hearing,
    "decide_recusal": _recusal,
    "decide_recusal2": _recusal,
    "ask_result": _result,
    "handover_route": _handed,
}
"""Steps of the petition beside its main road."""
SPECIAL_PACE: Pace = {
    "objection_draft": (1, 6),
    "objection_sign": (1, 4),
    "quick_answer": (1, 4),
    "choose_route": (1, 4),
    "handover_route": (1, 2),
    "ask_result": (20, 60),
    "urgent_report": (1, 1),
    "withdraw_check": (1, 4),
}
ACCUSATION: Habits = {"sort": _sort, "conclude": _conclusion}
ACCUSATION_PACE: Pace = {"sort": (1, 4), "verify": (16, 60), "conclude": (4, 12), "approve": (2, 8)}
ORDER: Habits = {"legal_1": _review, "legal_2": _review}
ORDER_PACE: Pace = {"record_conduct": (2, 8), "legal_1": (2, 8), "legal_2": (2, 8)}
