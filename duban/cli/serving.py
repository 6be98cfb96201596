"""``duban serve`` and ``duban run``: the web, the ticker and the outbox in one process."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.cli.house import opened, settings
from duban.cli.options import BureauDir, DatabaseUrl, Json
from duban.cli.output import say, show_json
from duban.cli.port import listen

if TYPE_CHECKING:
    import socket

    from duban.cli.background import SampleYear
    from duban.desk.desk import Desk

Host = Annotated[
    str, typer.Option(help="Address to serve on; pages go to the loopback interface only until sign-in exists.")
]
Port = Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="Port to serve on; 0 takes a free one.")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    web: Annotated[bool, typer.Option("--web/--no-web", help="Serve pages, or only fire timers and run calls.")] = True,
    once: Annotated[bool, typer.Option("--once", help="Without pages: do what waits now, then end.")] = False,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Serve the pages, fire what is due and run what the outbox wants, until Ctrl-C."""
    from duban.desk.clockwork import Clockwork

    socket = listen(host, port) if web and not once else None
    with opened(bureau, database) as desk:
        if once:
            _sweep(desk, as_json=as_json)
            return
        clockwork = Clockwork(desk)
        clockwork.start()
        try:
            if socket is None:
                _wait()
            else:
                _serve(desk, socket, host, None, as_json=as_json)
        finally:
            clockwork.stop()
    say("Stopped.")


def run(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    flows: Annotated[bool, typer.Option("--flows/--no-flows", help="Run the flows by schedule beside it.")] = True,
    bureau: BureauDir = None,
    database: DatabaseUrl = None,
) -> None:
    """Make the database, serve at once, live the sample year in the background (make run)."""
    from duban.cli.background import SampleYear
    from duban.cli.flows import Served
    from duban.desk import sample
    from duban.opening import deploy

    socket = listen(host, port)
    with opened(bureau, database) as desk:
        deploy(desk)
        year = SampleYear(desk)
        year.start()
        served = Served(lambda: sample.is_loaded(desk))
        if flows:
            served.start(bureau=bureau, database=database)
        try:
            _serve(desk, socket, host, year)
        finally:
            served.stop()
            year.stop()
    say("Stopped.")


SWITCH = 0.0005
"""Seconds for which a busy thread keeps the interpreter when another wants it: a page asks the database a dozen times,
and after each answer it would wait for ticker and outbox, 5 ms each (Python's own figure)."""


def _serve(desk: Desk, socket: socket.socket, host: str, year: SampleYear | None, *, as_json: bool = False) -> None:
    """Serve the pages until somebody stops us."""
    sys.setswitchinterval(SWITCH)
    from uvicorn.config import Config
    from uvicorn.importer import import_from_string

    from duban.cli.server import Server

    # by name: the command line and the web are siblings and never import each other (design.md)
    create_app = import_from_string("duban.web.app:create_app")
    app = create_app(desk, host=host, secret=_secret(), loading=year)
    shown = f"http://{f'[{host}]' if ':' in host else host}:{socket.getsockname()[1]}"
    config = Config(app, lifespan="off", log_level="warning", access_log=False, timeout_graceful_shutdown=5)

    def ready() -> None:
        if as_json:
            show_json({"url": shown})
        say(f"Duban is open: {shown}  (Ctrl-C stops it)")

    Server(config, ready=ready).run(sockets=[socket])


def _sweep(desk: Desk, *, as_json: bool) -> None:
    """Fire what is due and run what the outbox wants until nothing waits."""
    from duban.desk import calls, due

    timers = done = failed = 0
    while True:
        fired, ran = due.fire(desk), calls.run(desk)
        timers, done, failed = timers + fired.timers, done + ran.done + ran.messages, failed + fired.failed + ran.failed
        if not (fired.cases or ran.done or ran.messages or ran.failed):
            break
    if as_json:
        show_json({"timers": timers, "done": done, "failed": failed})
        return
    say(f"{timers} timers fired, {done} calls and messages done, {failed} failed (duban incident list).")


def _wait() -> None:
    """Wait until somebody stops us."""
    from duban.cli.server import stopping

    done = threading.Event()
    with stopping(done.set):
        say("Firing timers and running calls; Ctrl-C stops it.")
        done.wait()


def _secret() -> bytes:
    """Return the secret that signs sessions; it is kept, so that a restart signs nobody out."""
    import secrets

    file = settings(None, None).var / "web.key"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_once(file, secrets.token_bytes(32))
    return file.read_bytes()


def _write_once(file: Path, data: bytes) -> None:
    """Write a file that only its owner may read; somebody who was first wins."""
    import os

    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as out:
        out.write(data)
