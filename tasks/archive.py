"""Archive: a closed case gets its retention class and its place in the index."""

from __future__ import annotations

from duban.api import Call, Done, Tools, service_task

LONG, USUAL = "长期", "30年"
"""Retention classes; a case that was closed without an answer from the petitioner is kept for good."""


@service_task("archive/close")
def close(call: Call, _: Tools) -> Done:
    """File the case."""
    asked = call.parameters
    result = {
        "at": call.now.isoformat(),
        "retention": USUAL if asked["outcome"] == "close" else LONG,
        "index": f"{call.now.year}-{asked['matter']}-{call.number}",
    }
    return Done(result=result)
