"""Habits of the scripted staff where people are listened to: suggestions, talks, quarters, sensing points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from duban.desk.habits.words import Habits, Pace, pick

_GROUPS = ("交通管理", "治安管理", "公安服务", "违法犯罪", "群众求助")
_HOSTS = ("zhangbin", "liubin", "chenlihua", "yangjianguo", "lijing")
"""Deputy leaders, who hold the weekly talk in turn."""
_SAID = (
    ("建议", "护学岗", "学校门口早晚得有个人看着，孩子们横着跑，吓人。", "JT"),
    ("建议", "夜间巡逻", "晚上十点以后街上看不见警车，能不能多转两圈。", "XTJ"),
    ("建议", "错时办证", "俺们打工的就中午有空，窗口中午能不能留一个人。", "HZ"),
    ("需求", "身份证", "老娘瘫在床上，身份证到期了咋办。", "PCS05"),
    ("困难", "养老钱", "被骗走的养老钱到底还能不能追回来，给句准话。", "FZC"),
    ("纠纷", "狗叫", "隔壁那条狗黑夜白日地叫，说了八回不顶用。", "PCS01"),
    ("隐患", "路口", "三岔路口没有镜子，上个月撞了两回。", "JT"),
    ("乱点", "夜市", "夜市喝多了砸瓶子，一砸到后半夜。", "PCS03"),
    ("涉警问题", "回话", "报了警来是来了，后头咋处理的没人告诉俺。", "PCS02"),
)


def _valid(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"group": luck.choice(_GROUPS), "reasons": "没有说清地点和情形，请补充。", "organ": "R12345"}
    return {"valid": pick(luck, 有效=82, 无实质=12, 非警务=6), **answer}


def _study(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "feasible": True,
        "findings": "现有警力调整后可以做到，与相关单位沟通过，没有不同意见。",
        "cost": luck.choice((0, 3000, 20000, 150000)),
        "units": [],
        "needs_rule": False,
    }


def _adopt(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    reasons = "先在一处试行，看效果再推开。"
    return {"decision": pick(luck, 采纳=60, 部分采纳=20, 暂不采纳=15, 不采纳=5), "reasons": reasons}


def _measure(luck: Random, on: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": luck.choice(("上下学时段设护学岗", "夜间加密巡逻", "窗口午间不打烊", "路口增设标志")),
        "owner": seen.get("suggestion_in", {}).get("unit") or "ZA",
        "date": (on + timedelta(days=luck.randint(15, 40))).isoformat(),
        "how_measured": "到岗记录和群众评价",
    }


def _done(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"what": "已按举措安排人员到岗，登记可查。"}


def _follow_up(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    result = pick(luck, 落实=78, 部分=12, 未落实=10)
    found = {"落实": "暗访两次，人员在岗。", "部分": "早高峰在岗，晚高峰无人。", "未落实": "暗访两次，都没有人。"}
    return {"result": result, "found": found[result], "reward": luck.random() < 0.1}  # noqa: PLR2004  # rarely


def _prepare(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "level": "局领导恳谈",
        "host": luck.choice(_HOSTS),
        "on": on.isoformat(),
        "place": luck.choice(("城关镇会议室", "东城街道议事厅", "河湾镇集市警务室", "石桥村委会")),
        "invited": ["人大代表", "群众"],
        "topics": ["近期治安", "办事服务"],
    }


def _hold(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    if luck.random() < 0.05:  # noqa: PLR2004  # share of sessions that are cancelled
        return {"held": False, "cancelled": "遇突发任务，改在下周。"}
    return {"held": True, "present": luck.randint(8, 40), "points": _points(luck, luck.randint(1, 3))}


def _points(luck: Random, count: int) -> list[dict[str, Any]]:
    spoken = luck.sample(_SAID, count)
    return [
        {"kind": kind, "subject": subject, "words": words, "unit": unit, "on_spot": luck.random() < 0.25}  # noqa: PLR2004
        | {"name": luck.choice(("王大娘", "李师傅", "赵老师", "周掌柜")), "phone": f"199{luck.randint(0, 99999999):08}"}
        for kind, subject, words, unit in spoken
    ]


def _minutes(_: Random, __: date, ___: Mapping[str, Any]) -> dict[str, Any]:
    return {"conclusions": "能马上办的马上办，不能马上办的给出日期，十五日内逐条回告。"}


def _answer(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    how = pick(luck, 已有计划=45, 已解决=35, 解释说明=20)
    plan = (on + timedelta(days=20)).isoformat()
    return {"how": how, "words": "已打电话当面说明。", "plan_on": plan, "resolved": how == "已解决"}


def _review(_: Random, on: date, __: Mapping[str, Any]) -> dict[str, Any]:
    lines = [
        {"kind": "意见建议", "what": "学校周边早晚高峰护学岗要成为常态", "unit": "JT"},
        {"kind": "仅记录", "what": "夜间噪声类事项季节性上升，继续观察", "unit": "ZA"},
    ]
    return {"on": on.isoformat(), "present": ["ZA", "JT", "XFK"], "lines": lines}


def _plan_points(luck: Random, _: date, __: Mapping[str, Any]) -> dict[str, Any]:
    points = [f"GZ{n:02}" for n in sorted(luck.sample(range(1, 31), 6))]
    return {"kind": "定期", "topic": "群众安全感和办事满意度", "points": points, "share": 20}


def _round(luck: Random, on: date, _: Mapping[str, Any]) -> dict[str, Any]:
    problems = luck.sample(("路灯暗", "见警率低", "乱停车", "反诈宣传少"), luck.randint(0, 3))
    mean = luck.choice((3.2, 3.8, 4.2, 4.6, 4.8))
    return {"visited_on": on.isoformat(), "reviews": luck.randint(8, 40), "mean": mean, "problems": problems}


def _sort(luck: Random, _: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    said = luck.sample([one for one in _SAID if one[0] in {"建议", "隐患", "乱点"}], 2)
    items = [
        {"kind": "建议" if kind == "建议" else "诉求", "group": luck.choice(_GROUPS)}
        | {"subject": subject, "words": words, "unit": unit}
        for kind, subject, words, unit in said
    ]
    small = {"kind": "两小", "group": "公安服务", "small": "服务态度", "subject": "窗口态度"}
    rounds: Sequence[Mapping[str, Any]] = seen.get("rounds") or ()
    reviews = sum(int(one["reviews"]) for one in rounds)
    return {"reviews": reviews, "items": [*items, {**small, "words": "问两句就不耐烦。", "unit": "HZ"}]}


SUGGESTION: Habits = {
    "valid": _valid,
    "study": _study,
    "adopt_s": _adopt,
    "measure": _measure,
    "done": _done,
    "follow_up": _follow_up,
}
TALK: Habits = {"prepare": _prepare, "hold": _hold, "minutes_t": _minutes, "answer_item": _answer}
QUARTER: Habits = {"hold_q": _review}
MONITORING: Habits = {"plan_m": _plan_points, "round": _round, "cross": _round, "sort_m": _sort}
SUGGESTION_PACE: Pace = {"study": (4, 20), "done": (20, 60), "follow_up": (20, 60)}
TALK_PACE: Pace = {"prepare": (1, 1), "hold": (1, 2), "minutes_t": (2, 8), "answer_item": (4, 30), "readback": (16, 24)}
QUARTER_PACE: Pace = {"prepare_q": (4, 12), "hold_q": (4, 16)}
MONITORING_PACE: Pace = {"round": (4, 16), "cross": (4, 12), "sort_m": (4, 8), "small_fix": (4, 12)}
