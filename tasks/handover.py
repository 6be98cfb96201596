"""Handing over: objections and results to who assigned an item, answers to its platform, reports, rulings, slips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render

SENDER = "转送机关"
"""How an organ is addressed that sent an item without its name."""


@service_task("handover/report_up")
def report_up(call: Call, tools: Tools) -> Done:
    """Report the result of an assigned item to its sender (art. 22(3)); nothing to do for one put to us directly."""
    asked = call.parameters
    if not asked["needed"]:
        return Done(result={"needed": False})
    number = tools.letter_number("L11")
    to = str(asked["sender"] or asked["channel"])
    body = render(call, tools, "L11", number, {**asked, "to": to})
    tools.send("platform", to, TITLES["L11"], body, key=call.key)
    effect = IssueLetter(letter="L11", title=TITLES["L11"], body=body, to=to, numbered=number, way="platform")
    result = {"needed": True, "number": number, "at": call.now.isoformat()}
    return Done(result=result, effects=(effect,))


@service_task("handover/reply_upload")
def reply_upload(call: Call, tools: Tools) -> Done:
    """Fill the answer into the register of the channel it came by (one reply, by the channel it came)."""
    asked = call.parameters
    body = tools.render("notices/upload.txt", case=call.number, **asked)
    tools.send("platform", str(asked["channel"]), "回填答复", body, key=call.key)
    return Done(result={"at": call.now.isoformat()})


@service_task("handover/objection")
def objection(call: Call, tools: Tools) -> Done:
    """Object to a wrong assignment (L12, art. 23): reasons in detail, the organ that is competent, what is kept."""
    asked = call.parameters
    to = str(asked["sender"] or SENDER)
    values = {name: asked[name] for name in asked if name != "organ"} | {"organ": tools.unit(str(asked["organ"]))}
    return _letter(call, tools, "L12", to, "platform", values)


@service_task("handover/urgent")
def urgent(call: Call, tools: Tools) -> Done:
    """Report what is weighty and urgent to the party committee, the government and the joint meeting (L42, art. 25)."""
    return _letter(call, tools, "L42", "、".join(call.parameters["informed"]), "notice", call.parameters)


@service_task("handover/secret_slip")
def secret_slip(call: Call, tools: Tools) -> Done:
    """Leave a slip without content where the matter went on outside the ordinary system (L40)."""
    return _letter(call, tools, "L40", str(call.parameters["moved"]), "notice", call.parameters)


@service_task("handover/ruling")
def ruling(call: Call, tools: Tools) -> Done:
    """Tell the unit that it handles, and that nothing is returned any more (L27)."""
    unit = str(call.parameters["unit"])
    responsible = tools.unit(unit)
    values = {"responsible": responsible, "reason": call.parameters["reasons"], "unit": "L6"}
    return _letter(call, tools, "L27", str(responsible["name"]), "notice", values)


def _letter(call: Call, tools: Tools, letter: str, to: str, way: str, values: Mapping[str, Any]) -> Done:
    """Render, number and send a letter to an organ or unit; the same number at every attempt."""
    number = tools.letter_number(letter)
    body = render(call, tools, letter, number, {**values, "to": to})
    tools.send(way, to, TITLES[letter], body, key=call.key)
    effect = IssueLetter(letter=letter, title=TITLES[letter], body=body, to=to, numbered=number, way=way)
    return Done(result={"number": number, "at": call.now.isoformat()}, effects=(effect,))
