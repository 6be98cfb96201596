"""Habits of the scripted staff where units work together: whistles, campaigns, clearing rounds, adopted cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from duban.desk.habits.words import Habits, Pace, pick

LEADERS = ("zhangbin", "liubin", "chenlihua", "yangjianguo", "lijing")
"""Deputy leaders, who take cases upon themselves in turn."""
CHIEF = "wangzhiyuan"
_ROUND = 14
"""Days from one clearing round to the next."""
_WHISTLES = (
    ("群众反映强烈本级解决不了", "烧烤店占道经营、夜间扰民，劝导多次无效", "联合整治，明确长效管理", ("ZA", "ZHZF")),
    ("需执法权", "路口大货车违停，本所无处罚权", "现场处罚并增设标志", ("JT",)),
    ("群众反映强烈本级解决不了", "小区犬只扰民，多户联名反映", "集中登记、查处不牵绳", ("ZA", "XTJ")),
    ("需执法权", "出租屋群租，消防隐患突出", "联合检查，责令整改", ("ZA", "HZ", "ZJ02")),
)
_TOPICS = (("0801", "犬只扰民"), ("0803", "广场舞噪声"), ("0504", "停车秩序"))
_WORDS = ("有人管就好，盼着真能改。", "来了几趟了，这次像是动真格的。", "说话算话就行。")


# -- whistle


def _blow(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    ground, matter, wanted, units = luck.choice(_WHISTLES)
    by = (seen.get("whistle_in") or {}).get("unit")
    return {
        "kind": pick(luck, 日常=70, 攻坚=22, 应急=8),
        "ground": ground,
        "matter": matter,
        "done_so_far": "已现场劝导并做记录，当事人不配合。",
        "wanted": wanted,
        "units": [unit for unit in units if unit != by] or ["ZA"],
    }


def _check(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    decision = pick(luck, 准=92, 退回=8)
    return {"decision": decision, "complex": luck.random() < 0.2, "reason": "属本所职责，请先行处置。"}  # noqa: PLR2004


def _check_late(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"urgent": luck.random() < 0.8, "reason": "一般警情，不够应急。"}  # noqa: PLR2004


def _report_in(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"dispute": luck.random() < 0.08, "reason": "不属本单位职责，属城管执法范围。"}  # noqa: PLR2004


def _dispute(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"must": luck.random() < 0.7, "reason": "按职责分工裁定。"}  # noqa: PLR2004


def _do_part(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "done": "已到场处置，责令整改并约谈负责人。",
        "result": pick(luck, 解决=65, 部分=27, 未解决=8),
        "extend_ask": False,
    }


def _confirm(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": pick(luck, 同意=90, 退回=10), "reason": "没有处置照片，请补充。"}


def _conclude(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    scored: Sequence[str] = (seen.get("merge") or {}).get("scored") or ()
    overall = pick(luck, 解决=62, 部分=28, 未解决=10) if scored else "未解决"
    return {"overall": overall, "text": "各单位已按职责办理，现场复查情况属实。", "tell_petitioner": True}


def _score(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    units: Sequence[str] = (seen.get("merge") or {}).get("scored") or ()
    marks = {unit: [min(5, luck.randint(2, 6)) for _ in range(3)] for unit in units}
    return {
        "scores": [
            {"unit": unit, "response": first, "strength": second, "result": third, "words": "到场较慢，办理情况一般。"}
            for unit, (first, second, third) in marks.items()
        ]
    }


def _appeal(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"appeals": luck.random() < 0.5, "reason": "接哨时正在处置警情，有记录可查。"}  # noqa: PLR2004


def _appeal_decide(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": pick(luck, 维持=60, 改判=25, 作废=15), "score": 3, "reason": "已核对记录。"}


def _joint_meeting(luck: Random, on: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    named: Sequence[Mapping[str, Any]] = (seen.get("named") or {}).get("units") or ()
    inside = [str(unit["unit"]) for unit in named if not unit["outside"]] or ["ZA"]
    lead = luck.choice(inside)
    return {
        "decision": f"由{lead}牵头，一周内现场会商落实。",
        "lead_unit": lead,
        "units": inside,
        "date": (on + timedelta(days=7)).isoformat(),
    }


WHISTLE: Habits = {
    "blow": _blow,
    "check": _check,
    "check_late": _check_late,
    "report_in": _report_in,
    "dispute": _dispute,
    "do_part": _do_part,
    "confirm": _confirm,
    "conclude": _conclude,
    "score": _score,
    "appeal": _appeal,
    "appeal_decide": _appeal_decide,
    "joint_meeting": _joint_meeting,
}
WHISTLE_PACE: Pace = {
    "blow": (1, 2),
    "check": (1, 3),
    "report_in": (1, 5),
    "arrive": (1, 1),
    "do_part": (4, 18),
    "score": (1, 4),
    "appeal": (1, 6),
    "joint_meeting": (4, 10),
}


# -- campaign


def _offer(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    matter, topic = luck.choice(_TOPICS)
    return {
        "matter": matter,
        "topic": str((seen.get("campaign_in") or {}).get("topic") or topic),
        "decision": pick(luck, 提请立项=85, 不提请=15),
        "reason": "数量不多，属个案。",
        "series": "近四周同类诉求明显增多。",
    }


def _open(luck: Random, on: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "decision": pick(luck, 立项=85, 不立项=15),
        "scope": "城区和集镇",
        "units": ["ZA", "PCS01", "PCS02"],
        "until": (on + timedelta(days=50)).isoformat(),
        "reason": "已纳入季节性整治。",
    }


def _lists1(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"problems": [{"what": "点位集中、反复反弹", "where": "翠湖、桃园社区"}, {"what": "查处多、整改少"}]}


def _lists2(luck: Random, on: date, __: Mapping[str, Any]) -> dict[str, Any]:
    by = (on + timedelta(days=20)).isoformat()
    tasks = [
        {"what": "每周集中整治一次", "unit": "ZA", "date": by},
        {"what": "逐户登记告知", "unit": "PCS01", "date": by},
    ]
    return {"tasks": tasks, "whistle": luck.random() < 0.6}  # noqa: PLR2004


def _stage_report(_: Random, __: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    return {"done": "集中整治两次，整改点位十一处。", "next": "回头看", "last": seen.get("stage_n", 0) >= 2}  # noqa: PLR2004


def _effects(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"effects": [{"problem": "点位集中、反复反弹", "effect": "反弹点位由九处降为两处"}]}


def _review(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    extended = seen.get("extended_n", 0) > 0
    result = pick(luck, 成效明显=45, 成效一般=40, 无效=15, 延长=0 if extended else 20)
    return {"result": result, "reasons": "按此前此后四周的日均件数评估。", "days": 30, "rule": luck.random() < 0.4}  # noqa: PLR2004


CAMPAIGN: Habits = {
    "offer": _offer,
    "open_campaign": _open,
    "lists1": _lists1,
    "lists2": _lists2,
    "stage_report": _stage_report,
    "effects": _effects,
    "review_c": _review,
}
CAMPAIGN_PACE: Pace = {"lists1": (4, 10), "lists2": (4, 10), "stage_report": (24, 38), "effects": (4, 10)}


# -- clearing


def _meeting(luck: Random, on: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    cases: Sequence[Mapping[str, Any]] = (seen.get("collect") or {}).get("cases") or ()
    decisions = []
    for case in cases:
        leader = CHIEF if case["carry_n"] >= 3 else luck.choice(LEADERS)  # noqa: PLR2004
        decision = pick(luck, 包联=74, 告知复查=8, 转包案=8, 依法终结说明=5, 退回重办=5)
        decisions.append({"case_no": case["case_no"], "decision": decision, "leader": leader})
    return {
        "decisions": decisions,
        "next_on": (on + timedelta(days=_ROUND)).isoformat(),
        "present": ["XFK", "DC", "FZ"],
    }


def _contact(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "outcome": "已联系",
        "way": pick(luck, 见面=60, 电话=40),
        "met": True,
        "words": luck.choice(_WORDS),
        "offered": "责成责任单位一周内落实承诺，由分管领导盯办。",
        "next_on": (on + timedelta(days=5)).isoformat(),
    }


def _solve(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"result": "承诺事项已落实，信访人在场确认。"}


def _reask(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "satisfaction": pick(luck, 满意=45, 基本满意=30, 不满意=25),
        "resolved": pick(luck, 已解决=70, 部分=20, 未解决=10),
        "words": luck.choice(_WORDS),
    }


CLEARING: Habits = {"meeting": _meeting, "contact": _contact, "solve": _solve, "reask_c": _reask}
CLEARING_PACE: Pace = {"papers": (1, 1), "meeting": (1, 2), "contact": (3, 16), "solve": (4, 18), "reask_c": (1, 4)}


# -- adopted


def _propose(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    leader = (seen.get("earlier") or {}).get("leader") or luck.choice(LEADERS)
    double = luck.random() < 0.25  # noqa: PLR2004
    return {
        "why": "多次反映，久拖未决，需领导牵头化解。",
        "mode": "双包" if double else "单包",
        "leader": leader,
        "co_leader": next(other for other in LEADERS if other != leader),
        "unit": luck.choice(("PCS01", "PCS02", "PCS03", "ZA")),
    }


def _approve(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    leader = (seen.get("propose") or {}).get("leader")
    other = next(each for each in LEADERS if each != leader)
    return {"decision": pick(luck, 同意=90, 改派=5, 不包=5), "leader": other, "reason": "另有处理。"}


def _first_meet(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    promised = [{"what": "责任单位书面答复", "date": (on + timedelta(days=15)).isoformat()}]
    return {"date": on.isoformat(), "place": "局接访室", "words": luck.choice(_WORDS), "promised": promised}


def _step(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    onwards = pick(luck, 继续=60, 联席会=15, 吹哨=10, 结案=15) if seen.get("step_n", 0) < 3 else "结案"  # noqa: PLR2004
    return {"met": True, "progress": "与责任单位、街道会商，方案已定。", "next": onwards, "words": luck.choice(_WORDS)}


def _result(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"result": pick(luck, 化解=70, 部分=20, 未化解=10), "text": "主要诉求已落实。"}


def _return_visit(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    return {"date": on.isoformat(), "place": "信访人家中", "words": luck.choice(_WORDS)}


def _extend(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": pick(luck, 延长=70, 不延长=30), "days": 30, "reason": "尚有工程未完工。"}


def _handover(luck: Random, on: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "to": luck.choice([leader for leader in LEADERS if leader != seen.get("leader")]),
        "done": "已见面两次，方案已定。",
        "promises": [{"what": "责任单位书面答复", "date": (on + timedelta(days=15)).isoformat()}],
        "next_on": (on + timedelta(days=4)).isoformat(),
    }


ADOPTED: Habits = {
    "propose": _propose,
    "approve_adopt": _approve,
    "first_meet": _first_meet,
    "step": _step,
    "result": _result,
    "return_visit": _return_visit,
    "extend_adopt": _extend,
    "handover": _handover,
}
ADOPTED_PACE: Pace = {"first_meet": (4, 18), "step": (20, 38), "return_visit": (12, 60), "result": (8, 24)}
