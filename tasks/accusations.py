"""Accusations (art. 30): where one is passed on, handed to discipline, and what its author is told."""

from __future__ import annotations

from typing import Any

from duban.api import Call, Done, Tools, service_task
from tasks.letters import issue
from tasks.ways import way_to

INSPECTORATE, DISCIPLINE = "DC", "JJ"


@service_task("accusations/pass_on")
def pass_on(call: Call, tools: Tools) -> Done:
    """Pass the file on to the organ that is competent; the notice says nothing of the content."""
    return _notice(call, tools, str(call.parameters["to"]), "检举控告移送")


@service_task("accusations/discipline")
def discipline(call: Call, tools: Tools) -> Done:
    """Hand what was found to the discipline group, with the list of the file."""
    return _notice(call, tools, DISCIPLINE, "违纪线索移送")


@service_task("accusations/tell")
def tell(call: Call, tools: Tools) -> Done:
    """Tell a named author that it was received and concluded, and nothing more (L41)."""
    asked: dict[str, Any] = {**call.parameters, "unit": INSPECTORATE}
    return issue(call, tools, "L41", way_to(str(asked.pop("reply_by")), asked["people"]), asked)


def _notice(call: Call, tools: Tools, to: str, title: str) -> Done:
    body = tools.render("notices/accusation.txt", case=call.number, now=call.now)
    tools.send("notice", to, title, body, key=call.key)
    return Done(result={"to": to, "at": call.now.isoformat()})
