"""The door between flows and the desk: open the house, do one thing, say what was done, close it."""

from __future__ import annotations

import asyncio
from typing import Any

from duban.desk import sweeps
from duban.opening import Settings, open_desk


def swept(name: str) -> dict[str, Any]:
    """Do the sweep *name* once and return what it did."""
    desk = open_desk(Settings.of())
    try:
        return sweeps.sweep(desk, name)
    finally:
        desk.close()


async def sweep(name: str) -> dict[str, Any]:
    """Do the sweep *name* in a thread of its own: the desk is synchronous, flows are not.

    Flows are ``async`` because a synchronous one spends a second on its heartbeat thread (Prefect 3.8.8).
    """
    return await asyncio.to_thread(swept, name)
