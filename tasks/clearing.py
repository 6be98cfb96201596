"""Clearing: the two-weekly round over answered cases whose petitioner is not satisfied (清零)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Call, Done, Tools, service_task

WAITING = "wait_accept"
"""Where a petition waits that was answered and not accepted."""
LEADERS = "LD"
OFFICE = "XFK"
CLEARED, LEFT = "accepted", "review"


@service_task("clearing/collect")
def collect(call: Call, tools: Tools) -> Done:
    """Collect the agenda: waiting for acceptance, not in review, not with a leader already."""
    taken = _under_review(tools) | _adopted(tools) | _on_other_agendas(call, tools)
    carried = _carried(call, tools)
    waiting = [case for case in tools.cases("petition", waits_at=WAITING) if case["number"] not in taken]
    cases = [
        {"case_no": case["number"], "unit": _unit(case), "carry_n": carried.get(case["number"], 0)} for case in waiting
    ]
    return Done(result={"cases": cases, "carried": sum(case["number"] in carried for case in waiting)})


def _unit(case: Mapping[str, Any]) -> str:
    return str((case["data"].get("holder") or {}).get("unit") or OFFICE)


def _under_review(tools: Tools) -> set[str]:
    """Return the petitions that are being reviewed or re-examined: they leave the agenda."""
    kinds = [kind["id"] for kind in tools.setting("kinds") if kind["id"] in {"review", "reexam"}]
    return {
        str((case["data"].get(f"{kind}_in") or {}).get("ref_no"))
        for kind in kinds
        for case in tools.cases(kind)
        if case["ended_at"] is None
    }


def _adopted(tools: Tools) -> set[str]:
    open_ones = [case for case in tools.cases("adopted") if case["ended_at"] is None]
    return {str((case["data"].get("adopted_in") or {}).get("ref_no")) for case in open_ones}


def _on_other_agendas(call: Call, tools: Tools) -> set[str]:
    """Return what an earlier round that still goes on has on its agenda."""
    rounds = [case for case in tools.cases("clearing") if case["ended_at"] is None and case["number"] != call.number]
    return {str(item["case_no"]) for case in rounds for item in case["data"].get("agenda") or ()}


def _carried(call: Call, tools: Tools) -> Mapping[str, int]:
    """Return how often each case was carried over, as the last finished round says."""
    rounds = [case for case in tools.cases("clearing") if case["number"] != call.number and "rate" in case["data"]]
    return (
        {str(item["case_no"]): int(item["carry_n"]) for item in rounds[-1]["data"]["rate"]["carried"]} if rounds else {}
    )


@service_task("clearing/rate")
def rate(call: Call, tools: Tools) -> Done:
    """Count the round: accepted over the agenda; what went into review has left it and counts on neither side."""
    left = _under_review(tools)
    items = [item for item in call.parameters["cleared"] if item["case_no"] not in left]
    accepted = [item for item in items if item["result"] == CLEARED]
    rest = [item for item in items if item["result"] != CLEARED]
    result = {
        "agenda": len(items),
        "accepted": len(accepted),
        "left": len(call.parameters["cleared"]) - len(items),
        "rate": round(100 * len(accepted) / len(items), 1) if items else None,
        "carried": [{"case_no": item["case_no"], "carry_n": item["carry_n"] + 1} for item in rest],
    }
    return Done(result=result)


@service_task("clearing/report")
def report(call: Call, tools: Tools) -> Done:
    """Send the round's report to the leaders, the inspectorate and the office."""
    asked = call.parameters
    values = {"rate": asked["rate"], "text": tools.text(asked["text"]), "case": call.number, "now": call.now}
    body = tools.render("reports/clearing.txt", **values)
    for unit in (LEADERS, "DC", OFFICE):
        tools.send("notice", unit, "清零情况通报", body, key=f"{call.key}/{unit}")
    return Done(result={"at": call.now.isoformat()})
