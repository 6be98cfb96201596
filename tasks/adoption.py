"""Adoption: a leader takes a case upon himself (包案); who had it before, what is told, what goes into the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Call, Done, Tools, service_task
from tasks.inside import to_units
from tasks.posts import person_of


@service_task("adoption/earlier")
def earlier(call: Call, tools: Tools) -> Done:
    """Find who had adopted the same case before: when it comes back, it is his again."""
    of = call.parameters["of"]
    mine = [case for case in tools.cases("adopted") if of and _of(case) == of and case["number"] != call.number]
    outs = [case["data"]["adopted_out"] for case in mine if "adopted_out" in case["data"]]
    leaders = [out["leader"] for out in outs if out.get("leader")]
    return Done(result={"leader": leaders[-1] if leaders else None, "times": len(leaders)})


def _of(case: Mapping[str, Any]) -> Any:
    return (case["data"].get("adopted_in") or {}).get("ref_no")


@service_task("adoption/confirm")
def confirm(call: Call, tools: Tools) -> Done:
    """Tell leaders, unit and petitioner who is in charge from now on (L28)."""
    asked = call.parameters
    people = [person_of(tools, str(who)) for who in (asked["leader"], asked["co_leader"]) if who]
    values = {"leaders": people, "why": tools.text(asked["why"]), "of": asked["of"], "unit": asked["unit"]}
    posts = [str(person["post"]) for person in people]
    result = {"post": posts[0], "co_post": posts[1] if posts[1:] else None}
    return to_units(call, tools, "L28", [*posts, str(asked["unit"])], values, result)


@service_task("adoption/hand_over")
def hand_over(call: Call, tools: Tools) -> Done:
    """Tell the new leader what was done, promised and agreed (L29)."""
    asked = call.parameters
    person = person_of(tools, str(asked["to"]))
    values = {**asked, "leader": person, "done": tools.text(asked["done"]), "unit": "XFK"}
    return to_units(call, tools, "L29", [str(person["post"])], values, {"post": person["post"]})


@service_task("adoption/ledger")
def ledger(call: Call, tools: Tools) -> Done:
    """Write the row of the reception ledger: leader, dates, matter, promises, result (接访台账)."""
    asked = call.parameters
    person = person_of(tools, str(asked["leader"]))
    values = {**asked, "leader": person, "matter": tools.text(asked["matter"]), "case": call.number}
    body = tools.render("reports/reception.txt", **values)
    tools.send("notice", "XFK", "接访台账", body, key=call.key)
    return Done(result={"meetings": len(asked["ledger"]) + 1, "at": call.now.isoformat()})
