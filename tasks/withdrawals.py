"""Withdrawals: what must be told when somebody was made to withdraw."""

from __future__ import annotations

from duban.api import Call, Done, Tools, service_task

INSPECTORATE = "DC"


@service_task("withdrawals/report")
def report(call: Call, tools: Tools) -> Done:
    """Tell the inspectorate that a withdrawal was not of the petitioner's own will."""
    unit = tools.unit(str(call.parameters["unit"]))
    body = tools.render("notices/forced_withdrawal.txt", case=call.number, unit=unit, now=call.now)
    tools.send("notice", INSPECTORATE, "撤回非自愿线索", body, key=call.key)
    return Done(result={"at": call.now.isoformat()})
