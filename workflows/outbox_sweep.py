"""Flow: run what the outbox wants. A second caller beside the loop of ``duban serve``; both at once do no harm."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from prefect import flow

from duban.desk import calls
from duban.opening import Settings, open_desk


def run_once() -> dict[str, int]:
    """Run the calls and messages whose time has come and say how many they were."""
    desk = open_desk(Settings.of())
    try:
        return asdict(calls.run(desk))
    finally:
        desk.close()


# async: a synchronous flow spends a second on its heartbeat thread (facts: prefect 3.8.8)
@flow(name="outbox-sweep", log_prints=False)
async def sweep() -> dict[str, int]:
    """Run the calls and messages whose time has come."""
    return await asyncio.to_thread(run_once)
