"""Serve the flows: a Prefect server on this machine, every flow on its schedule (``duban flows`` starts this).

What Prefect needs to know (its address, its folder, that it looks nothing up outside) stands in the environment
before this module is imported: ``duban/cli/flows.py`` writes it.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import IO

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from duban.desk import leases
from duban.desk.desk import Desk
from duban.opening import Settings, open_desk
from workflows import (
    callback_sampling,
    channel_fetch,
    deadline_sweep,
    history,
    hotspots,
    housekeeping,
    openings,
    outbox_sweep,
    supervision,
)

FLOWS: tuple[ModuleType, ...] = (
    deadline_sweep,
    outbox_sweep,
    supervision,
    callback_sampling,
    hotspots,
    channel_fetch,
    openings,
    housekeeping,
)
ZONE = "Asia/Shanghai"
AT_ONCE = 2
"""Runs at a time on this machine: each is a process of its own."""
PATIENCE = 180.0
"""Seconds that the server may take to start: its first start makes its database."""
GENTLY = 5
"""How much the pages go before the flows on a busy machine."""
RENEWED = 20.0
"""Seconds between two times that we say where the flows are to be seen."""


async def deployments() -> list[RunnerDeployment]:
    """Return every flow with its schedule; a run that would meet the one before it is left out."""
    return [
        await module.sweep.ato_deployment(
            name="duban",
            schedule=Cron(module.CRON, timezone=ZONE),
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            description=module.sweep.description,
            tags=["duban"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for module in FLOWS
    ]


async def serve(url: str) -> None:
    """Serve all flows until somebody stops us."""
    await history.prepare()
    runner = _Runner(name="duban", limit=AT_ONCE, pause_on_shutdown=False)
    for deployment in await deployments():
        await runner.aadd_deployment(deployment)
    say(f"The flows run by schedule: {url}")
    announcing = asyncio.create_task(_announce(url))
    try:
        await runner.start()
    finally:
        announcing.cancel()


class _Runner(Runner):
    """Prefect's runner, ended as everything else here: its own answer to SIGTERM forgets to wait (3.8.8)."""

    def handle_sigterm(self, *_args: object, **_kwargs: object) -> None:
        """End this process in good order."""
        _interrupted(signal.SIGTERM, None)


async def _announce(url: str) -> None:
    """Say in the record where the flows are to be seen, as long as they are."""
    while True:
        with suppress(Exception):  # the database may be away for a while; the flows go on
            await asyncio.to_thread(_with_desk, lambda desk: leases.announce(desk, url))
        await asyncio.sleep(RENEWED)


def _with_desk(job: Callable[[Desk], None]) -> None:
    desk = open_desk(Settings.of())
    try:
        job(desk)
    finally:
        desk.close()


@contextmanager
def server(url: str) -> Generator[None]:
    """Run a Prefect server at *url*, or join the one of this folder that answers there; stop the one we started."""
    if answers(url):
        yield
        return
    host, _, port = url.removeprefix("http://").rpartition(":")
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", port]
    with (home() / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603  # our own command
    try:
        _wait(url, process)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not answers(url):
        if process.poll() is not None or time.monotonic() > give_up:
            raise SystemExit(f"The Prefect server at {url} does not start; {home() / 'server.log'} says why.")
        time.sleep(0.5)


def answers(url: str) -> bool:
    """Tell whether a Prefect server is healthy at *url*."""
    try:
        with urllib.request.urlopen(f"{url}/api/health", timeout=5) as answer:  # noqa: S310  # http on loopback
            return bool(answer.status == 200)  # noqa: PLR2004  # OK
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def alone() -> Generator[None]:
    """Let one process per folder serve the flows; the kernel lets go of the lock when it dies."""
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "lock").open("a") as lock:
        if not _locked(lock):
            raise SystemExit(f"The flows of {home()} are being served by another process already.")
        yield


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def home() -> Path:
    """Return the folder in which Prefect keeps what is its own."""
    return Path(os.environ["PREFECT_HOME"])


def say(text: str) -> None:
    """Talk to the operator."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # this is where talk goes out


def _interrupted(_signal: int, _frame: object) -> None:
    """End in good order; a second signal, from an impatient hand or from our parent, does not cut that short."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(serving: Callable[[str], Awaitable[None]] = serve) -> None:
    """Serve until SIGINT or SIGTERM."""
    url = os.environ["PREFECT_API_URL"].removesuffix("/api")
    os.nice(GENTLY)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    with suppress(KeyboardInterrupt), alone(), server(url):
        try:
            asyncio.run(_run(serving, url))
        finally:
            with suppress(Exception):
                _with_desk(lambda desk: leases.withdraw(desk, url))
    say("The flows have stopped.")


async def _run(serving: Callable[[str], Awaitable[None]], url: str) -> None:
    await serving(url)


if __name__ == "__main__":
    main()
