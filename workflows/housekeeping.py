"""Flow: clear away what need not be kept; the flows' own history is bounded by Prefect's vacuum."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "30 2 * * *"
WHAT = "清理：过期的收件夹存档等按保存期限清理；不动案卷。"


@flow(name="housekeeping", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Clear away what need not be kept."""
    return await house.sweep("housekeeping")
