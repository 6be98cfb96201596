"""The trail: what happened in a scenario until it failed, in words."""

from __future__ import annotations

from duban.desk import cases
from duban.desk.scenarios.stage import Stage
from duban.model.clock import SHANGHAI
from duban.model.facts import Kind

LINES = 40
"""The last lines are those that matter."""
UNTOLD = frozenset(
    {Kind.DATA_WRITTEN, Kind.SCRIPT_RUN, Kind.CALL_WANTED, Kind.CALL_ANSWERED, Kind.TIMER_CANCELLED, Kind.DECISION_MADE}
)
"""What only accompanies what is told anyway."""


def trail_of(stage: Stage) -> tuple[str, ...]:
    """Return the facts of all the stage's cases as sentences, in the bureau's time, the oldest first."""
    entries = [
        (entry.at, case.id, entry.n, case.number, entry)
        for case in stage.cases()
        for entry in cases.show(stage.desk, case.number).timeline
        if entry.kind not in UNTOLD
    ]
    lines = [
        f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {number}  {entry.title}  ({entry.actor_name})"
        for at, _, _, number, entry in sorted(entries, key=lambda each: each[:3])
    ]
    left_out = len(lines) - LINES
    return (*([f"… {left_out} lines before"] if left_out > 0 else ()), *lines[-LINES:])
