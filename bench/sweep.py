"""The sweep: a hundredth of the open cases is due; how much does it cost to find and to fire them?

The database is filled with copies of two cases that wait for a signature, one whose reminder is due and one
whose is not. Stock has no register of due times: its sweep restores every open case and refreshes its timers.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.life import Life
from bench.stock import Stock
from duban.desk import due
from duban.testing import House, a_bureau, a_case

SHARE = 100
"""One case in so many is due."""
COPIED = ("petition", "work", "due")
"""Tables with rows of a case, beside the case itself."""
PART = 5
"""Due cases that are fired at a time, the same among few and among many."""
SAMPLE = 200
"""Open cases on which stock's sweep is measured; it grows with their number and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What firing what is due cost among few and among many open cases."""

    each: float
    """CPU seconds per due case among few."""
    flatness: float
    """Time per due case among many by that among few: the median over pairs of parts."""


def ours(few: int, many: int) -> Swept:
    """Fire a part here and a part there, in turn, so that noise falls on both."""
    with _filled(few) as here, _filled(many) as there:
        parts = [(_part(here), _part(there)) for _ in range(few // SHARE // PART)]
    return Swept(each=statistics.median(here for here, _ in parts), flatness=statistics.median(m / f for f, m in parts))


@contextmanager
def _filled(open_cases: int) -> Iterator[House]:
    with TemporaryDirectory() as folder, a_bureau(f"sqlite:///{folder}/sweep.db") as house:
        _fill(house, Path(folder, "sweep.db"), open_cases, open_cases // SHARE)
        yield house


def _part(house: House) -> float:
    """Fire a part of what is due and return its CPU seconds per case."""
    start = time.process_time()
    fired = due.fire(house.desk, limit=PART).cases
    if fired != PART:
        raise AssertionError(f"{fired} cases fired where {PART} were due")
    return (time.process_time() - start) / PART


def theirs(life: Life) -> float:
    """Restore and refresh a sample of open cases; return CPU seconds per due one."""
    stock = Stock(life.definition, life.answers)
    state = stock.start(life.start)
    start = time.process_time()
    for _ in range(SAMPLE):
        stock.refresh(state)
    return (time.process_time() - start) / SAMPLE * SHARE


def _fill(house: House, path: Path, open_cases: int, wanted: int) -> None:
    """Copy an early case *wanted* times and a late one for the rest; move to where the early ones are due."""
    early = _case(house)
    when = house.next_at()
    if when is None:
        raise AssertionError("nothing falls due in a case that waits for a signature")
    house.clock.to(when - timedelta(minutes=1))
    late = _case(house)
    with closing(sqlite3.connect(path)) as database:
        _copy(database, early, wanted - 1)
        _copy(database, late, open_cases - wanted - 1)
        database.execute("analyze")
        database.commit()
        database.execute("pragma wal_checkpoint(truncate)")
    house.clock._now = when + timedelta(minutes=1)  # the sweep is what we measure: nothing may fire on the way


def _case(house: House) -> int:
    """Receive a petition and return its id."""
    number = a_case(house)
    return house.desk.store.read(lambda unit: unit.cases.load(number).id)


def _copy(database: sqlite3.Connection, case: int, times: int) -> None:
    """Copy every row of *case* so many times."""
    (last,) = database.execute("select max(id) from case_").fetchone()
    count = "with recursive copy(n) as (select 1 union all select n + 1 from copy where n < ?) "
    for table in ("case_", *COPIED):
        columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
        values = [_value(table, column, last) for column in columns]
        database.execute(
            f"{count} insert into {table} ({_names(columns)}) select {', '.join(values)} from {table}, copy"
            f" where {'id' if table == 'case_' else 'case_id'} = ? order by n",
            (times, case),
        )
    database.commit()


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _value(table: str, column: str, last: int) -> str:
    """Return what a copy has in *column*: numbers of its own, the rest as in the original."""
    if column == "case_id" or (table == "case_" and column in {"id", "family"}):
        return f"{last} + n"
    if column in {"number", "external_id"}:
        return f"\"{column}\" || '/' || ({last} + n)"
    return f'"{column}"'
