"""Clockwork: the ticker and the outbox loop that run inside ``duban serve``."""

from __future__ import annotations

from duban.desk.desk import Desk


class Clockwork:
    """Two threads: one fires what is due, one runs calls and messages; each under a lease."""

    def __init__(self, desk: Desk, *, every: float = 1.0) -> None:
        """*every*: seconds between two looks when there was nothing to do."""
        self.desk = desk
        self.every = every

    def start(self) -> None:
        """Start both loops."""
        raise NotImplementedError

    def stop(self, timeout: float = 10.0) -> None:
        """Ask both loops to end and wait for them, at most *timeout* seconds."""
        raise NotImplementedError
