"""Callbacks: whom the callback centre asks, and what it sends while it asks (processes.md 4.2, T12)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNASKED = timedelta(days=30)
"""Nobody is asked twice within it."""
MORNING, EVENING = time(8), time(21)
"""Short messages go out between them."""
_MOBILE = re.compile(r"1\d{10}")


@service_task("callbacks/draw")
def draw(call: Call, tools: Tools) -> Done:
    """Draw a number from 0 to 99 for the sample, the same at every attempt, and say what else the table asks."""
    asked = call.parameters
    now = call.now.astimezone(SHANGHAI)
    others = [case for case in tools.cases("callback", since=call.now - UNASKED) if case["number"] != call.number]
    result = {
        "number": int.from_bytes(hashlib.sha256(call.key.encode()).digest()[:4]) % 100,
        "exempt": bool(asked["exempt"]),
        "recent": any(_asked(other, asked["phone"], now) for other in others),
        "phoned_today": sum(_phoned(other, asked["unit"], now) for other in others),
        "mobile": bool(_MOBILE.fullmatch(str(asked["phone"] or ""))),
        "night": not MORNING <= now.time() < EVENING,
        "send_at": _sendable(now).isoformat(),
    }
    return Done(result=result)


def _asked(other: Mapping[str, Any], phone: Any, now: datetime) -> bool:
    """Tell whether another callback has asked the same person of late."""
    data = other["data"]
    known = phone and data.get("cb_in", {}).get("phone") == phone
    spoken = data.get("cb_out", {}).get("result") in {"ok1", "ok2", "ok3", "bad", "refused"}
    return bool(known and spoken and now - _opened(other) <= UNASKED)


def _phoned(other: Mapping[str, Any], unit: Any, now: datetime) -> bool:
    """Tell whether another callback about the same unit was chosen for the telephone today."""
    how = (other["data"].get("sampling") or {}).get("how")
    about = other["data"].get("cb_in", {}).get("unit")
    return how in {"phone", "sms_phone"} and about == unit and _opened(other).date() == now.date()


def _opened(other: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(other["opened_at"])).astimezone(SHANGHAI)


def _sendable(now: datetime) -> datetime:
    """Return when a short message may go out at the earliest."""
    if MORNING <= now.time() < EVENING:
        return now
    on = now.date() + timedelta(days=1 if now.time() >= EVENING else 0)
    return datetime.combine(on, MORNING, now.tzinfo)


@service_task("callbacks/ask_by_sms")
def ask_by_sms(call: Call, tools: Tools) -> Done:
    """Ask for a rating: 1 satisfied, 2 fairly satisfied, 3 dissatisfied."""
    return Done(result=_sms(call, tools, "sms/rate.txt", "满意度评价"))


@service_task("callbacks/verify_visit")
def verify_visit(call: Call, tools: Tools) -> Done:
    """Ask the petitioner whether somebody really came: 1 yes, 2 no."""
    return Done(result=_sms(call, tools, "sms/visited.txt", "登门核实"))


@service_task("callbacks/push")
def push(call: Call, tools: Tools) -> Done:
    """Give the responsible unit the petitioner's words as they were said, and nothing else of the call."""
    asked = call.parameters
    unit = str(asked["unit"])
    words = tools.text(asked["words"])
    body = tools.render("notices/dissatisfied.txt", case=call.number, unit=tools.unit(unit), words=words, now=call.now)
    tools.send("notice", unit, "不满意事项推送", body, key=call.key)
    return Done(result={"at": call.now.isoformat()})


@service_task("callbacks/lost_letter")
def lost_letter(call: Call, tools: Tools) -> Done:
    """Write to somebody who could not be reached three times (L20); silence is never satisfaction."""
    number = tools.letter_number("L20")
    phone = call.parameters["phone"]
    way, to = ("sms", str(phone)) if phone else ("mail", "信访人")
    body = render(call, tools, "L20", number, {"unit": call.parameters["unit"], "to": "信访人"})
    tools.send(way, to, TITLES["L20"], body, key=call.key)
    effect = IssueLetter(letter="L20", title=TITLES["L20"], body=body, to=to, numbered=number, way=way)
    return Done(result={"number": number, "at": call.now.isoformat(), "way": way}, effects=(effect,))


def _sms(call: Call, tools: Tools, template: str, title: str) -> Mapping[str, Any]:
    """Send a short message where a number is known; without one there is nothing to wait for but the limit."""
    phone = call.parameters["phone"]
    if not phone:
        return {"asked": False, "at": call.now.isoformat()}
    asked = {name: value for name, value in call.parameters.items() if name != "phone"}
    body = tools.render(template, bureau=tools.setting("bureau.name"), case=call.number, **asked)
    tools.send("sms", str(phone), title, body, key=call.key)
    return {"asked": True, "at": call.now.isoformat()}
