"""Flow: fire what is due. A second caller beside the ticker of ``duban serve``; both at once do no harm."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from prefect import flow

from duban.desk import due
from duban.opening import Settings, open_desk


def fire_once() -> dict[str, int]:
    """Fire what is due now and say how much it was."""
    desk = open_desk(Settings.of())
    try:
        return asdict(due.fire(desk))
    finally:
        desk.close()


# async: a synchronous flow spends a second on its heartbeat thread (facts: prefect 3.8.8)
@flow(name="deadline-sweep", log_prints=False)
async def sweep() -> dict[str, int]:
    """Fire what is due now."""
    return await asyncio.to_thread(fire_once)
