"""Orders against improper conduct (A5): the caution, first as a draft that may be answered, then for good."""

from __future__ import annotations

from typing import Any

from duban.api import Call, Done, Tools, service_task
from tasks.letters import issue
from tasks.ways import way_to

LEGAL, PUBLIC_ORDER = "FZ", "ZA"


@service_task("orders/caution")
def caution(call: Call, tools: Tools) -> Done:
    """Issue the caution (L17); *final* false: the draft with the right to answer within five working days."""
    asked: dict[str, Any] = {**call.parameters, "unit": LEGAL}
    return issue(call, tools, "L17", way_to(str(asked.pop("reply_by")), asked["people"]), asked)


@service_task("orders/hand_over")
def hand_over(call: Call, tools: Tools) -> Done:
    """Hand the conduct to the public-order procedure; the petition itself goes on untouched."""
    body = tools.render("notices/conduct.txt", case=call.number, facts=call.parameters["facts"], now=call.now)
    tools.send("notice", PUBLIC_ORDER, "移交处罚程序", body, key=call.key)
    return Done(result={"to": PUBLIC_ORDER, "at": call.now.isoformat()})
