"""Fetching: petitions that other systems lay into the channels' folders are imported, and the files put aside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duban.bureau.table import nearest
from duban.desk import imports
from duban.desk.desk import Desk
from duban.desk.imports import Report
from duban.desk.inbox import BUSINESS, DONE, READABLE, REFUSED, alone, inbox, put_aside, waiting
from duban.errors import Refused
from duban.model.people import SYSTEM


def fetch(desk: Desk) -> Mapping[str, Any]:
    """Import every file that waits in a channel's folder; each row once, whoever lays it down again."""
    total, files, refused = Report(), 0, 0
    with alone(desk, "channels") as mine:
        for channel, path in _waiting(desk) if mine else ():
            try:
                total += _import(desk, channel, path)
                files += 1
            except Refused as error:
                put_aside(desk, path, REFUSED, str(error))
                refused += 1
    rows = {"rows": total.rows, "accepted": total.accepted, "repeat": total.repeat, "known": total.known}
    return {"files": files, "files_refused": refused, **rows, "rows_refused": total.refused, **_strange(desk)}


def preview(desk: Desk) -> Mapping[str, Any]:
    """Say which files wait, and import none."""
    return {"files": [f"{channel}/{path.name}" for channel, path in _waiting(desk)], **_strange(desk)}


def _import(desk: Desk, channel: str, path: Path) -> Report:
    if path.suffix not in READABLE:
        raise Refused(f"{path.name} is none of {', '.join(sorted(READABLE))}; lay such a file into {path.parent}")
    report = imports.import_file(desk, path, channel=channel, actor=SYSTEM)
    if report.refused_file:
        put_aside(desk, Path(report.refused_file), REFUSED)
    put_aside(desk, path, DONE)
    return report


def _waiting(desk: Desk) -> list[tuple[str, Path]]:
    return [
        (code, path)
        for code in desk.bureau.settings.channels
        for path in waiting(desk, inbox(desk) / code)
        if not path.name.endswith(".refused.csv")
    ]


def _strange(desk: Desk) -> Mapping[str, Any]:
    """Name the folders that belong to no channel: somebody waits for an answer to what lies there."""
    channels = desk.bureau.settings.channels
    folders = sorted(path.name for path in inbox(desk).glob("*/") if path.is_dir())
    strange = [
        f"{name} is no channel{nearest(name, channels)}" for name in folders if name not in {*channels, BUSINESS}
    ]
    return {"strange": strange} if strange else {}
