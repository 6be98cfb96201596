"""What a driver may do next, chosen at random from what waits, and how both sides are told."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.differential.interpreter import Interpreter
from tests.differential.opens import Failed, Open, fingerprint, key_of

CommandKind: TypeAlias = Literal["complete", "answer", "fail", "message", "signal", "tick", "choose", "retry"]
HOUR = 3600
STEPS = (1, 5, 20)
"""Hours that may pass at once."""
PATIENCE = 20
REFUSED = 0.1
"""Share of the commands to be refused that are tried at all."""
CROWDED = 8
"""With more open work than this, new events become rare: else the handlers of events breed for ever."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One thing done to a case."""

    kind: CommandKind
    element: str = ""
    path: str = ""
    nth: int = 0
    """Which of several entries of the same element and path, ordered by what they know, then by age."""
    value: Any = None
    name: str = ""
    keys: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    """Name of the error with which the engine must refuse it."""

    def __str__(self) -> str:
        place = f" {self.path}/{self.element}" if self.element else ""
        nth = f"[{self.nth}]" if self.nth else ""
        name = f" {self.name} {dict(self.keys) or ''}" if self.name else ""
        refused = f" (refused: {self.refused})" if self.refused else ""
        value = "" if self.value is None else f" {self.value}"
        return f"{self.kind}{place}{nth}{name}{value}{refused}"


def choose(case: Interpreter, chance: random.Random) -> Command | None:
    """Return a random command; None: nothing can ever happen again."""
    for _ in range(PATIENCE):
        command = draw(case, chance)
        if command is None or not command.refused or chance.random() < REFUSED:
            return command
    return None


def draw(case: Interpreter, chance: random.Random) -> Command | None:
    """Return a random command, perhaps one that the case refuses."""
    entries = case.live("work", "call", "timer", "signal", "message", "clash", "failed")
    if not entries:
        return None
    weights = {"work": 6.0, "call": 6.0, "timer": 2.5, "signal": 2.0, "message": 2.5, "clash": 8.0, "failed": 4.0}
    if len(case.live("work")) > CROWDED:
        weights |= {"message": 0.2, "signal": 0.2}
    kinds = sorted({entry.kind for entry in entries})
    kind = chance.choices(kinds, [weights[kind] for kind in kinds])[0]
    entry = chance.choice([entry for entry in entries if entry.kind == kind])
    return MAKERS[kind](case, entry, chance)


def place(case: Interpreter, entry: Open) -> dict[str, Any]:
    """Return how an entry is found on both sides."""
    return {"element": entry.element, "path": entry.path, "nth": alike(case, entry).index(entry)}


def alike(case: Interpreter, entry: Open) -> list[Open]:
    """Return the entries at the same place, in the order that both sides count them."""
    same = [e for e in case.live(entry.kind) if (e.element, e.path) == (entry.element, entry.path)]
    return same if entry.kind == "clash" else sorted(same, key=lambda e: fingerprint(e.token.sees))


def number(chance: random.Random) -> int:
    """Return a value that nobody else writes."""
    return chance.randrange(10**9)


def complete(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Fill in a form."""
    value: dict[str, Any] = {"v": number(chance)}
    if entry.picks:
        value["pick"] = chance.choice(entry.picks)
    elif chance.random() < 0.2:
        value["more"] = {"deep": [number(chance)]}
    return Command(kind="complete", value=value, **place(case, entry))


def answer(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Answer a call, or let it fail with an error that somebody catches, or nobody."""
    die = chance.random()
    if entry.codes and die < 0.3:
        return Command(kind="fail", value=chance.choice(entry.codes), **place(case, entry))
    if die > 0.9:
        return Command(kind="fail", value="E_nobody", **place(case, entry))
    return Command(kind="answer", value={"v": number(chance)}, **place(case, entry))


def message(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Send a message: sometimes one that nobody waits for."""
    keys = dict(entry.keys)
    if keys and chance.random() < 0.1:
        keys = dict.fromkeys(keys, "nobody")
    payload = {"v": number(chance), **{name: keys[key] for name, key in entry.said.items()}}
    meant = {(e.element, id(e.token.scope)) for e in case.addressed(entry.name, keys)}
    refused = {0: "NotWaiting", 1: ""}.get(len(meant), "AmbiguousMessage")
    return Command(kind="message", name=entry.name, keys=keys, value=payload, refused=refused)


def signal(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Send a signal."""
    return Command(kind="signal", name=entry.name)


def tick(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Let time pass: a little, or until this timer has fired."""
    hours = chance.choice(STEPS)
    if chance.random() < 0.25:
        hours = max(1, -(-(entry.due - case.now) // HOUR))
    return Command(kind="tick", value=case.now + hours * HOUR)


def clash(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Choose a value for every path on which tokens disagree."""
    chosen = {clash.path: chance.choice(clash.values) for clash in entry.clashes}
    return Command(kind="choose", value=chosen, **place(case, entry))


def retry(case: Interpreter, entry: Open, chance: random.Random) -> Command:
    """Retry a failed call."""
    return Command(kind="retry", **place(case, entry))


MAKERS = {
    "work": complete,
    "call": answer,
    "timer": tick,
    "signal": signal,
    "message": message,
    "clash": clash,
    "failed": retry,
}
ENTRIES = {"complete": "work", "answer": "call", "fail": "call", "choose": "clash", "retry": "failed"}


def interpret(case: Interpreter, command: Command) -> None:
    """Do *command* to the interpreter."""
    if command.refused:
        return
    case.thrown = []
    if command.kind == "tick":
        case.tick(command.value)
    elif command.kind == "signal":
        case.signal(command.name)
    elif command.kind == "message":
        case.fires(case.addressed(command.name, command.keys)[0], command.value)
    else:
        found = [e for e in case.live() if e.kind == ENTRIES[command.kind]]
        same = next(e for e in found if (e.element, e.path) == (command.element, command.path))
        entry = alike(case, same)[command.nth]
        case.fires(entry, Failed(code=command.value) if command.kind == "fail" else command.value)


def form(command: Command) -> dict[str, Any]:
    """Return the data with which a person completes a step."""
    return {key_of(command.element): command.value}
