"""Handing over: results to who assigned an item, answers to its platform, accusations to the inspectorate."""

from __future__ import annotations

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render


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


@service_task("handover/accusation")
def accusation(call: Call, tools: Tools) -> Done:
    """Hand an accusation over: the notice names the case and nothing of what it says or whom it names (art. 30)."""
    to = str(call.parameters["to"])
    body = tools.render("notices/accusation.txt", case=call.number, now=call.now)
    tools.send("notice", to, "检举控告移交", body, key=call.key)
    return Done(result={"to": to, "at": call.now.isoformat()})
