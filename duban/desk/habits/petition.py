"""Habits of the scripted staff in petitions and callbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from duban.desk.habits.words import Habits, Pace, pick


def _triage(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    offers: Sequence[Mapping[str, Any]] = seen.get("found", {}).get("offers") or ()
    units = [offer["unit"] for offer in offers if offer.get("unit")]
    unit = units[0] if units else luck.choice(("PCS01", "PCS02", "PCS03", "PCS04", "ZA", "JT"))
    return {"unit": unit, "reason": "按属地和职责分工派办。"}


def _sign(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    if luck.random() < 0.06:  # noqa: PLR2004  # share of returns
        return {"decision": "退回", "reason": "经核，事发地点不在本单位辖区，请重新派办。"}
    return {"decision": "签收"}


def _accept(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "accept": pick(luck, 受理=91, 非职权=5, 导入程序=4),
        "item": "6",
        "two_organs": False,
        "simple": False,
        "on_spot": False,
        "limit_told": (on + timedelta(days=60)).isoformat(),
        "reason": "经审查，所反映事项不属公安机关职权范围。",
        "legal_basis": "《信访工作条例》第三十一条第六项",
        "wants_hearing": False,
    }


_WORDS = (
    "就盼着有人管，能来现场看看就好。",
    "之前打过电话没人回，这次希望有个准信。",
    "不是为难谁，只想把事情说清楚。",
    "邻里之间不愿闹僵，请派出所帮着调和。",
    "希望处理完能告诉我一声。",
)


def _first_contact(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "way": pick(luck, 电话=60, 当面=40),
        "words": luck.choice(_WORDS),
        "request_restated": "信访人确认诉求如登记所记，希望尽快核实处理并告知结果。",
        "agreed": True,
        "fix": pick(luck, 限期解决=75, 立行立改=25),
    }


def _plan(_: Random, on: date, __: Mapping[str, Any]) -> dict[str, Any]:
    days = (("走访现场、询问当事人", 5), ("调取记录、核对事实", 12), ("提出处理意见并反馈", 25))
    steps = [{"what": what, "who": "承办民警", "date": (on + timedelta(days=n)).isoformat()} for what, n in days]
    return {"steps": steps, "told": True}


_FINDINGS = (
    "经走访现场并询问双方，所反映情况部分属实：事发当晚确有争执，双方各有责任。",
    "经调取监控和接处警记录，所反映情况属实，涉事人员已到所说明情况。",
    "经核查业务系统和办理台账，材料齐全，延误系窗口交接不畅所致。",
    "经向社区、物业和邻居了解，噪音集中在周末晚间，已告知经营者整改。",
    "经核实，所反映的处警时间与记录一致，处警民警到场后未充分说明，属告知不到位。",
)


def _investigate(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "findings": luck.choice(_FINDINGS),
        "rule": "《信访工作条例》第三十二条",
        "next": pick(luck, 出具意见=74, 续查=11, 调解=4, 吹哨=4, 延期=2, 听证=1, 中止=1, 导入程序=1, 不当行为=2),
    }


def _dispose(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    done = luck.choice(("责令整改并复查", "向信访人当面说明并致歉", "组织双方调解并签字确认", "补办手续并当场发放"))
    return {"done": [done], "remedy": pick(luck, 无=50, 道歉=20, 更正=15, 补办=15)}


def _feed_back(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "summary": "已核实并处理，信访人知晓处理经过。",
        "outcome": pick(luck, 支持=45, 部分支持=25, 解释说明=22, 不予支持=8),
    }


def _draft(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "request": "请求核实所反映的情况并依法处理。",
        "facts_reasons": luck.choice(_FINDINGS),
        "opinion": "对信访人的合理诉求予以支持，已督促责任单位落实；其余部分已作解释说明。",
        "legal_basis": ["《信访工作条例》第三十二条"],
    }


def _gate(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    if luck.random() < 0.12:  # noqa: PLR2004  # share sent back
        return {"decision": "退回", "reasons": "事实部分未写明核查经过，请补充后再报。"}
    return {"decision": "同意"}


def _gate_legal(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"law_ok": True, "risk": "无"}


def _reply(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"explained": True, "attitude": pick(luck, 接受=70, 保留=15, 未表态=10, 不接受=5)}


def _call(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    # a failed attempt counts only in another half of a day, which the script does not know: later ones reach somebody
    again = seen.get("last_at") is not None
    reached = pick(luck, 接通=90, 拒访=10) if again else pick(luck, 接通=82, 无人接=14, 拒访=2, 关机空号=2)
    satisfied = pick(luck, 满意=52, 基本满意=26, 不满意=18, 不评价=4)
    return {
        "reached": reached,
        "identity_ok": reached == "接通",
        "resolved": pick(luck, 已解决=62, 部分=20, 未解决=8, 不适用=10),
        "satisfaction": satisfied if reached == "接通" else "不评价",
        "words": luck.choice(_WORDS),
        "was_contacted": True,
        "promise_kept": True,
        "wants_visit": False,
        **{name: luck.randint(3, 5) for name in ("speed", "attitude", "fair", "result")},
    }


def _again(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "satisfaction": pick(luck, 满意=24, 基本满意=20, 不满意=56),
        "resolved": pick(luck, 已解决=66, 部分=26, 未解决=8),
        "words": luck.choice(_WORDS),
    }


def _visit(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "date": on.isoformat(),
        "place": pick(luck, 住处=70, 单位=15, 约定地点=15),
        "photo": [f"登门照片{on:%m%d}.jpg"],
        "explained": "当面说明核查经过和处理依据，听取意见。",
        "words": luck.choice(_WORDS),
    }


def _face(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "date": on.isoformat(),
        "place": "局接访室",
        "persons": ["信访人", "分管局领导"],
        "facts_reviewed": True,
        "decision": "责成责任单位十日内再次落实，并由分管领导跟踪。",
        "words": luck.choice(_WORDS),
    }


PETITION: Habits = {
    "triage": _triage,
    "arbitrate": _triage,
    "assign_final": _triage,
    "sign": _sign,
    "accept": _accept,
    "first_contact": _first_contact,
    "plan": _plan,
    "investigate": _investigate,
    "dispose": _dispose,
    "feed_back": _feed_back,
    "draft": _draft,
    "gate_po": _gate,
    "gate_legal": _gate_legal,
    "gate_dl": _gate,
    "reply": _reply,
}
CALLBACK: Habits = {
    "call": _call,
    "visit": _visit,
    "reask2": _again,
    "face": _face,
    "reask3": _again,
}
PETITION_PACE: Pace = {
    # in quarters of a working day, from when the work opens
    "register": (1, 3),
    "triage": (1, 4),
    "sign": (1, 6),
    "arbitrate": (2, 6),
    "assign_officer": (1, 4),
    "accept": (2, 16),
    "delivered": (2, 10),
    "first_contact": (1, 6),
    "plan": (2, 8),
    "investigate": (12, 72),
    "dispose": (6, 44),
    "feed_back": (1, 8),
    "draft": (3, 20),
    "gate_po": (1, 6),
    "gate_legal": (2, 8),
    "gate_dl": (2, 12),
    "reply": (2, 8),
    "wait_accept": (20, 60),
    "close_check": (1, 8),
}
CALLBACK_PACE: Pace = {
    "call": (2, 12),
    "visit": (3, 12),
    "face": (6, 24),
    "reask2": (1, 4),
    "reask3": (1, 4),
}
