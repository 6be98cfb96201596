"""The flows are really served: a server of our own, every flow on its schedule, runs that appear and finish.

With SQLAlchemy 2.1 the server starts, looks healthy and never plans a run; with FastAPI 0.165 every run fails. So
one test sees a planned run finish (see the caps in pyproject.toml).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from duban.cli.flows import command, environment, free_port
from duban.desk import leases
from duban.opening import Settings, open_desk, prepare

PATIENCE = 240.0
"""Seconds after which the flows are taken for broken: the first start makes Prefect's database, on a shared machine."""
SOON = """
import asyncio, sys
from workflows import deadline_sweep, serve
from prefect.schedules import Interval
from datetime import timedelta
serve.FLOWS = (deadline_sweep,)
serve.Cron = lambda text, timezone: Interval(timedelta(seconds=15), timezone=timezone)
serve.main()
"""
"""The flows as they are served, one of them every quarter of a minute."""


def test_a_planned_run_appears_and_finishes(tmp_path: Path) -> None:
    """Server, schedule, run, result: then the page is linked; and SIGTERM ends it all."""
    url = f"sqlite:///{tmp_path}/duban.db"
    settings = Settings(database_url=url, var=tmp_path)
    desk = open_desk(settings)
    prepare(desk)
    port = free_port(0)
    known = {
        **environment(port, bureau=None, database=url),
        "DUBAN_VAR": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "p"),
    }
    with _served([sys.executable, "-c", SOON], known) as process:
        run = _finished(f"http://127.0.0.1:{port}/api")
        linked = leases.flows_at(desk)
        ended = _ended(process)
    dead = leases.flows_at(desk)
    desk.close()

    assert (run["state_type"], run["state_name"], run["auto_scheduled"]) == ("COMPLETED", "Completed", True)
    assert (linked, dead) == (f"http://127.0.0.1:{port}", None)
    assert ended == 0
    assert not _answers(f"http://127.0.0.1:{port}/api/health")


@contextmanager
def _served(what: list[str], known: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(what, env=dict(known), stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ended(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(60)


def _finished(api: str) -> dict[str, Any]:
    """Wait until a run that the schedule planned has finished."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        for run in _runs(api):
            if run["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}:
                return run
        time.sleep(1)  # another process's doing: nothing here can wait for it
    raise AssertionError("no planned run has finished")


def _runs(api: str) -> list[dict[str, Any]]:
    asked = urllib.request.Request(
        f"{api}/flow_runs/filter", data=b"{}", headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found
    except (urllib.error.URLError, OSError):
        return []


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def test_nothing_is_looked_up_outside() -> None:
    """A police network has no way out, and what runs in it is nobody's business."""
    known = environment(4200, bureau=None, database=None)

    assert (known["PREFECT_SERVER_ANALYTICS_ENABLED"], known["DO_NOT_TRACK"]) == ("false", "1")
    assert known["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
    assert command() == [sys.executable, "-m", "workflows.serve"]
