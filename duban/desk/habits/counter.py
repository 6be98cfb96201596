"""Habits of the scripted staff at the counter (six services), and where rules are made from cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from duban.desk.habits.words import Habits, Pace, pick


def _ask(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    kind, ground, matter, unit = luck.choice(
        (
            ("上门办", "年满七十", "为卧床老人办身份证", "PCS02"),
            ("上门办", "残疾", "上门采集照片指纹", "PCS01"),
            ("预约办", "考试", "高考生加急身份证", "HZ"),
            ("邮寄办", "已留地址", "护照邮寄到家", "CRJ"),
            ("网上办", "实名账户", "居住证签注", "BSDT"),
            ("预约办", "无", "迁户口", "HZ"),
        )
    )
    wants = f"{(on + timedelta(days=2)).isoformat()}T10:00:00+08:00"
    told = {"name": luck.choice(("何老伯", "郑女士", "林先生")), "phone": f"199{luck.randint(0, 99999999):08}"}
    return {
        "kind": kind,
        "ground": ground,
        "matter": matter,
        "unit": unit,
        "wants_at": wants,
        "address": "翠湖社区1幢",
    } | told


_TEAMS = {"PCS01": ["pengmingliang", "lvyongkang"], "PCS02": ["caizhenyu", "jiachunsheng"]}
"""Two officers for a visit at home."""


def _book(_: Random, on: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    booked: dict[str, Any] = {"ready_on": on.isoformat()} if seen.get("ask", {}).get("kind") == "邮寄办" else {}
    team = _TEAMS.get(seen.get("ask", {}).get("unit", ""))
    return booked | ({"persons": team} if team else {})


def _serve(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    result = pick(luck, 办妥=90, 没见到人=6, 申请人取消=4)
    told = {"done": "信息采集、核对完毕，证件已交制。", "id_checked": True, "words": "敲门无人应答。"}
    return {"result": result, "tracking": f"EMS{luck.randint(0, 9999999):07}", **told}


def _find(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pattern": "报警人事后得不到处理结果，重复来电。",
        "cases": ["云信〔2025〕00001"],
        "cause": "处警结果未告知",
    }


def _dissect(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"cause": "制度", "analysis": "没有规定由谁、在多长时间内回告。", "accountable": False}


def _draft_rule(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    text = "处警民警应当在处置结束后二十四小时内将处理结果告知报警人，并记录在案。"
    return {"title": "处警结果回告规定", "text": text, "units": ["ZHZX", "PCS01", "PCS02"]}


def _consult(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    people = [{"from": "信访人", "name": f"信访人{n}", "words": "早该这样。", "taken": True} for n in "甲乙丙丁"]
    others = [{"from": "代表委员", "name": "人大代表", "words": "写明谁来告知。", "taken": True}]
    return {"replies": [*people, *others, {"from": "单位", "name": "指挥中心", "words": "同意。", "taken": True}]}


def _decide(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    effective = (on + timedelta(days=10)).isoformat()
    return {"decision": pick(luck, 发布=85, 修改=15), "effective_on": effective, "opinion": "文字再简明些。"}


def _effect(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    before = luck.randint(8, 15)
    return {"before": before, "after": before // 3, "decision": "固化", "reasons": "同类来件明显下降。"}


SERVICE: Habits = {"ask": _ask, "book": _book, "serve": _serve}
RULE: Habits = {
    "find": _find,
    "dissect": _dissect,
    "draft_rule": _draft_rule,
    "consult": _consult,
    "decide": _decide,
    "effect": _effect,
}
SERVICE_PACE: Pace = {"ask": (1, 1), "book": (1, 2), "serve": (1, 8), "hand_over": (1, 8)}
RULE_PACE: Pace = {"establish": (8, 24), "dissect": (8, 36), "draft_rule": (16, 60), "consult": (16, 40)}
