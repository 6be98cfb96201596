"""Repeats: an item that says again what is already in handling."""

from __future__ import annotations

from duban.api import Call, Done, LinkRepeat, Tools, service_task


@service_task("repeats/link")
def link(call: Call, _: Tools) -> Done:
    """Link the case to the earlier one; both histories stay and the earlier one counts it."""
    of = str(call.parameters["of"])
    result = {"of": of, "relation": call.parameters["relation"], "at": call.now.isoformat()}
    return Done(result=result, effects=(LinkRepeat(of=of),))


@service_task("repeats/count")
def count(_: Call, tools: Tools) -> Done:
    """Say how often this matter came again while it was in handling: twice makes it weighty (T4)."""
    return Done(result={"n": tools.repeats()})
