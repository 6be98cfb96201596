"""The web server: says when it is ready, and stops cleanly on Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from uvicorn import Config
from uvicorn import Server as UvicornServer

if TYPE_CHECKING:
    import socket

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(UvicornServer):
    """Uvicorn that leaves the process to us once it has stopped serving.

    Uvicorn raises the signal again after its shutdown, which would kill the process before the ticker and the outbox
    have ended their step.
    """

    def __init__(self, config: Config, *, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop serving on a signal; a second one does not wait for open requests."""
        with stopping(self._stop):
            yield

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


@contextmanager
def stopping(stop: Callable[[], object]) -> Generator[None, None, None]:
    """Call *stop* when somebody wants this process to end."""

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
