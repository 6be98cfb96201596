"""``duban flows``: a Prefect server on this machine and every flow on its schedule."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from duban.cli.house import settings
from duban.cli.options import BureauDir, DatabaseUrl

HOST = "127.0.0.1"
"""The server has no sign-in of its own: it is for whoever sits at this machine."""
PORT = 4200
KEPT = 14 * 24 * 3600
"""Seconds for which Prefect remembers a run; what it did stands in our own record."""
EVENTS_KEPT = "P3D"
AHEAD = 6
"""Runs of a flow that are planned ahead; each is a row in Prefect's database."""


def flows(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of Prefect's pages.")] = PORT,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
) -> None:
    """Run every flow by its schedule, with Prefect's pages on this machine, until Ctrl-C."""
    os.execve(sys.executable, command(), environment(port, bureau=bureau, database=database))  # noqa: S606  # ourselves


def command() -> list[str]:
    """Return what serves the flows; they are the bureau's, so this package never imports them."""
    return [sys.executable, "-m", "workflows.serve"]


def environment(port: int, *, bureau: Path | None, database: str | None) -> Mapping[str, str]:
    """Return the environment in which the flows run: ours, our folders, and a Prefect that looks nothing up outside."""
    from duban.bureau import find_folder

    known = settings(bureau, database)
    folder = find_folder(given=known.bureau, environment=None, start=Path.cwd())
    url = f"http://{HOST}:{port}"
    ours = {
        "DUBAN_DATABASE_URL": known.database_url,
        "DUBAN_BUREAU": str(folder),
        "DUBAN_VAR": str(known.var),
        # the bureau's folder first: its flows, wherever the command is called
        "PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH")))),
        "PREFECT_HOME": str(known.var.resolve() / "prefect"),
        "PREFECT_API_URL": f"{url}/api",
        "PREFECT_UI_API_URL": f"{url}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEPT),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": EVENTS_KEPT,
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": str(AHEAD),
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "2",
    }
    return {**os.environ, **ours}


class Served:
    """The flows beside ``duban run``: a process of their own, begun once the sample year has been lived.

    Its start takes half a minute of a processor: the first pages, and the year, go before it.
    """

    def __init__(self, ready: Callable[[], bool], *, again: float = 5.0) -> None:
        """*ready*: whether it may begin, asked every *again* seconds."""
        self._ready = ready
        self._again = again
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="duban-flows", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, bureau: Path | None, database: str | None) -> None:
        """Begin as soon as it may."""
        self._environment = environment(free_port(), bureau=bureau, database=database)
        self._thread.start()

    def stop(self, timeout: float = 20.0) -> None:
        """End the flows; what runs at the moment is left undone, and done by the next who looks."""
        self._stop.set()
        self._thread.join(timeout)
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _run(self) -> None:
        while not self._stop.wait(self._again):
            if self._ready():
                self._process = subprocess.Popen(command(), env=self._environment)  # noqa: S603  # our own command
                return


def free_port(wanted: int = PORT) -> int:
    """Return *wanted*, or any free port where another program has it."""
    for port in (wanted, 0):
        with socket.socket() as door:
            try:
                door.bind((HOST, port))
            except OSError:
                continue
            return int(door.getsockname()[1])
    raise OSError("no port is free")
