"""Habits of the scripted staff: how long each step takes them and what they usually write.

One file per family of diagrams, listed in DIAGRAMS by the stem of the diagram's file. What has no habit here is filled
in by duban.desk.staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from duban.desk.habits import coordination, counter, petition, special, supervision, voice
from duban.desk.habits.words import Habits, Pace

SLOTS_PER_DAY = 4
"""Moments of a working day at which the staff get something done."""
LATE = 0.05
"""Share of steps that are left lying."""
LATE_BY = (5, 14)
"""How many times longer those take."""
LATE_AT_MOST = 100
"""Quarters of a working day after which somebody notices and it is done at last."""
DIAGRAMS: Mapping[str, tuple[Habits, Pace]] = {
    "petition": ({**petition.PETITION, **special.SPECIAL}, {**petition.PETITION_PACE, **special.SPECIAL_PACE}),
    "accusation": (special.ACCUSATION, special.ACCUSATION_PACE),
    "order": (special.ORDER, special.ORDER_PACE),
    "callback": (petition.CALLBACK, petition.CALLBACK_PACE),
    "escalation": (supervision.ESCALATION, supervision.ESCALATION_PACE),
    "accountability": (supervision.ACCOUNTABILITY, supervision.ACCOUNTABILITY_PACE),
    "review": (supervision.REVIEW, supervision.REVIEW_PACE),
    "reexam": (supervision.REVIEW, supervision.REVIEW_PACE),
    "whistle": (coordination.WHISTLE, coordination.WHISTLE_PACE),
    "campaign": (coordination.CAMPAIGN, coordination.CAMPAIGN_PACE),
    "clearing": (coordination.CLEARING, coordination.CLEARING_PACE),
    "adopted": (coordination.ADOPTED, coordination.ADOPTED_PACE),
    "suggestion": (voice.SUGGESTION, voice.SUGGESTION_PACE),
    "talk": (voice.TALK, voice.TALK_PACE),
    "quarter": (voice.QUARTER, voice.QUARTER_PACE),
    "monitoring": (voice.MONITORING, voice.MONITORING_PACE),
    "service": (counter.SERVICE, counter.SERVICE_PACE),
    "rule": (counter.RULE, counter.RULE_PACE),
}
_NONE: tuple[Habits, Pace] = ({}, {})
_USUAL = (1, 8)


def pace(diagram: str, element: str, luck: Random) -> int:
    """Return how many quarters of a working day pass before a step of *diagram* is done."""
    low, high = DIAGRAMS.get(diagram, _NONE)[1].get(element, _USUAL)
    quarters = luck.randint(low, high)
    if luck.random() >= LATE:
        return quarters
    return max(quarters, min(quarters * luck.randint(*LATE_BY), LATE_AT_MOST))


def answers(diagram: str, element: str, luck: Random, *, on: date, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the staff write into the form of *element*; fields that the form lacks are left out later."""
    habit = DIAGRAMS.get(diagram, _NONE)[0].get(element)
    return habit(luck, on, seen) if habit else {}
