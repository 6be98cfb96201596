"""Texts: words that must not stay in an ordinary system."""

from __future__ import annotations

from duban.api import Call, Done, PurgeText, Tools, service_task


@service_task("texts/purge")
def purge(call: Call, _: Tools) -> Done:
    """Destroy the referenced words and keep the stub: when, by which channel, who received it, where it went."""
    reference = call.parameters["text"]
    effects = (PurgeText(text=str(reference["$text"])),) if isinstance(reference, dict) else ()
    return Done(result={"at": call.now.isoformat(), "moved": call.parameters["moved"]}, effects=effects)
