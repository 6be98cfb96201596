"""The audit after a kill: journal, state, worklist, due table, outbox and incidents must tell one story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from duban.desk.desk import Desk
from duban.engine import process
from duban.errors import Corrupted
from duban.model.case import Case
from duban.model.facts import Fact, Kind
from duban.opening import prepare
from duban.store import Unit

ONCE = (Kind.WORK_COMPLETED, Kind.CALL_ANSWERED, Kind.CALL_WANTED, Kind.WORK_OPENED)
"""Facts that a task can have once at most: its number is never used again."""
OPENS = {Kind.WORK_OPENED: "work", Kind.CALL_WANTED: "calls", Kind.INCIDENT_OPENED: "incidents"}
CLOSES = {
    Kind.WORK_COMPLETED: "work",
    Kind.WORK_WITHDRAWN: "work",
    Kind.CALL_ANSWERED: "calls",
    Kind.INCIDENT_SETTLED: "incidents",
}
DESK = frozenset({"call", "message", "tick"})
"""Reasons of incidents that the desk opens; the engine's state does not know them."""


@dataclass
class Waiting:
    """What a case waits for, as the facts tell it."""

    work: set[int] = field(default_factory=set)
    dues: dict[int, str] = field(default_factory=dict)
    calls: set[int] = field(default_factory=set)
    incidents: set[int] = field(default_factory=set)

    def learn(self, fact: Fact) -> None:
        """Take in the next fact."""
        what: Mapping[str, Any] = fact.payload
        kind = fact.kind
        if kind in OPENS:
            getattr(self, OPENS[kind]).add(what["task"])
        elif kind in CLOSES:
            getattr(self, CLOSES[kind]).discard(what["task"])
        elif kind in (Kind.TIMER_ARMED, Kind.TIMER_MOVED):
            self.dues[what["task"]] = what["due" if kind is Kind.TIMER_ARMED else "after"]
        elif kind in (Kind.TIMER_FIRED, Kind.TIMER_CANCELLED):
            self.dues.pop(what["task"], None)
        elif kind is Kind.TOKENS_MOVED:
            self.calls -= {task for _, _, task, how in what.get("left", ()) if how == "cancelled"}


def answer(pipe: Connection, desk: Desk) -> None:
    """Make the tables, then audit whenever steps come through the pipe."""
    prepare(desk)
    pipe.recv()
    pipe.send("they are there")
    audit = Audit(desk)
    while not isinstance(steps := pipe.recv(), str):
        pipe.send(audit.problems(steps))
    pipe.send(audit.finish())
    desk.close()


class Audit:
    """Compares what changed since the last look."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._versions: dict[int, int] = {}
        self._completed: set[tuple[str, int]] = set()
        self._numbers: dict[str, str] = {}
        """External id to number, as acknowledged."""

    def problems(self, acknowledged: list[dict[str, Any]]) -> list[str]:
        """Return everything that does not fit, after a process that acknowledged these steps was killed."""
        return self._desk.store.read(lambda record: [*self._look(record), *self._compare(record, acknowledged)])

    def _look(self, record: Unit) -> Iterator[str]:
        for case in record.cases.list_(limit=1_000_000):
            if self._versions.get(case.id) != case.version:
                yield from (f"{case.number}: {problem}" for problem in self._of_case(record, case))
                self._versions[case.id] = case.version

    def _of_case(self, record: Unit, case: Case) -> Iterator[str]:
        try:
            record.journal.verify(case.id)
        except Corrupted as error:
            yield str(error)
        facts = record.journal.of(case.id)
        counted = Counter((fact.kind, fact.payload["task"]) for fact in facts if fact.kind in ONCE)
        yield from (f"{kind} of task {task} stands {n} times" for (kind, task), n in counted.items() if n > 1)
        told = Waiting()
        for fact in facts:
            told.learn(fact)
        seen = process.look(self._desk.shelf.by_digest(case.definition, record), record.cases.load(case.id).state)
        rows = {
            "work": {item.task for item in record.worklist.of(case.id)},
            "dues": {timer.task: timer.at.isoformat() for timer in record.due.of(case.id)},
            "calls": {call.task for call in record.outbox.list_(case=case.id, limit=1000)},
            "incidents": {open_.task for open_ in record.incidents.of(case.id) if open_.reason not in DESK},
        }
        state = {
            "work": {item.task for item in seen.work},
            "dues": {timer.task: timer.at.isoformat() for timer in seen.dues},
            "calls": {call.task for call in seen.calls},
            "incidents": {incident.task for incident in seen.incidents},
        }
        for name, stored in rows.items():
            if stored != state[name]:
                yield f"{name}: the table has {stored}, the state {state[name]}"
            if stored != getattr(told, name):
                yield f"{name}: the table has {stored}, the facts tell {getattr(told, name)}"
        if (seen.ended is None) != case.is_open:
            yield f"its row says open={case.is_open}, its state ended={seen.ended}"

    def _compare(self, record: Unit, acknowledged: list[dict[str, Any]]) -> Iterator[str]:
        """Compare acknowledged steps with the journal: each there, none twice."""
        for step in acknowledged:
            if "broken" in step:
                yield f"the process broke by itself: {step['broken']}"
            elif "petition" in step:
                yield from self._petition(record, step["petition"], step["number"])
            else:
                yield from self._work(record, step["work"], step["task"])

    def _petition(self, record: Unit, external_id: str, number: str) -> Iterator[str]:
        if self._numbers.setdefault(external_id, number) != number:
            yield f"petition {external_id} was acknowledged as {self._numbers[external_id]} and as {number}"
        receipt = record.intake.find("LX", external_id)
        if receipt is None or receipt.number != number or record.cases.find(number) is None:
            yield f"petition {external_id} was acknowledged as {number} and is lost: {receipt}"

    def _work(self, record: Unit, number: str, task: int) -> Iterator[str]:
        if (number, task) in self._completed:
            yield f"{number}: work {task} was acknowledged twice"
        self._completed.add((number, task))
        facts = record.journal.of(record.cases.load(number).id)
        done = [fact for fact in facts if fact.kind is Kind.WORK_COMPLETED and fact.payload["task"] == task]
        if len(done) != 1:
            yield f"{number}: work {task} was acknowledged and stands {len(done)} times in the journal"

    def finish(self) -> dict[str, int]:
        """Return how much was compared."""

        def kinds(record: Unit) -> Counter[Kind]:
            return Counter(fact.kind for case in self._versions for fact in record.journal.of(case))

        facts = self._desk.store.read(kinds)
        return {
            "cases": len(self._versions),
            "facts": facts.total(),
            "acknowledged": len(self._completed) + len(self._numbers),
            "work done": facts[Kind.WORK_COMPLETED],
            "timers fired": facts[Kind.TIMER_FIRED],
            "calls answered": facts[Kind.CALL_ANSWERED],
        }
