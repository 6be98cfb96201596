"""The only door for tasks/: how a handler is offered, what it is asked, what it may use, what it may answer.

A handler runs outside the engine and outside any transaction, at least once. ``call.key`` is the same at
every attempt: use it as the idempotency key of whatever you do in the world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a diagram wants done."""

    key: str
    """``case/task``: the same at every attempt."""
    operator: str
    parameters: Mapping[str, Any]
    case: int
    number: str
    kind: str
    element: str
    attempt: int
    """1 at the first attempt."""
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRepeat:
    """Effect: this case repeats an earlier one; both histories stay, the earlier one counts it."""

    of: str
    """Number of the earlier case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PurgeText:
    """Effect: destroy a referenced text, keep a stub that says so."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AppendWords:
    """Effect: add what was said to the case's verbatim archive."""

    words: str
    said_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueLetter:
    """Effect: a letter with a number of its own stands in the case's file."""

    letter: str
    title: str
    body: str
    to: str
    numbered: str
    way: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LockFinal:
    """Effect: the matter is final (条例 36): its petition is not accepted again on the same facts and reasons."""

    of: str
    """Number of the petition."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RaiseWeight:
    """Effect: a petition is weighty in the register from now on."""

    of: str
    """Number of the petition."""


Effect = LinkRepeat | PurgeText | AppendWords | IssueLetter | LockFinal | RaiseWeight


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """The call succeeded; *result* becomes the service task's result variable."""

    result: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The call ended in a BPMN error with *code*; an error boundary in the diagram decides what follows."""

    code: str
    message: str = ""


class Tools(Protocol):
    """What a handler may use."""

    def render(self, template: str, /, **values: Any) -> str:
        """Render templates/*template* with *values*."""
        ...

    def send(self, way: str, to: str, title: str, body: str, *, key: str) -> str:
        """Send through the world outside (``sms``, ``platform``, ``mail`` …); return its receipt, once per *key*."""
        ...

    def text(self, reference: Any) -> str:
        """Return the words behind a reference; a plain string is returned as it is."""
        ...

    def unit(self, code: str) -> Mapping[str, Any]:
        """Return the unit's name and contact data as in bureau.toml."""
        ...

    def setting(self, path: str) -> Any:
        """Return a setting of bureau.toml by dotted path."""
        ...

    def letter_number(self, letter: str) -> str:
        """Return the number of this case's letter *letter*, the same at every attempt."""
        ...

    def holders(self, role: str, unit: str | None = None) -> list[Mapping[str, Any]]:
        """Return who is here today and may act as *role* (in *unit*), substitutes included, by id; empty: nobody.

        Each is ``{"id", "name", "unit", "stands_for"}``; *stands_for* names the absent person, or is None.
        """
        ...

    def absent(self, person: str) -> Mapping[str, Any] | None:
        """Return ``{"from", "to", "substitute"}`` (ISO days, a person or None) while *person* is away, else None."""
        ...

    def working_day(self, on: date | str) -> bool:
        """Tell whether *on* is worked: a make-up Saturday is, a holiday is not."""
        ...

    def repeats(self) -> int:
        """Return how many later petitions were linked to this one as repeats of it."""
        ...

    def cases(
        self,
        kind: str,
        waits_at: str | None = None,
        ended: str | None = None,
        *,
        number: str | None = None,
        since: datetime | None = None,
    ) -> list[Mapping[str, Any]]:
        """Return the cases of *kind*, oldest first: those that wait at the element *waits_at*, or ended at *ended*.

        *number* asks for one case, *since* for those opened then or later: whatever grows for years is not read whole.

        Each is ``{"number", "opened_at", "ended_at", "end", "waits_at", "data"}``: ISO instants, the elements at which
        it waits, and its data with long texts as references. Shielded cases are seen only from shielded ones.
        """
        ...


Handler = Callable[[Call, Tools], Done | Failed]


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """A handler that tasks/ offers."""

    name: str
    handler: Handler


def service_task(name: str) -> Callable[[Handler], Handler]:
    """Offer the decorated function as the operator *name* (``letters/issue_notice``)."""

    def offer(handler: Handler) -> Handler:
        handler.__dict__["duban_operator"] = name
        return handler

    return offer


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """What a named deadline means for this case, now."""

    at: datetime | None
    """The instant at which its timer fires (the end of the last day); None: it does not apply and is never armed."""
    on: date | None
    """The last day on which the duty is met in time; None for limits in hours."""
    why: Mapping[str, Any]
    """Article or rule, what started it, the counting, rolls and exclusions, in words and figures."""


class Deadlines(Protocol):
    """Turns the name of a deadline into a time; pure, bound to calendar and limits by digest."""

    def resolve(self, name: str, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when the deadline *name* ends."""
        ...

    def warning(self, name: str, days: int, data: Mapping[str, Any], now: datetime) -> Resolved:
        """Return when to warn, *days* before the deadline *name* ends."""
        ...

    def reads(self, name: str) -> frozenset[str]:
        """Return the top-level keys of the data that the deadline *name* depends on: it moves when one is written."""
        ...
