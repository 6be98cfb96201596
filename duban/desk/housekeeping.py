"""Housekeeping: what need not be kept is cleared away at night; the record of the cases is never touched here.

Files that were imported hold names and phone numbers that stand, better guarded, in the record: they go after a while.
Prefect's own history is bounded by its vacuum (``duban flows`` sets it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from duban.desk.desk import Desk
from duban.desk.inbox import old
from duban.errors import OutsideError

USUAL: Mapping[str, int] = MappingProxyType({"inbox_days": 90})
"""``[housekeeping]`` of bureau.toml says otherwise: days for which files that were taken stay beside the inbox."""


def clear(desk: Desk) -> Mapping[str, Any]:
    """Delete the files that were taken long ago."""
    files = _old(desk)
    try:
        for path in files:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutsideError(f"cannot delete {error.filename}: {error}; make the folder writable") from error
    return {"files": len(files)}


def preview(desk: Desk) -> Mapping[str, Any]:
    """Say what would be deleted, and delete nothing."""
    return {"files": [str(path) for path in _old(desk)]}


def _old(desk: Desk) -> list[Path]:
    days = {**USUAL, **desk.bureau.settings.raw.get("housekeeping", {})}["inbox_days"]
    return old(desk, desk.now() - timedelta(days=days))
