"""Adds up the facts of a case as its journal would, to be compared with what the state shows."""

from __future__ import annotations

from collections.abc import Iterable

from duban.engine.process import View
from duban.model.facts import Happening, Kind

OPENING = {Kind.WORK_OPENED: "work", Kind.TIMER_ARMED: "dues", Kind.INCIDENT_OPENED: "incidents"}
CLOSING = {
    Kind.WORK_COMPLETED: "work",
    Kind.WORK_WITHDRAWN: "work",
    Kind.TIMER_FIRED: "dues",
    Kind.TIMER_CANCELLED: "dues",
    Kind.INCIDENT_SETTLED: "incidents",
}


class Ledger:
    """What is open and where tokens are, told by facts alone."""

    def __init__(self) -> None:
        self.tokens: dict[int, tuple[str, str]] = {}
        """Task to element and scope."""
        self.open: dict[str, set[int]] = {"work": set(), "dues": set(), "incidents": set()}

    def add(self, happenings: Iterable[Happening]) -> None:
        """Take in the facts of one step; what closes must be open, what is left must have been entered."""
        for happening in happenings:
            payload = happening.payload
            if happening.kind in OPENING:
                self.open[OPENING[happening.kind]].add(payload["task"])
            elif happening.kind in CLOSING:
                self.open[CLOSING[happening.kind]].remove(payload["task"])
            elif happening.kind is Kind.TOKENS_MOVED:
                self.tokens |= {task: (element, scope) for element, scope, task, _ in payload["entered"]}
                for element, scope, task, _ in payload["left"]:
                    if self.tokens.pop(task) != (element, scope):
                        raise AssertionError(f"task {task} left {element} in {scope!r}, where it was not")

    def difference(self, view: View) -> str:
        """Say where the sum of the facts is not what the state shows."""
        for name, summed in self.open.items():
            shown = {entry.task for entry in getattr(view, name)}
            if summed != shown:
                return f"facts add up to {name} {sorted(summed)}, the state shows {sorted(shown)}"
        if view.ended is not None:
            return f"tokens left behind at the end: {self.tokens}" if self.tokens else ""
        return "" if self.open["work"] <= self.tokens.keys() else "work without a token"
