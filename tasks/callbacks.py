"""Callbacks: what the callback centre sends while it asks the petitioner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render

CENTRE = "HFZX"


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
    body = render(call, tools, "L20", number, {"unit": CENTRE, "to": "信访人"})
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
