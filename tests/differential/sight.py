"""What is seen of a case from outside: the same picture from the interpreter and from the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from duban.engine.kernel.workflow import Case
from duban.engine.process import View
from duban.engine.view import view_of
from duban.model.outcome import Outcome
from tests.differential.interpreter import Interpreter
from tests.differential.opens import Open, Thrown, fingerprint

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Place: TypeAlias = tuple[str, str]
"""Path and element."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Everything that can happen next, and what is known where it can, in a fixed order."""

    work: list[tuple[Place, Mapping[str, Any]]]
    calls: list[tuple[Place, Mapping[str, Any]]]
    """With what the waiting token knows."""
    timers: list[tuple[Place, int]]
    waits: list[tuple[Place, str, Mapping[str, Any]]]
    """Messages and signals: place, name, correlation."""
    clashes: list[tuple[str, list[tuple[str, ...]]]]
    """Path of the scope and the paths in the data."""
    failed: list[Place]
    ended: tuple[str, ...] | None

    def difference(self, other: Sight) -> str:
        """Say where *other* is not the same."""
        for part in fields(self):
            wanted, got = getattr(self, part.name), getattr(other, part.name)
            if wanted != got:
                return f"{part.name}: {told(wanted, got)}"
        return ""


def told(wanted: Any, got: Any) -> str:
    """Return the first difference of two values in words."""
    if isinstance(wanted, list) and isinstance(got, list):
        missing = without(wanted, got)
        extra = without(got, wanted)
        if len(missing) == len(extra) == 1 and missing[0][0] == extra[0][0] and isinstance(missing[0][1], dict):
            return f"{missing[0][0]}: {parts(missing[0][1], extra[0][1])}"
        return f"missing {missing[:3]}, too many {extra[:3]}" if missing or extra else "another order"
    return f"wanted {wanted}, got {got}"


def without(entries: list[Any], others: list[Any]) -> list[Any]:
    """Return the entries that the others have not, each as often as they have it less often."""
    left = list(others)
    return [entry for entry in entries if entry not in left or left.remove(entry)]  # type: ignore[func-returns-value]


def parts(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> str:
    """Return where two mappings differ."""
    gone = "nothing"
    return "; ".join(
        f"{key}: wanted {wanted.get(key, gone)}, got {got.get(key, gone)}"
        for key in {**wanted, **got}
        if wanted.get(key, gone) != got.get(key, gone)
    )


# -- the interpreter --------------------------------------------------------------------------------------


def expected(case: Interpreter) -> Sight:
    """Return what the interpreter sees."""
    return Sight(
        work=sorted(((at(e), e.token.sees) for e in case.live("work")), key=first),
        calls=sorted(((at(e), e.token.sees) for e in case.live("call")), key=first),
        timers=sorted((at(e), e.due) for e in case.live("timer")),
        waits=sorted(((at(e), e.name, e.keys) for e in case.live("message", "signal")), key=first),
        clashes=sorted((e.path, sorted({c.path for c in e.clashes})) for e in case.live("clash")),
        failed=sorted(at(e) for e in case.live("failed")),
        ended=tuple(case.ends) if case.final is not None else None,
    )


def at(entry: Open) -> Place:
    """Return where an entry is."""
    return entry.path, entry.element


def first(entry: tuple[Any, ...]) -> Any:
    """Return the place of an entry and what is known there."""
    return entry[0], fingerprint(entry[-1])


# -- the engine -------------------------------------------------------------------------------------------


def seen(view: View, case: Case, ended: tuple[str, ...] | None) -> Sight:
    """Return what the engine shows."""

    def data(task: int) -> Mapping[str, Any]:
        return view_of(case, task).data

    clashes = [incident for incident in view.incidents if incident.reason == "merge_conflict"]
    return Sight(
        work=sorted((((w.scope, w.element), data(w.task)) for w in view.work), key=first),
        calls=sorted((((c.scope, c.element), data(c.task)) for c in view.calls), key=first),
        timers=sorted(((d.scope, d.element), seconds(d.at)) for d in view.dues),
        waits=sorted((((w.scope, w.element), w.name, w.correlation) for w in view.waits), key=first),
        clashes=sorted((i.scope, sorted({tuple(path["path"]) for path in i.detail["paths"]})) for i in clashes),
        failed=sorted((i.scope, i.element) for i in view.incidents if i.reason == "error"),
        ended=ended,
    )


def seconds(instant: datetime) -> int:
    """Return an instant as seconds since the start of the case."""
    return int((instant - START).total_seconds())


def instant(since: int) -> datetime:
    """Return the instant that many seconds after the start of the case."""
    return START + timedelta(seconds=since)


def messages(thrown: Iterable[Thrown]) -> list[Any]:
    """Return thrown messages in a fixed order."""
    return sorted(
        ((t.path, t.element), t.name, sorted(t.payload.items()), sorted(t.correlation.items())) for t in thrown
    )


def told_messages(outcome: Outcome) -> list[Any]:
    """Return the messages that a step threw, in the same order."""
    return sorted(
        ((t.scope, t.element), t.name, sorted(t.payload.items()), sorted(t.correlation.items())) for t in outcome.thrown
    )


class Tally:
    """Adds up outcomes as the house does, to be compared with what the state itself shows."""

    def __init__(self) -> None:
        self.work: dict[int, Any] = {}
        self.calls: dict[int, Any] = {}
        self.dues: dict[int, Any] = {}
        self.incidents: dict[int, Any] = {}

    def add(self, outcome: Outcome) -> None:
        """Take in one step."""
        for kept, gone, come in (
            (self.work, outcome.closed, outcome.opened),
            (self.calls, outcome.uncalled, outcome.calls),
            (self.dues, outcome.disarmed, outcome.armed),
            (self.incidents, outcome.settled, outcome.incidents),
        ):
            for task in gone:
                del kept[task]
            kept.update({entry.task: entry for entry in come})

    def difference(self, view: View) -> str:
        """Say where the sum of the outcomes is not what the state shows."""
        for name in ("work", "calls", "dues", "incidents"):
            summed = set(getattr(self, name))
            shown = {entry.task for entry in getattr(view, name)}
            if summed != shown:
                return f"outcomes add up to {name} {sorted(summed)}, the state shows {sorted(shown)}"
        return ""
