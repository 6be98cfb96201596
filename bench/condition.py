"""A gateway's condition: how long one takes."""

from __future__ import annotations

import statistics
import timeit
from typing import Any

from duban.engine.expressions import compile_expression

CONDITIONS = (
    'classify.track == "ordinary" and return_n < 2',
    'classify.weight in ("weighty", "urgent") or back_n > 2',
    'gate_po.decision == "退回"',
    "after_callback.next == 'redo' and redo_n < 2",
)
DATA: dict[str, Any] = {
    "classify": {"track": "ordinary", "weight": "ordinary"},
    "gate_po": {"decision": "同意"},
    "after_callback": {"next": "close"},
    "return_n": 0,
    "back_n": 1,
    "redo_n": 0,
}
NUMBER = 20_000


def microseconds() -> float:
    """Return the mean over some conditions of the petition diagram, each the best of several rounds."""
    return statistics.mean(_one(text) for text in CONDITIONS)


def _one(text: str) -> float:
    condition = compile_expression(text)
    return min(timeit.repeat(lambda: condition.evaluate(DATA), number=NUMBER, repeat=7)) / NUMBER * 1e6
