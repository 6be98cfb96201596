"""Posts: who somebody is, and the unit that carries his duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Tools

LEADERS = "LD"
"""The unit of all leaders of the bureau; each has a post besides (L1 to L7)."""


def person_of(tools: Tools, who: str) -> Mapping[str, Any]:
    """Return somebody's name and post: the unit that carries his duties."""
    row = next((row for row in tools.setting("people") if row["id"] == who), None)
    if row is None:
        return {"id": who, "name": who, "post": LEADERS}
    units = [str(post).partition("/")[0] for post in row["posts"]]
    return {"id": who, "name": row["name"], "post": next((unit for unit in units if unit != LEADERS), LEADERS)}
