"""Habits of those outside, and of whoever begins something: who answers, asks, withdraws, whistles, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from duban.desk.habits.words import pick

Payload = Callable[[Random, datetime], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What may come while a limit runs."""

    message: str
    share: float
    """How often it comes at all."""
    within: tuple[int, int]
    """After how many quarters of a working day, from … to."""
    payload: Payload


@dataclass(frozen=True, kw_only=True, slots=True)
class Initiative:
    """What somebody of the bureau begins by hand."""

    kind: str
    role: str
    units: tuple[str, ...]
    """One of these units begins it."""
    share: float
    """How often on a working day."""


def _accepts(_: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "way": "电话"}


def _withdraws(luck: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "why": luck.choice(("问题已经解决", "已与对方和解", "不想再反映了"))}


def _sender(luck: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "agreed": luck.random() < 0.7, "reply": "已收悉。"}  # noqa: PLR2004


def _resumes(_: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "why": "中止原因已经消除"}


def _rates(luck: Random, at: datetime) -> Mapping[str, Any]:
    return {"answer": int(pick(luck, **{"1": 62, "2": 26, "3": 12})), "at": at.isoformat()}


def _confirms_visit(luck: Random, at: datetime) -> Mapping[str, Any]:
    return {"answer": 1 if luck.random() < 0.95 else 2, "at": at.isoformat()}  # noqa: PLR2004


def _reports(_: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "who": "值班员"}


def _gives_result(luck: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "result": pick(luck, 解决=60, 部分=30, 未解决=10), "done": "已派员到场处理。"}


def _decides(luck: Random, at: datetime) -> Mapping[str, Any]:
    result = pick(luck, 维持=80, 撤销重作=12, 变更=8)
    return {"result": result, "number": "市公信复〔2026〕18号", "on": at.date().isoformat()}


def _says(_: Random, at: datetime) -> Mapping[str, Any]:
    return {"at": at.isoformat(), "words": "对拟作出的处理有意见，请再核实。"}


OCCASIONS: Mapping[str, Occasion] = {
    # the limit that runs meanwhile, or the activity that it sits on
    "B.accept": Occasion(message="petition.accepts", share=0.3, within=(8, 80), payload=_accepts),
    "X5.finish": Occasion(message="petition.withdraw", share=0.03, within=(8, 60), payload=_withdraws),
    "B.sender": Occasion(message="sender.answer", share=0.9, within=(4, 24), payload=_sender),
    "B.suspend": Occasion(message="petition.resume", share=0.7, within=(12, 60), payload=_resumes),
    "C.sms/sms_over": Occasion(message="sms.reply", share=0.55, within=(0, 3), payload=_rates),
    "C.sms/visit_over": Occasion(message="sms.reply", share=0.7, within=(0, 3), payload=_confirms_visit),
    "C.lost": Occasion(message="petitioner.contact", share=0.3, within=(4, 30), payload=_says),
    "B.views": Occasion(message="petitioner.views", share=0.5, within=(2, 14), payload=_says),
    "N.object": Occasion(message="accountability.objects", share=0.06, within=(1, 8), payload=_says),
    "V.decide": Occasion(message="review.decided", share=0.95, within=(20, 90), payload=_decides),
    "X8.review": Occasion(message="review.withdraw", share=0.05, within=(8, 40), payload=_withdraws),
    "K.total": Occasion(message="leader.change", share=0.08, within=(30, 120), payload=_says),
    "outside_report": Occasion(message="whistle.report", share=0.9, within=(1, 5), payload=_reports),
    "outside_result": Occasion(message="whistle.result", share=0.92, within=(6, 24), payload=_gives_result),
}
INITIATIVES: tuple[Initiative, ...] = (
    Initiative(kind="whistle", role="unit_leader", units=("PCS01", "PCS02", "PCS03", "PCS04", "PCS06"), share=0.12),
    Initiative(kind="service", role="unit_clerk", units=("BSDT",), share=0.5),
    Initiative(kind="campaign", role="petition_office", units=("XFK",), share=0.06),
    Initiative(kind="adopted", role="petition_office", units=("XFK",), share=0.04),
    Initiative(kind="rule", role="legal", units=("FZ",), share=0.01),
    Initiative(kind="accountability", role="inspector", units=("DC",), share=0.01),
    Initiative(kind="accusation", role="inspector", units=("DC",), share=0.02),
)
REVIEWS = 0.5
"""How often somebody whose answer was not what he hoped for asks for a review."""
REEXAMS = 0.5
"""How often somebody asks for a re-examination of the review's opinion."""
CALLBACKS = 0.6
"""How often on a day a business line hands over somebody to be asked."""
LINES: Mapping[str, int] = {"110": 50, "110_focus": 20, "household": 10, "vehicle": 10, "case": 10}
"""Business lines by how many they hand over."""


def handed_over(luck: Random, at: datetime, n: int) -> Mapping[str, Any]:
    """Return whom a business line hands over to be asked."""
    unit, leader = luck.choice((("PCS01", "L3"), ("PCS02", "L3"), ("PCS05", "L4"), ("CGS", "L5"), ("HZ", "L3")))
    return {
        "kind": luck.choices(list(LINES), weights=list(LINES.values()))[0],
        "ref": f"抽{at.year}-{n}",
        "unit": unit,
        "lead_leader": leader,
        "phone": f"139{luck.randrange(10**8):08}",
        "done_at": at.isoformat(),
        "shield": False,
    }
