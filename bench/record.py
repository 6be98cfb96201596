"""Durable steps: each loaded, taken and committed before the next one; SQLite, synchronous=FULL on both sides.

Each of our steps writes its facts, state, work items, due times, outbox and register row; stock writes its state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.kernel import opened, taken
from bench.life import Human, Life, Machine
from bench.stock import Stock
from duban.desk.desk import Desk
from duban.desk.steps import take_step
from duban.engine import process
from duban.model.outcome import Outcome
from duban.store import NewCase, Unit
from duban.testing import a_bureau

_numbers = count(1)


class Ours:
    """A case in the record of a bureau."""

    def __init__(self, desk: Desk, life: Life) -> None:
        self._desk = desk
        self._life = life
        self._number = f"bench {next(_numbers)}"
        self._tasks = opened(desk.store.write(self._start), {})

    def step(self, step: Human | Machine) -> None:
        """Take one step and commit it."""
        opened(self._desk.store.write(partial(self._step, step, self._tasks.pop(step.element))), self._tasks)

    def _start(self, record: Unit) -> Outcome:
        life, definition = self._life, self._life.definition
        outcome = process.start(definition, life.start, now=life.now, deadlines=life.deadlines)
        new = NewCase(number=self._number, kind="petition", process=definition.process, definition=definition.digest)
        row = {"channel": "LX", "external_id": self._number, "received_at": life.now, "ask": "请求查处楼下夜间犬吠扰民"}
        record.open_case(new, outcome, at=life.now, actor="system", register=row)
        return outcome

    def _step(self, step: Human | Machine, task: int, record: Unit) -> Outcome:
        case = record.cases.load(self._number)
        move = partial(_move, self._life, step, task)
        return take_step(self._desk, record, case, move, at=self._life.now, actor="bench")[1]


def _move(life: Life, step: Human | Machine, task: int, _definition: object, state: bytes) -> Outcome:
    return taken(life, state, step, task)


class Theirs:
    """A case of stock's: one row, one commit a step."""

    def __init__(self, database: sqlite3.Connection, stock: Stock, life: Life) -> None:
        self._database = database
        self._stock = stock
        self._case = next(_numbers)
        self._save("insert into state (state, id) values (?, ?)", stock.start(life.start))

    def step(self, step: Human | Machine) -> None:
        """Take one step and commit it; service tasks were answered on the way."""
        if isinstance(step, Human):
            (state,) = self._database.execute("select state from state where id = ?", (self._case,)).fetchone()
            self._save("update state set state = ? where id = ?", self._stock.complete(state, step.element, step.data))

    def _save(self, statement: str, state: str) -> None:
        self._database.execute(statement, (state, self._case))
        self._database.commit()


@contextmanager
def databases(life: Life) -> Iterator[tuple[Desk, sqlite3.Connection]]:
    """Open both sides on files of their own."""
    with TemporaryDirectory() as folder, a_bureau(f"sqlite:///{folder}/ours.db") as house:
        house.desk.store.write(lambda unit: unit.definitions.add(life.definition, at=life.now))
        with closing(sqlite3.connect(Path(folder, "theirs.db"))) as theirs:
            theirs.execute("pragma journal_mode=wal")
            theirs.execute("pragma synchronous=full")
            theirs.execute("create table state (id integer primary key, state text)")
            yield house.desk, theirs
