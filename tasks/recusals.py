"""Recusals: the decision on whether an officer stands back, and who goes on (L15, art. 28)."""

from __future__ import annotations

from duban.api import Call, Done, Tools, service_task
from tasks.letters import issue
from tasks.ways import way_to


@service_task("recusals/letter")
def letter(call: Call, tools: Tools) -> Done:
    """Issue the decision; it names the successor as the petitioner will meet him."""
    asked = call.parameters
    officers = {person["id"]: person["name"] for person in tools.holders("officer", str(asked["unit"]))}
    successor = str(asked["successor"])
    values = {name: asked[name] for name in asked if name != "reply_by"}
    values["successor"] = officers.get(successor, successor)
    return issue(call, tools, "L15", way_to(str(asked["reply_by"]), asked["people"]), values)
