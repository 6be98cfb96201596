"""Campaigns: a recurring topic is tackled as a whole; the notice that goes out, and what the figures say afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from duban.api import Call, Done, Tools, service_task
from tasks.inside import to_units

DAYS = 28
"""Days that are measured before and after: four whole weeks, so that every weekday counts alike (F26)."""
YEAR = timedelta(weeks=52)
"""The same weeks of the year before, weekday for weekday."""


@service_task("campaigns/announce")
def announce(call: Call, tools: Tools) -> Done:
    """Send the notice with its lists to every unit that has a task (L34)."""
    asked = call.parameters
    values = {**asked, "scope": tools.text(asked["scope"]), "tasks": [_task(tools, task) for task in asked["tasks"]]}
    return to_units(call, tools, "L34", [str(unit) for unit in asked["units"]], values, {})


def _task(tools: Tools, task: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**task, "name": tools.unit(str(task["unit"]))["name"]}


@service_task("campaigns/measure")
def measure(call: Call, tools: Tools) -> Done:
    """Count the topic's items in the four weeks before, and in the same weeks a year before."""
    asked = call.parameters
    until = datetime.fromisoformat(str(asked["until"]))
    return Done(result=_measured(tools, str(asked["topic"]), until - timedelta(days=DAYS)))


@service_task("campaigns/compare")
def compare(call: Call, tools: Tools) -> Done:
    """Count the four weeks after, and say how much the daily mean has changed, with its uncertainty."""
    asked = call.parameters
    before: Mapping[str, Any] = asked["baseline"]
    after = _measured(tools, str(asked["topic"]), datetime.fromisoformat(str(asked["since"])))
    change = after["daily"] - before["daily"]
    # counts of rare events: the variance of a count is the count, of a daily mean the count over the days squared
    margin = 1.96 * sqrt(before["count"] + after["count"]) / DAYS
    result = {
        **after,
        "before": before["daily"],
        "change": round(change, 2),
        "low": round(change - margin, 2),
        "high": round(change + margin, 2),
        "change_last_year": round(after["last_year"] - before["last_year"], 2),
    }
    return Done(result=result)


def _measured(tools: Tools, topic: str, since: datetime) -> dict[str, Any]:
    """Return count and daily mean from *since*, and the daily mean a year earlier."""
    known = tools.cases("petition", since=since - YEAR)
    arrived = [_arrived(case) for case in known if _matter(case) == topic]
    count = _within(arrived, since)
    earlier = _within(arrived, since - YEAR)
    return {"count": count, "daily": round(count / DAYS, 2), "last_year": round(earlier / DAYS, 2)}


def _within(arrived: list[datetime], since: datetime) -> int:
    return sum(since <= at < since + timedelta(days=DAYS) for at in arrived)


def _matter(case: Mapping[str, Any]) -> Any:
    return case["data"].get("register", {}).get("matter")


def _arrived(case: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(case["opened_at"]))
