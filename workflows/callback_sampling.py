"""Flow: hand the business of the day to the callback centre, which draws its sample by table."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "0 20 * * *"
WHAT = "回访抽样：把当天办结的业务交回访中心，由抽样办法决定问谁、怎么问。"


@flow(name="callback-sampling", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Hand what other systems have done to the callback centre."""
    return await house.sweep("sampling")
