"""The sandbox: worker processes that run scripts, one pool for each process of ours, started when first needed.

A process forked after the start cannot start its own (the library's threads stay behind in the parent), so it
says so instead of waiting for ever; processes started by spawn, or forked before, are free to.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import pydantic_monty as monty

from duban.errors import OutsideError
from duban.model.clock import SHANGHAI

SECONDS = 0.5
"""Longest that one script may run."""
BYTES = 64 * 2**20
"""Most memory that one script may use."""
RECURSION = 200
"""Deepest call inside a script."""

_LIMITS: monty.ResourceLimits = {
    "max_feed_duration_secs": SECONDS,
    "max_memory": BYTES,
    "max_recursion_depth": RECURSION,
    "max_suspensions": 100,
    "max_total_sleep_secs": 0.0,
}
_PRINTED = 65_536
"""Bytes of print() that a script may make before it is stopped; nobody reads them."""
_PATIENCE = 30.0
"""Seconds to wait for a free worker; above this the machine, not the script, is at fault."""


def run_fresh(
    code: str, *, inputs: Mapping[str, Any], now: datetime, functions: Mapping[str, Callable[..., Any]]
) -> Any:
    """Return the value of the last expression of *code*, run where no other script has been.

    The clock stands at *now*, sleeping takes no time, and random draws follow from *now*: the same inputs
    give the same result.

    Raises:
        monty.MontyError: The code failed, or ran out of time or memory.
        TimeoutError: No worker was free.
        OutsideError: This process was forked from one that had run scripts.
    """
    policy: monty.OSPolicy = {
        "datetime": now,
        "timezone": str(SHANGHAI),
        "sleep": "zero",
        "random_start": {"seed": now.isoformat()},
    }
    with _pool().checkout(limits=_LIMITS, os_policy=policy, script_name="script") as session:
        return session.feed_run(
            code,
            inputs=dict(inputs),
            external_lookup=dict(functions),
            print_callback=monty.CollectString(_PRINTED),
        )


class _Pools:
    """The pool of this process, and those that a fork left behind."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.pool: monty.Monty | None = None
        self.inherited: monty.Monty | None = None
        """The pool of the parent that this process was forked from: using or closing it waits for ever."""

    def opened(self) -> monty.Monty:
        with self.lock:
            if self.inherited is not None:
                raise OutsideError("scripts cannot run in a process forked after others ran; start it by spawn")
            if self.pool is None:
                pool = monty.Monty(min_processes=1, checkout_timeout=_PATIENCE, max_checkouts_per_worker=1_000)
                pool.__enter__()
                self.pool = pool
            return self.pool

    def close(self) -> None:
        with self.lock:
            pool, self.pool = self.pool, None
        if pool is not None:
            pool.__exit__(None, None, None)

    def after_fork(self) -> None:
        self.lock = Lock()
        self.inherited, self.pool = self.pool or self.inherited, None


_pools = _Pools()
os.register_at_fork(after_in_child=_pools.after_fork)
atexit.register(_pools.close)


def has_run() -> bool:
    """Tell whether a script has run in this process, or in the one that it was forked from: forks of it cannot."""
    return _pools.pool is not None or _pools.inherited is not None


def _pool() -> monty.Monty:
    return _pools.pool or _pools.opened()
