"""Drives the interpreter and the engine through the same random case and compares them after every command."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duban import errors
from duban.engine import process
from duban.engine.kernel.workflow import Case
from duban.engine.parse import parse
from duban.engine.session import Session
from duban.engine.view import view_of
from duban.model.calls import Answer, BusinessError, CallWanted, Message, Signal
from duban.model.outcome import Incident, Outcome
from duban.model.work import Work
from tests.differential.commands import Command, choose, form, interpret
from tests.differential.drawing import draw
from tests.differential.generator import generate
from tests.differential.interpreter import Interpreter
from tests.differential.ledger import Ledger
from tests.differential.merging import GONE
from tests.differential.opens import fingerprint
from tests.differential.shapes import Process, start_data
from tests.differential.sight import START, Sight, Tally, expected, instant, messages, parts, seen, told, told_messages
from tests.differential.times import PlainDeadlines

LONGEST = 120
"""Most commands in one case."""
DEADLINES = PlainDeadlines()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Where the engine does not do what the interpreter says, and how to get there."""

    seed: int
    commands: tuple[str, ...]
    what: str
    files: Mapping[str, bytes]

    def __str__(self) -> str:
        steps = "\n".join(f"  {n}. {command}" for n, command in enumerate(self.commands, 1))
        return f"seed {self.seed}: {self.what}\n{steps}"

    def keep(self, folder: Path) -> Path:
        """Write the diagram where somebody can open it; return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            (folder / f"{self.seed}-{name}").write_bytes(data)
        return folder / f"{self.seed}-random.bpmn"


class DivergedError(Exception):
    """The engine does not do what the interpreter says; its one argument is the Difference."""


@dataclass(kw_only=True)
class Played:
    """What one case was like."""

    seed: int
    steps: int = 0
    ended: bool = False
    largest: int = 0
    """Bytes of the largest state."""
    commands: Counter[str] = field(default_factory=Counter)
    digest: str = ""
    """sha256 over every state of the case."""


class Engine:
    """The durable engine: all that stays between two commands is bytes."""

    def __init__(
        self, case: Process, files: Mapping[str, bytes], *, message: str | None = None, twice: bool = False
    ) -> None:
        self.definition = parse(files, "main")
        self.twice = twice
        self.now = START
        self.tally = Tally()
        self.ledger = Ledger()
        self.total = hashlib.sha256()
        self.largest = 0
        data = start_data(case)
        how: dict[str, Any] = {"message": message, "now": self.now, "deadlines": DEADLINES}
        self.step(lambda: process.start(self.definition, data, **how))
        self.memory = Session.new(self.definition, now=self.now, deadlines=DEADLINES)
        """The same kernel, kept in memory with all its history."""
        self.memory.start(data, message)

    def step(self, run: Callable[[], Outcome]) -> None:
        """Run one command, perhaps twice, and keep its outcome."""
        outcome = run()
        if self.twice and run() != outcome:
            raise AssertionError("the same input gave another outcome")
        self.outcome = outcome
        self.state = outcome.state
        self.tally.add(outcome)
        self.ledger.add(outcome.happenings)
        self.total.update(process.digest(self.definition, outcome.state).encode())
        self.largest = max(self.largest, len(outcome.state))

    def do(self, command: Command) -> None:
        """Do *command* to the bytes and to the case in memory."""
        definition, state = self.definition, self.state
        if command.kind == "tick":
            self.now = instant(command.value)
        how: dict[str, Any] = {"now": self.now, "deadlines": DEADLINES}
        self.memory.at(self.now, DEADLINES)
        if command.kind == "tick":
            self.step(lambda: process.tick(definition, state, **how))
            self.memory.tick()
        elif command.kind == "complete":
            task = self.task(command)
            self.step(lambda: process.complete(definition, state, task, form(command), **how))
            self.memory.complete(task, form(command))
            self.is_over(lambda: process.complete(definition, self.state, task, {}, **how))
        elif command.kind in {"choose", "retry"}:
            task, decision = self.task(command), self.decision(command)
            self.step(lambda: process.settle(definition, state, task, decision, **how))
            self.memory.settle(task, decision)
        else:
            delivery = self.delivery(command)
            self.step(lambda: process.deliver(definition, state, delivery, **how))
            self.memory.deliver(delivery)

    def is_over(self, again: Callable[[], Outcome]) -> None:
        """See that nobody can do the same work a second time."""
        if not self.twice:
            return
        try:
            again()
        except errors.AlreadyDone:
            return
        raise AssertionError("work could be completed twice")

    def task(self, command: Command) -> int:
        """Return the number of the task that *command* means."""
        case = Session.read(self.definition, self.state)
        here = [entry for entry in self.entries(command.kind) if entry.scope == command.path]
        if command.kind == "choose":
            clashes = [i for i in here if isinstance(i, Incident) and disputed(i) == set(command.value)]
            return next((i.task for i in clashes if i.element == command.element), clashes[-1].task)
        found = [entry.task for entry in here if entry.element == command.element]
        return sorted(found, key=lambda task: (fingerprint(view_of(case, task).data), task))[command.nth]

    def entries(self, kind: str) -> Sequence[Work | CallWanted | Incident]:
        """Return what a command of this kind can be done to."""
        view = self.look()
        if kind == "complete":
            return view.work
        if kind in {"answer", "fail"}:
            return view.calls
        reason = "merge_conflict" if kind == "choose" else "error"
        return [incident for incident in view.incidents if incident.reason == reason]

    def delivery(self, command: Command) -> Answer | BusinessError | Message | Signal:
        """Return what *command* delivers."""
        if command.kind == "message":
            return Message(name=command.name, payload=command.value, correlation=command.keys)
        if command.kind == "signal":
            return Signal(name=command.name)
        if command.kind == "fail":
            return BusinessError(task=self.task(command), code=command.value)
        return Answer(task=self.task(command), result=command.value)

    @staticmethod
    def decision(command: Command) -> process.Retry | process.Choose:
        """Return how *command* settles an incident."""
        if command.kind == "retry":
            return process.Retry()
        chosen = {".".join(path): value for path, value in command.value.items()}
        gone = frozenset(path for path, value in chosen.items() if value == GONE)
        return process.Choose(values={path: value for path, value in chosen.items() if path not in gone}, gone=gone)

    def look(self) -> process.View:
        """Look at the case."""
        return process.look(self.definition, self.state)

    def sight(self, view: process.View) -> Sight:
        """Return what the engine shows."""
        return seen(view, Session.read(self.definition, self.state), self.outcome.ended)

    def forgetful(self) -> str:
        """Say where the case that was saved and loaded differs from the one that stayed in memory."""
        stored, kept = traces(Session.read(self.definition, self.state)), traces(self.memory.case)
        return "" if stored == kept else f"in memory {told(kept, stored)}"


def disputed(incident: Incident) -> set[tuple[str, ...]]:
    """Return the paths on which tokens disagree."""
    return {tuple(told["path"]) for told in incident.detail["paths"]}


def traces(case: Case) -> list[Any]:
    """Return every live task of a case: which, where, in which state, knowing what."""
    return [
        (task.id, task.task_spec.name, task._state, task.scope, task.internal_data, task.seen())
        for task in case.all_live()
    ]


def play(seed: int, *, twice: bool = False) -> Played:
    """Play the random case of *seed* on both sides.

    Raises:
        DivergedError: They do not agree.
    """
    return Match(seed, twice=twice).play()


class Match:
    """One random case on both sides."""

    def __init__(self, seed: int, *, twice: bool = False) -> None:
        self.seed = seed
        self.case = generate(seed)
        self.files = draw(self.case)
        self.chance = random.Random(seed)
        self.commands: list[Command] = []
        ways = [head.id for head in self.case.heads] + [None] * (self.case.plain or len(self.case.heads) == 1)
        self.message = random.Random(seed).choice(ways)
        self.oracle = Interpreter(self.case, message=self.message)
        self.twice = twice

    def play(self) -> Played:
        """Play until the case ends, nothing can happen any more, or it lasts too long."""
        try:
            return self._play()
        except DivergedError:
            raise
        except Exception as error:
            raise self.diverged(f"{type(error).__name__}: {error}") from error

    def _play(self) -> Played:
        engine = Engine(self.case, self.files, message=self.message, twice=self.twice)
        self.check(engine)
        while self.oracle.final is None and len(self.commands) < LONGEST:
            command = choose(self.oracle, self.chance)
            if command is None:
                break
            self.commands.append(command)
            interpret(self.oracle, command)
            do(engine, command)
            self.check(engine)
        return Played(
            seed=self.seed,
            steps=len(self.commands),
            ended=self.oracle.final is not None,
            largest=engine.largest,
            commands=Counter(command.kind for command in self.commands),
            digest=engine.total.hexdigest(),
        )

    def check(self, engine: Engine) -> None:
        """Compare both sides."""
        view = engine.look()
        thrown = messages(self.oracle.thrown) == told_messages(engine.outcome)
        what = (
            expected(self.oracle).difference(engine.sight(view))
            or engine.tally.difference(view)
            or engine.ledger.difference(view)
            or engine.forgetful()
            or ("" if thrown else "other messages thrown")
        )
        if not what and self.oracle.final is not None and view.data != self.oracle.final:
            what = f"final data: {parts(self.oracle.final, view.data)}"
        if what:
            raise self.diverged(what)

    def diverged(self, what: str) -> DivergedError:
        """Return the error that says how to get here."""
        told = tuple(str(command) for command in self.commands)
        return DivergedError(Difference(seed=self.seed, commands=told, what=what, files=self.files))


def do(engine: Engine, command: Command) -> None:
    """Do *command*, or see it refused."""
    if not command.refused:
        engine.do(command)
        return
    try:
        engine.do(command)
    except errors.Refused as refused:
        if type(refused).__name__ != command.refused:
            raise AssertionError(f"refused with {type(refused).__name__}, not {command.refused}") from refused
        return
    raise AssertionError(f"not refused with {command.refused}")
