"""Durable steps: every step loaded, taken and committed before the next one; SQLite with synchronous=FULL on both sides.

Each of our steps writes its facts, state, work items, due times, outbox and register row; stock writes its state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.kernel import opened
from bench.life import Human, Life, Machine
from bench.stock import Stock
from duban.desk.desk import Desk
from duban.desk.steps import take_step
from duban.engine import process
from duban.model.calls import Answer
from duban.model.definition import Definition
from duban.model.outcome import Outcome
from duban.store import NewCase, Unit
from duban.testing import a_bureau


class Ours:
    """The desk of a bureau on a SQLite file."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lives = 0

    def live(self, life: Life) -> float:
        """Live the life and return how many steps people took."""
        self._lives += 1
        number = f"bench {self._lives}"
        tasks = opened(self._desk.store.write(partial(self._start, life, number)), {})
        for step in life.steps:
            opened(self._desk.store.write(partial(self._step, life, number, step, tasks.pop(step.element))), tasks)
        return life.human

    def _start(self, life: Life, number: str, record: Unit) -> Outcome:
        definition = life.definition
        outcome = process.start(definition, life.start, now=life.now, deadlines=life.deadlines)
        new = NewCase(number=number, kind="petition", process=definition.process, definition=definition.digest)
        row = {"channel": "LX", "external_id": number, "received_at": life.now, "ask": "请求查处楼下夜间犬吠扰民"}
        record.open_case(new, outcome, at=life.now, actor="system", register=row)
        return outcome

    def _step(self, life: Life, number: str, step: Human | Machine, task: int, record: Unit) -> Outcome:
        def taken(definition: Definition, state: bytes) -> Outcome:
            if isinstance(step, Human):
                return process.complete(definition, state, task, step.data, now=life.now, deadlines=life.deadlines)
            answer = Answer(task=task, result=step.result)
            return process.deliver(definition, state, answer, now=life.now, deadlines=life.deadlines)

        case = record.cases.load(number)
        _, outcome = take_step(self._desk, record, case, taken, at=life.now, actor="bench")
        return outcome


class Theirs:
    """Stock on a SQLite file: one table, one row a case, one commit a step."""

    def __init__(self, stock: Stock, path: Path) -> None:
        self._stock = stock
        self._cases = 0
        self._database = sqlite3.connect(path)
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=full")
        self._database.execute("create table state (id integer primary key, state text)")

    def live(self, life: Life) -> float:
        """Live the life and return how many steps people took."""
        self._cases += 1
        self._save("insert into state (state, id) values (?, ?)", self._stock.start(life.start))
        for step in life.steps:
            if isinstance(step, Human):
                state = self._database.execute("select state from state where id = ?", (self._cases,)).fetchone()[0]
                self._save("update state set state = ? where id = ?", self._stock.complete(state, step.element, step.data))
        return life.human

    def _save(self, statement: str, state: str) -> None:
        self._database.execute(statement, (state, self._cases))
        self._database.commit()


@contextmanager
def contestants(life: Life) -> Iterator[dict[str, Callable[[], float]]]:
    """Open both sides on files of their own."""
    with TemporaryDirectory() as folder, a_bureau(f"sqlite:///{folder}/ours.db") as house:
        house.desk.store.write(lambda unit: unit.definitions.add(life.definition, at=life.now))
        theirs = Theirs(Stock(life.definition, life.answers), Path(folder, "theirs.db"))
        yield {"ours": partial(Ours(house.desk).live, life), "stock": partial(theirs.live, life)}
