"""Virtual time: a clock that stands until it is moved, and a desk that comes to rest wherever it stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from duban.desk import calls, due
from duban.desk.desk import Desk
from duban.model.clock import aware

SWEEPS = 200
"""More sweeps than a bureau at rest needs; one that takes more goes round in circles."""


class MovableClock:
    """A clock that stands until it is moved; what falls due on the way happens on the way, in order."""

    def __init__(self, at: datetime) -> None:
        """*at*: where it stands first."""
        self._now = aware(at)
        self._next: Callable[[], datetime | None] = lambda: None
        self._work: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """Return where it stands."""
        return self._now

    def attend(self, when: Callable[[], datetime | None], what: Callable[[], None]) -> None:
        """Do *what* wherever the clock stops, and stop wherever *when* says that something waits."""
        self._next, self._work = when, what

    def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward by so much, stopping at everything that is due before."""
        self.to(self._now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def to(self, at: datetime | str) -> None:
        """Move forward to *at* (an ISO instant may be given), stopping at everything that is due before."""
        end = aware(datetime.fromisoformat(at) if isinstance(at, str) else at)
        assert end >= self._now, f"time does not run back from {self._now} to {end}"  # noqa: S101
        sweeps = 0
        while (stop := self._next()) is not None and stop <= end:
            sweeps = 0 if stop > self._now else sweeps + 1
            assert sweeps < SWEEPS, f"what is due at {stop.isoformat()} is never done"  # noqa: S101
            self._now = max(stop, self._now)
            self._work()
        self._now = end
        self._work()

    def jump(self, *, days: float = 0, hours: float = 0) -> None:
        """Move forward at one leap, as when the house slept: what fell due meanwhile is noticed late."""
        self._now += timedelta(days=days, hours=hours)
        self._work()


Fresh = Callable[[MovableClock, Mapping[str, Any]], Desk]
"""Opens a desk on an empty record that knows the bureau's people, some settings changed by dotted path."""


def settle(desk: Desk) -> due.Fired:
    """Fire what is due and run what the outbox wants, until nothing is left to do now; return what fired."""
    total = due.Fired()
    for _ in range(SWEEPS):
        if (at := next_at(desk)) is None or at > desk.now():
            return total
        fired = due.fire(desk)
        ran = calls.run(desk)
        total += fired
        if not (fired.cases or ran.done or ran.messages):
            return total
    raise AssertionError("the bureau does not come to rest: calls or timers go round in circles")


def next_at(desk: Desk) -> datetime | None:
    """Return when something happens by itself."""
    times = desk.store.read(lambda record: (record.due.next_at(), record.outbox.next_at()))
    return min((at for at in times if at is not None), default=None)
