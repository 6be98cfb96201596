"""Notices inside the house: a limit comes near, a limit has passed.

A reminder answers nothing: several of one phase end in the same join, and two different answers under one name
would be a conflict there. What was sent stands in the case's letters and facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.letters import TITLES, render


@service_task("notify/warn")
def warn(call: Call, tools: Tools) -> Done:
    """Remind the unit that holds the duty that a limit comes near."""
    return _tell(call, tools, "notices/warn.txt", f"临期提醒：{_limit(call, tools)['name']}")


@service_task("notify/overdue")
def overdue(call: Call, tools: Tools) -> Done:
    """Send the unit a written prompt (L18): its limit has passed, the duty has not.

    The higher levels of the chain are the escalation process's business (processes.md 4.3).
    """
    limit = _limit(call, tools)
    number = tools.letter_number("L18")
    unit = str(call.parameters["unit"])
    values = {"limit": limit, "unit": unit, "to": tools.unit(unit)["name"]}
    body = render(call, tools, "L18", number, values)
    tools.send("notice", unit, TITLES["L18"], body, key=call.key)
    effect = IssueLetter(letter="L18", title=TITLES["L18"], body=body, to=unit, numbered=number, way="notice")
    return Done(effects=(effect,))


def _tell(call: Call, tools: Tools, template: str, title: str) -> Done:
    unit = str(call.parameters["unit"])
    body = tools.render(template, case=call.number, unit=tools.unit(unit), limit=_limit(call, tools), now=call.now)
    tools.send("notice", unit, title, body, key=call.key)
    return Done()


def _limit(call: Call, tools: Tools) -> Mapping[str, Any]:
    """Return the row of the limits table that the call names."""
    clock = str(call.parameters["clock"])
    found: Mapping[str, Any] = next(row for row in tools.setting("limits") if row["id"] == clock)
    return found
