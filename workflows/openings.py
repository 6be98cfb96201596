"""Flow: open what the working calendar says is due today. A second caller beside the ticker of ``duban serve``."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "0 6 * * *"
WHAT = "按期启动：清零会、恳谈会、感知点巡查、季度研判等按工作日历到期启动。"


@flow(name="openings", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Open what is due today."""
    return await house.sweep("openings")
