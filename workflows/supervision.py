"""Flow: the inspectorate's daily check, on working days by the bureau's calendar."""

from __future__ import annotations

from typing import Any

from prefect import flow

from workflows import house

CRON = "30 7 * * *"
WHAT = "每日督察：未签收、久未动、临期、超期、多次退回；提示发到单位，清单发到督察。"


@flow(name="supervision", description=WHAT)
async def sweep() -> dict[str, Any]:
    """Look for what lies, prompt the units, list it for the inspectorate."""
    return await house.sweep("supervision")
