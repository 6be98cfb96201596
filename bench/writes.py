"""Where a durable step's writes spend their time: CPU microseconds by statement."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench import record
from bench.life import Life
from duban.store.wire import Statement, Wire

SPEAKING = ("send", "send_many", "send_rows", "one", "row", "rows", "say")
"""The ways in which the record speaks to the database."""
LIVES = 5
_VERB = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM|SELECT|[A-Z]+)(?:.*?\bFROM)?\s*(\w*)", re.DOTALL)


def by_statement(life: Life) -> dict[str, float]:
    """Return CPU microseconds a step, by statement."""
    with record.databases(life) as (desk, _):
        record.Ours(desk, life)  # statements are compiled at their first use
        with _watched() as spent:
            for _ in range(LIVES):
                case = record.Ours(desk, life)
                for step in life.steps:
                    case.step(step)
    steps = LIVES * (len(life.steps) + 1)
    return {name: seconds / steps * 1e6 for name, seconds in sorted(spent.items(), key=lambda item: -item[1])}


@contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Time every statement while the context lasts."""
    spent: dict[str, float] = defaultdict(float)
    depth = [0]
    kept = {name: getattr(Wire, name) for name in SPEAKING}
    for name, speak in kept.items():
        setattr(Wire, name, _timed(speak, spent, depth))
    try:
        yield spent
    finally:
        for name, speak in kept.items():
            setattr(Wire, name, speak)


def _timed(speak: Callable[..., Any], spent: dict[str, float], depth: list[int]) -> Callable[..., Any]:
    def timed(wire: Wire, what: Statement | str, *args: Any, **values: Any) -> Any:
        depth[0] += 1
        start = time.process_time()
        try:
            return speak(wire, what, *args, **values)
        finally:
            depth[0] -= 1
            if not depth[0]:  # one way of speaking may use another
                spent[_name(what if isinstance(what, str) else what.on(wire.dialect).sql)] += (
                    time.process_time() - start
                )

    return timed


def _name(sql: str) -> str:
    """Return what a statement does to which table."""
    found = _VERB.match(sql)
    return " ".join(found.groups()).lower().strip() if found else sql
