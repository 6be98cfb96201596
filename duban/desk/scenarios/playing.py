"""Playing: a scenario from its beginning to its last expectation, or to where it fails."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from duban.desk.scenarios import beginning
from duban.desk.scenarios.acting import Stumbled, act
from duban.desk.scenarios.expecting import hold
from duban.desk.scenarios.found import Found
from duban.desk.scenarios.script import Answer, Do, Expect, Load, Receive, Refuse, Say, Scenario, Step, Wait
from duban.desk.scenarios.stage import Stage
from duban.desk.scenarios.trail import trail_of
from duban.desk.virtual import Fresh
from duban.engine.coverage import Place
from duban.errors import BureauError, DubanError, Refused
from duban.model.clock import SHANGHAI


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Where and how a scenario fails."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """How a scenario went."""

    scenario: Scenario
    failures: tuple[Failure, ...]
    trail: tuple[str, ...]
    """What happened until it failed, in words; empty where it passed."""
    walked: frozenset[Place]
    """Nodes, flows and decision rows that its cases went through."""
    seconds: float

    @property
    def passed(self) -> bool:
        """Tell whether everything held."""
        return not self.failures


class _Failed(Exception):
    def __init__(self, *failures: Failure) -> None:
        super().__init__()
        self.failures = failures


def play(fresh: Fresh, scenario: Scenario) -> Played:
    """Play *scenario* in a world of its own."""
    begun = time.perf_counter()
    failures: tuple[Failure, ...] = ()
    trail: tuple[str, ...] = ()
    walked: frozenset[Place] = frozenset()
    failed: list[Failure] = []
    try:
        with perform(fresh, scenario, failed) as stage:
            failures = tuple(failed)
            trail = trail_of(stage) if failures else ()
            walked = stage.walked()
    except DubanError as error:
        failures = (Failure(file=scenario.file, line=scenario.given.line, message=f"given: {error}"),)
    seconds = time.perf_counter() - begun
    return Played(scenario=scenario, failures=failures, trail=trail, walked=walked, seconds=seconds)


@contextmanager
def perform(fresh: Fresh, scenario: Scenario, failed: list[Failure] | None = None) -> Generator[Stage]:
    """Play *scenario* and lend the stage as it stands then; how it failed is added to *failed*.

    Raises:
        DubanError: Its world cannot be set up.
    """
    stage = Stage.set(fresh, scenario.given, scenario.calls)
    try:
        found = _failures(stage, scenario)
        if failed is not None:
            failed += found
        yield stage
    finally:
        stage.desk.close()


def _failures(stage: Stage, scenario: Scenario) -> tuple[Failure, ...]:
    player = _Player(stage=stage, scenario=scenario)
    try:
        player.begin()
        for step in scenario.steps[len(scenario.calls) :]:
            player.step(step)
        player.finish()
    except _Failed as failed:
        return failed.failures
    return ()


@dataclass(kw_only=True)
class _Player:
    stage: Stage
    scenario: Scenario
    received: int = 1
    """Petitions so far, the scenario's own among them."""

    def fail(self, line: int, *messages: str) -> _Failed:
        return _Failed(*(Failure(file=self.scenario.file, line=line, message=message) for message in messages))

    def begin(self) -> None:
        line = self.scenario.given.line
        with _Failing(self, line, "given"):
            beginning.begin(self.stage, self.scenario.given, self.scenario.id)
        self.rest(line)

    def step(self, step: Step) -> None:
        """Take one step; what goes wrong by itself afterwards is this step's failure."""
        if isinstance(step, Expect):
            self.expect(step)
            return
        with _Failing(self, step.line, _named(step)):
            self.take(step)
        self.rest(step.line)

    def take(self, step: Step) -> None:
        stage = self.stage
        match step:
            case Do() | Say():
                act(stage, step)
            case Refuse():
                self.refuse(step)
            case Wait():
                stage.clock.to(_end(stage, step))
            case Answer():
                stage.pending.append(step)
            case Load():
                stage.load(step.year)
            case Receive():
                self.received += 1
                beginning.receive(stage, step.petition, f"{self.scenario.id}/{self.received}")
                stage.settle()
            case _:
                raise AssertionError(step)

    def refuse(self, step: Refuse) -> None:
        try:
            act(self.stage, step.step)
        except Stumbled:
            raise
        except Refused as error:
            if step.says not in str(error):
                raise Stumbled(f"it was refused, but with {str(error)!r}, not with {step.says!r}") from error
        else:
            raise Stumbled("it was not refused")

    def expect(self, step: Expect) -> None:
        with _Failing(self, step.line, "then"):
            found = Found(stage=self.stage, case=self.stage.case(step.case))
            told = [(check, hold(found, check)) for check in step.checks]
        whose = f"{step.case}: " if step.case else ""
        wrong = [
            Failure(file=self.scenario.file, line=check.line or step.line, message=f"{whose}{message}")
            for check, message in told
            if message is not None
        ]
        if wrong:
            raise _Failed(*wrong)

    def rest(self, line: int) -> None:
        """Fail where something went wrong that nobody expects."""
        if not self.scenario.expects_incidents and (incidents := self.stage.incidents()):
            raise self.fail(line, *(f"an incident nobody expects: {incident}" for incident in incidents))

    def finish(self) -> None:
        last = self.scenario.steps[-1].line
        if self.stage.pending:
            unused = self.stage.pending[0]
            raise self.fail(unused.line, f"nobody called {unused.operator} any more")
        if lost := self.stage.undelivered():
            raise self.fail(last, *lost)


class _Failing:
    """Turns what the desk refuses into a failure at a line."""

    def __init__(self, player: _Player, line: int, what: str) -> None:
        self._player, self._line, self._what = player, line, what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, _Failed) or not isinstance(error, Exception):
            return
        raise self._player.fail(self._line, *self._told(error)) from error

    def _told(self, error: Exception) -> Sequence[str]:
        if isinstance(error, BureauError) and error.problems:
            return [f"{self._what}: {problem}" for problem in error.problems]
        said = str(error) if isinstance(error, DubanError | AssertionError) else f"{type(error).__name__}: {error}"
        return [f"{self._what}: {said}"]


def _end(stage: Stage, step: Wait) -> datetime:
    """Return until when *step* waits.

    Raises:
        Stumbled: That time has passed.
    """
    if step.span is not None:
        return stage.after(step.span.amount, step.span.unit)
    if step.until is None or step.until < stage.clock.now():
        raise Stumbled(f"time does not run back: it is {stage.clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M} already")
    return step.until


def _named(step: Step) -> str:
    match step:
        case Do():
            return f"do {step.element}"
        case Say():
            return f"message {step.name}"
        case Refuse():
            return f"refused {_named(step.step)}"
        case Answer():
            return f"call {step.operator}"
        case _:
            return type(step).__name__.lower()
