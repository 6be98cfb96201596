"""Prefect's own history: what it must forget, and what it must not believe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture

SILENT = timedelta(seconds=90)
"""A run that has given no sign for so long has died with its process (it gives one every 30 seconds)."""
AUTOMATION = "duban-dead-runs"
_ALIVE = "prefect.flow-run.heartbeat"
_OVER = ("Completed", "Failed", "Cancelled", "Crashed")
_PART = 200


async def prepare() -> None:
    """Drop the ticks that were missed, and have dead runs told."""
    await drop_missed()
    await tell_the_dead()


async def drop_missed() -> int:
    """Delete scheduled runs whose time has passed: what is due is made good by the next run, not by replaying ticks."""
    missed = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": datetime.now(UTC)}),
    )
    dropped = 0
    async with get_client() as client:
        while runs := await client.read_flow_runs(flow_run_filter=missed, limit=_PART):
            for run in runs:
                await client.delete_flow_run(run.id)
            dropped += len(runs)
    return dropped


async def tell_the_dead() -> None:
    """Have runs whose process was killed marked as crashed, else they would count as running for ever."""
    wanted = Automation(
        name=AUTOMATION,
        description="一次运行的进程被杀死后，不再有心跳：标为崩溃，下一次照常进行。",
        trigger=EventTrigger(
            after={_ALIVE},
            expect={_ALIVE, *(f"prefect.flow-run.{state}" for state in _OVER)},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENT,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message="进程已不在", force=False)],
    )
    async with get_client() as client:
        for known in await client.read_automations_by_name(AUTOMATION):
            await client.delete_automation(known.id)
    await wanted.acreate()
