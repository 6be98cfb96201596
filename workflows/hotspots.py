"""Flow: topics that come back more often than they used to are offered as campaigns."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "0 6 * * *"
WHAT = "热点：同类问题明显多于往常的，提出专项治理建议，每个专题一次。"


@flow(name="hotspots", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Look for topics that come back too often."""
    return await house.sweep("hotspots")
