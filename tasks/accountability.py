"""Accountability: who may interview whom, the four papers of an interview, the day of the unannounced check (4.8)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICER, UNIT_HEAD, LEADER, CHIEF = 1, 2, 3, 4
"""Ranks: an officer, who leads a unit, a leader of the bureau, its head."""
SECOND = "L2"
"""The post in charge of units that name none."""

Held = Mapping[str, Any]


@service_task("accountability/ranks")
def ranks(call: Call, tools: Tools) -> Done:
    """Say of what rank the person is, and who may interview him: nobody below him, and never himself."""
    unit = str(call.parameters["unit"])
    heads = tools.holders("unit_leader", unit)
    target = str(call.parameters["person"] or (heads[0]["id"] if heads else ""))
    lead = _lead(tools, unit)
    rank = _rank(tools, target)
    ranked: Mapping[int, Sequence[tuple[str, str | None]]] = {
        OFFICER: [("unit_leader", unit), ("inspect_head", None), ("deputy_leader", lead), ("chief", None)],
        UNIT_HEAD: [("inspect_head", None), ("deputy_leader", lead), ("chief", None)],
        LEADER: [("chief", None)],
        CHIEF: [("discipline", None)],
    }
    may = [_may(role, held) for role, at in ranked[rank] for held in tools.holders(role, at) if held["id"] != target]
    named = next((held["name"] for held in heads if held["id"] == target), None)
    result = {
        "rank": rank,
        "target": target,
        "lead": lead,
        "may": list({one["id"]: one for one in reversed(may)}.values())[::-1],
        "named": f"{tools.unit(unit)['name']}{named or '当事民警'}",
    }
    return Done(result=result)


@service_task("accountability/letter")
def letter(call: Call, tools: Tools) -> Done:
    """Issue the notice of the interview (L30), the order to put right (L31), the report (L32) or the approval (L33)."""
    asked = call.parameters
    code = str(asked["letter"])
    number = tools.letter_number(code)
    facts = {**asked["facts"], "facts": tools.text(asked["facts"]["facts"])}
    values = {**asked["more"], "found_out": facts, "unit": asked["unit"], "to": asked["to"]}
    body = render(call, tools, code, number, values)
    tools.send("notice", str(asked["unit"]), TITLES[code], body, key=call.key)
    effect = IssueLetter(letter=code, title=TITLES[code], body=body, to=str(asked["to"]), numbered=number, way="notice")
    return Done(result={"number": number, "at": call.now.isoformat()}, effects=(effect,))


@service_task("accountability/choose_day")
def choose_day(call: Call, tools: Tools) -> Done:
    """Choose the day of the unannounced check: any working day within the plan, the same at every attempt."""
    first = call.now.astimezone(SHANGHAI).date() + timedelta(days=1)
    last = max(first, *(date.fromisoformat(str(item["date"])) for item in call.parameters["items"]))
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days: Sequence[date] = [day for day in span if tools.working_day(day)] or span
    drawn = int.from_bytes(hashlib.sha256(call.key.encode()).digest()[:4])
    return Done(result={"on": days[drawn % len(days)].isoformat()})


def _rank(tools: Tools, person: str) -> int:
    """Return the highest rank that *person* holds anywhere, here today or on leave."""
    posts = next((row["posts"] for row in tools.setting("people") if row["id"] == person), ())
    for rank, role in ((CHIEF, "chief"), (LEADER, "deputy_leader"), (UNIT_HEAD, "unit_leader")):
        here = any(held["id"] == person and not held["stands_for"] for held in tools.holders(role))
        if here or any(str(post).endswith(f"/{role}") for post in posts):
            return rank
    return OFFICER


def _lead(tools: Tools, code: str) -> str:
    """Return the post in charge of a unit: its own, else its parents'."""
    unit = tools.unit(code)
    while "deputy" not in unit and "parent" in unit:
        unit = tools.unit(str(unit["parent"]))
    return str(unit.get("deputy", SECOND))


def _may(role: str, held: Held) -> dict[str, Any]:
    return {"id": held["id"], "name": held["name"], "role": role, "unit": held["unit"]}
