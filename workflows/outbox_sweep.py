"""Flow: run what the outbox wants. A second caller beside the loop of ``duban serve``; both at once do no harm."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "2-59/5 * * * *"
WHAT = "待发事项：等候和重试的发信、通知、消息在这里发出（与服务器自带的循环互为备份）。"


@flow(name="outbox-sweep", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Run the calls and messages whose time has come."""
    return await house.sweep("outbox")
