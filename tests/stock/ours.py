"""The engine of this house behind the same face as :mod:`tests.stock.stock`, saved and loaded at every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from duban.api import Deadlines
from duban.engine import process
from duban.engine.parse import parse
from duban.model.calls import Answer, BusinessError, Message, Signal
from duban.model.definition import Definition
from duban.model.outcome import Outcome
from tests.differential.times import PlainDeadlines
from tests.stock.stock import NOON


class Ours:
    """One case on the engine of this house."""

    deadlines: Deadlines = PlainDeadlines()

    def __init__(self, files: Mapping[str, bytes] | Definition, **data: Any) -> None:
        self.definition = files if isinstance(files, Definition) else parse(files, "main")
        self.now = NOON
        self.keep(process.start(self.definition, data, now=self.now, deadlines=self.deadlines))

    def keep(self, outcome: Outcome) -> None:
        """Remember the state as bytes."""
        self.state = outcome.state
        self.ends = outcome.ended
        self.outcome = outcome

    def look(self, task: int | None = None) -> process.View:
        """Look at the case."""
        return process.look(self.definition, self.state, task)

    @property
    def open(self) -> list[str]:
        """Names of the open user tasks, sorted."""
        return sorted(work.element for work in self.look().work)

    @property
    def ended(self) -> bool:
        """Tell whether the case is over."""
        return self.ends is not None

    @property
    def data(self) -> dict[str, Any]:
        """What the case knows."""
        return dict(self.look().data)

    @property
    def incidents(self) -> list[str]:
        """Reasons of the open incidents."""
        return sorted(incident.reason for incident in self.look().incidents)

    @property
    def calls(self) -> list[str]:
        """Elements whose calls are wanted."""
        return sorted(call.element for call in self.look().calls)

    def task(self, name: str, nth: int = 0) -> int:
        """Return the nth open user task called *name*."""
        return [work.task for work in self.look().work if work.element == name][nth]

    def sees(self, name: str, nth: int = 0) -> dict[str, Any]:
        """Return the data that the nth open user task called *name* sees."""
        return dict(self.look(self.task(name, nth)).data)

    def complete(self, name: str, nth: int = 0, **data: Any) -> None:
        """Complete the nth open user task called *name*."""
        task = self.task(name, nth)
        self.keep(process.complete(self.definition, self.state, task, data, now=self.now, deadlines=self.deadlines))

    def deliver(self, delivery: Answer | BusinessError | Message | Signal) -> None:
        """Deliver something."""
        self.keep(process.deliver(self.definition, self.state, delivery, now=self.now, deadlines=self.deadlines))

    def signal(self, name: str) -> None:
        """Send a signal."""
        self.deliver(Signal(name=name))

    def message(self, name: str, **payload: Any) -> None:
        """Send a message; its correlation stands in the payload."""
        self.deliver(Message(name=name, payload=payload))

    def later(self, hours: float) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)
        self.keep(process.tick(self.definition, self.state, now=self.now, deadlines=self.deadlines))
