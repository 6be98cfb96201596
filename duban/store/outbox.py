"""The outbox: calls to be run and messages to be delivered after the commit that wanted them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from duban.model.calls import CallWanted


class Status(StrEnum):
    """Where an entry of the outbox stands; a done one is gone (its fact stands in the journal)."""

    WAITING = "waiting"
    RUNNING = "running"
    """Held under a lease; when the lease ends it waits again."""
    FAILED = "failed"
    """Given up; an incident stands for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued(CallWanted):
    """A call in the outbox."""

    case: int
    number: str
    kind: str
    attempts: int
    """How many attempts have begun."""
    next_at: datetime | None
    """Not before this instant is it (again) run; None for a failed one."""
    status: Status
    error: str | None
    wanted_at: datetime

    @property
    def key(self) -> str:
        """Return the idempotency key: the same at every attempt."""
        return f"{self.case}/{self.task}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterbox:
    """A message on its way from one case to others."""

    id: str
    """``case/fact``: given by the journal, the same for ever."""
    case: int
    """The case that threw it."""
    task: int
    element: str
    name: str
    payload: Mapping[str, Any]
    correlation: Mapping[str, Any]
    thrown_at: datetime
    attempts: int
    status: Status
    error: str | None


class Outbox:
    """Calls and messages; added by ``unit.save`` from what the engine wanted and threw."""

    def claim(self, now: datetime, *, limit: int, holder: str, until: datetime) -> list[Queued]:
        """Take up to *limit* calls whose time has come, for *holder* alone until *until*; their attempts grow by one."""
        raise NotImplementedError

    def get(self, case: int, task: int) -> Queued | None:
        """Return the call, or None when nobody waits for it any more."""
        raise NotImplementedError

    def done(self, case: int, task: int) -> bool:
        """Take the call out of the outbox, in the transaction that delivers its answer; False: it was gone."""
        raise NotImplementedError

    def again(
        self, case: int, task: int, *, at: datetime, error: str | None = None, attempts: int | None = None
    ) -> None:
        """Run the call again at *at*, keeping the error of the last attempt; *attempts* sets the count anew."""
        raise NotImplementedError

    def give_up(self, case: int, task: int, *, error: str) -> None:
        """Try the call no more; a person decides."""
        raise NotImplementedError

    def list_(self, *, case: int | None = None, status: Status | None = None, limit: int = 100) -> list[Queued]:
        """Return calls in the order in which they were wanted."""
        raise NotImplementedError

    def next_at(self) -> datetime | None:
        """Return when the next claim (of calls or messages) can find something, or None."""
        raise NotImplementedError

    def claim_messages(self, now: datetime, *, limit: int, holder: str, until: datetime) -> list[Letterbox]:
        """Take up to *limit* messages, oldest first, for *holder* alone until *until*."""
        raise NotImplementedError

    def message_done(self, id: str) -> bool:  # noqa: A002
        """Take the message out, in the transaction that delivers it; False: it was gone."""
        raise NotImplementedError

    def message_again(self, id: str, *, at: datetime | None, error: str) -> None:  # noqa: A002
        """Deliver the message later; *at* None gives it up."""
        raise NotImplementedError

    def first_time(self, case: int, id: str, *, at: datetime) -> bool:  # noqa: A002
        """Remember that message *id* reached *case*; False: it had before, deliver it no second time."""
        raise NotImplementedError
