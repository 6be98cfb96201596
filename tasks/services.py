"""Services: office hours, a receipt for what was done, and another way for what cannot be done so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from typing import Any

from duban.api import Call, Done, Tools, service_task
from tasks.letters import issue
from tasks.ways import way_to

OPENS, CLOSES = time(9), time(17, 30)
CHINA = timezone(timedelta(hours=8))
"""China has one zone and no summer time."""
BASIS = ("六办服务规定（本局规定）",)


@service_task("services/hours")
def hours(call: Call, tools: Tools) -> Done:
    """Say whether the wanted time is an ordinary office hour; a Saturday that is worked in exchange is one."""
    at = datetime.fromisoformat(str(call.parameters["wants_at"]))
    at = at.replace(tzinfo=CHINA) if at.tzinfo is None else at.astimezone(CHINA)
    working = tools.working_day(at.date())
    return Done(result={"working_day": working, "ordinary": working and OPENS <= at.time() < CLOSES})


@service_task("services/other_way")
def other_way(call: Call, tools: Tools) -> Done:
    """Tell the applicant (L10) why it cannot be done so, and how it can be done."""
    asked = call.parameters
    values = {"opinion": asked["other"], "facts": asked["why"], "basis": BASIS, "simple": False, "track": "service"}
    return _write(call, tools, "L10", {**values, "request": f"{asked['ask']['kind']}：{asked['ask']['matter']}"})


@service_task("services/receipt")
def receipt(call: Call, tools: Tools) -> Done:
    """Give the applicant a receipt (L38) of what was done."""
    asked = call.parameters
    return _write(call, tools, "L38", {name: asked[name] for name in ("did", "fee", "tracking")})


def _write(call: Call, tools: Tools, letter: str, values: Mapping[str, Any]) -> Done:
    ask = call.parameters["ask"]
    people = [{"name": ask["name"], "phone": ask.get("phone")}]
    common = {"people": people, "ask": ask["matter"], "service": ask["kind"], "received_at": ask["_at"]}
    way = way_to("短信", people)
    return issue(call, tools, letter, way, {**common, **values, "unit": call.parameters["unit"]})
