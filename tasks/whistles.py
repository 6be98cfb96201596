"""Whistles: a station calls units together (吹哨报到); who is called, what is sent, and how both sides did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from duban.api import Call, Done, Tools, service_task
from tasks.inside import to_units
from tasks.posts import person_of

SIGN, RESULT = ".sign", ".result"
"""Ends of the names of the limits (W.e.sign, W.r.result …) whose overrun says that a unit was late."""


@service_task("whistles/name")
def name(call: Call, tools: Tools) -> Done:
    """Look up whom the whistle names: inside or outside the bureau, and under which deputy."""
    asked = call.parameters
    named = [_named(tools, str(unit)) for unit in asked["units"]]
    deputy = _deputy(tools, str(asked["by"]))
    deputies = {deputy, *(each["deputy"] for each in named)} - {None}
    return Done(result={"units": named, "deputy": deputy, "deputies": sorted(map(str, deputies))})


def _named(tools: Tools, code: str) -> dict[str, Any]:
    return {"unit": code, "outside": bool(tools.unit(code).get("outside")), "deputy": _deputy(tools, code)}


def _deputy(tools: Tools, code: str) -> str | None:
    """Return the post that leads *code*; a grid has the deputy of its station."""
    unit = tools.unit(code)
    while "deputy" not in unit and "parent" in unit:
        unit = tools.unit(str(unit["parent"]))
    found = unit.get("deputy")
    return None if found is None else str(found)


@service_task("whistles/call")
def summon(call: Call, tools: Tools) -> Done:
    """Send one unit the whistle (L24): what it is about, why it is needed, what is wanted, by when."""
    asked = call.parameters
    by = str(asked["by"])
    return to_units(call, tools, "L24", [str(asked["unit"])], {**asked, "unit": by}, {})


@service_task("whistles/receipt")
def receipt(call: Call, tools: Tools) -> Done:
    """Tell the whistling unit who has reported in (L25)."""
    asked = call.parameters
    values = {"who": person_of(tools, str(asked["who"]))["name"], "arrived_at": asked["at"], "unit": asked["unit"]}
    return to_units(call, tools, "L25", [str(asked["by"])], values, {})


@service_task("whistles/ruling")
def ruling(call: Call, tools: Tools) -> Done:
    """Tell both units how their common superior has ruled (L27); no further dispute is possible."""
    asked = call.parameters
    unit, by = str(asked["unit"]), str(asked["by"])
    responsible = tools.unit(unit if asked["must"] else by)
    values = {"unit": asked["superior"], "responsible": responsible, "reason": asked["reason"]}
    return to_units(call, tools, "L27", [unit, by], values, {"must": asked["must"]})


@service_task("whistles/cancelled")
def cancelled(call: Call, tools: Tools) -> Done:
    """Tell every unit that the whistle is called off; what they have done so far stays in the record."""
    asked = call.parameters
    units = [str(unit["unit"]) for unit in asked["units"]]
    by = tools.unit(str(asked["by"]))
    body = tools.render("notices/whistle_off.txt", case=call.number, by=by, now=call.now)
    for unit in units:
        tools.send("notice", unit, "撤哨通知", body, key=f"{call.key}/{unit}")
    rounds = int(asked["rounds"]) + 1
    return Done(result={"end": "cancelled", "overall": None, "units": units, "rounds": rounds})


@service_task("whistles/scores")
def scores(call: Call, tools: Tools) -> Done:
    """Tell the units how they were scored (L26)."""
    asked = call.parameters
    told = [{**score, "name": tools.unit(str(score["unit"]))["name"]} for score in asked["scores"]]
    values = {"unit": asked["by"], "scores": told, "text": tools.text(asked["text"])}
    return to_units(call, tools, "L26", [str(score["unit"]) for score in asked["scores"]], values, {})


@service_task("whistles/assess")
def assess(call: Call, tools: Tools) -> Done:
    """Count both sides: the units by time, result and score, the whistler by whether the whistle was a true one.

    A unit was late if its limit was escalated: the escalation cases of this whistle say so.
    """
    asked = call.parameters
    begun = datetime.fromisoformat(str(asked["since"]))
    pursued = [case["data"] for case in tools.cases("escalation", since=begun)]
    late = [_late(data) for data in pursued if _of(data, call.number)]
    decided = {str(appeal["unit"]): appeal["score"] for appeal in asked["appeals"]}
    given = {str(score["unit"]): _mean(score) for score in asked["scores"]}
    units = {
        str(response["unit"]): {
            "late_sign": (str(response["unit"]), SIGN) in late,
            "late_result": (str(response["unit"]), RESULT) in late,
            "result": response["result"],
            "score": decided.get(str(response["unit"]), given.get(str(response["unit"]))),
        }
        for response in asked["responses"]
        if not response["released"]
    }
    whistler = {
        "unit": asked["by"],
        "true": asked["urgent"] is not False,
        "named": len(asked["responses"]),
        "released": sum(bool(response["released"]) for response in asked["responses"]),
        "solved": asked["overall"] == "解决",
    }
    return Done(result={"units": units, "whistler": whistler})


def _of(data: Mapping[str, Any], number: str) -> bool:
    started: Mapping[str, Any] = data.get("escalation_in", {})
    return started.get("ref_no") == number and started.get("kind") == "due"


def _late(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return whose limit was missed and which end its name has."""
    started = data["escalation_in"]
    clock = str(started["clock_id"])
    return str(started["unit"]), clock[clock.rindex(".") :]


def _mean(score: Mapping[str, Any]) -> float:
    marks: Sequence[int] = [score["response"], score["strength"], score["result"]]
    return round(sum(marks) / len(marks), 1)
