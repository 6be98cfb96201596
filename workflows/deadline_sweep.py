"""Flow: fire what is due. A second caller beside the ticker of ``duban serve``; both at once do no harm."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "*/5 * * * *"
WHAT = "期限到点：到期、预警的时限在这里触发（与服务器自带的钟互为备份）。"


@flow(name="deadline-sweep", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Fire what is due now, in shards."""
    return await house.sweep("deadline")
