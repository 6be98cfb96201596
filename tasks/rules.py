"""Rules: a draft goes round before it is decided, and out with its version once it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task

LEGAL = "FZ"
ASKED, ISSUED = "征求意见函", "制度发布通知"


@service_task("rules/ask_views")
def ask_views(call: Call, tools: Tools) -> Done:
    """Send the draft to the units that would have to follow it (L39); petitioners are asked by the legal section."""
    return _circular(call, tools, ASKED, call.parameters)


@service_task("rules/publish")
def publish(call: Call, tools: Tools) -> Done:
    """Publish the rule with its version and the day from which it holds (L39)."""
    asked = call.parameters
    done = _circular(call, tools, ISSUED, asked)
    result = {
        **done.result,
        "version": asked["version"],
        "effective_on": asked["effective_on"],
        "limit": asked["limit"],
    }
    return Done(result=result, effects=done.effects)


def _circular(call: Call, tools: Tools, title: str, asked: Mapping[str, Any]) -> Done:
    number = tools.letter_number("L39")
    units: Sequence[str] = [str(unit) for unit in asked["units"]]
    to = "、".join(str(tools.unit(unit)["name"]) for unit in units)
    common = {"bureau": tools.setting("bureau.name"), "number": number, "case": call.number, "now": call.now}
    said = {**asked, "rule": asked["title"], "title": title, "issued": title == ISSUED, "to": to}
    body = tools.render("letters/L39.txt", **said, **common, unit=tools.unit(LEGAL))
    for unit in units:
        tools.send("notice", unit, title, body, key=f"{call.key}/{unit}")
    effect = IssueLetter(letter="L39", title=title, body=body, to=to, numbered=number, way="notice")
    return Done(result={"number": number, "at": call.now.isoformat()}, effects=(effect,))
