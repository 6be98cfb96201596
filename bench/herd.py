"""The herd: a hundred thousand timers fall due at one instant, while people look at their work.

A house is served as it is (``duban serve``: pages and ticker in one process) on a database in which so many cases wait
for a signature whose limit has just passed. Its worklist is asked for all the while; the drain is what has fired by the
end of the window. Beside it stands the same on stock SpiffWorkflow, which restores each case and refreshes its timers.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryDirectory

import sqlalchemy

from bench.life import Life
from bench.stock import Stock
from duban.model.clock import SystemClock
from duban.testing import a_bureau, a_case

HERD = int(os.environ.get("HERD", "100000"))
"""Timers that fall due at once."""
WINDOW = 30.0
"""Seconds for which the drain is watched."""
CALLERS = 2
"""People who look at their work all the while."""
PAUSE = 0.1
"""Seconds that a person takes to look at a page."""
COPIED = ("petition", "work", "due")
UNITS = ("PCS01", "PCS02", "PCS03", "PCS04", "PCS05", "PCS06", "PCS07", "ZA", "JT", "XZ", "HZ", "CGS")
"""The herd is spread among them, as cases are."""
WHO = ("majunjie", "yulihua")
SAMPLE = 200
"""Cases on which stock is measured."""
LIMIT = "B.sign"
"""The limit that falls due."""
FAR = 4_000_000_000_000_000
"""An instant that does not come: microseconds."""


@dataclass(frozen=True, kw_only=True)
class Drained:
    """How a herd was drained."""

    timers_s: float
    """Timers fired a second, wall time, with pages asked for beside it."""
    steadiness: float
    """The second half of the window by the first."""
    page_p99_ms: float
    page_median_ms: float
    pages: int
    """Pages that were answered."""


def ours(url: str) -> Drained:
    """Fill the database at *url* with a herd that is due, serve it, and watch."""
    _fill(url)
    with TemporaryDirectory() as folder, _served(url, folder) as address:
        return _watched(url, address)


def theirs(life: Life) -> float:
    """Return how many cases a second stock restores and refreshes, CPU time."""
    stock = Stock(life.definition, life.answers)
    state = stock.start(life.start)
    start = time.process_time()
    for _ in range(SAMPLE):
        stock.refresh(state)
    return SAMPLE / (time.process_time() - start)


def _fill(url: str) -> None:
    """Copy a case whose signature is overdue; of its timers that one is kept, and held back for the moment."""
    with a_bureau(url, at=SystemClock().now() - timedelta(days=12)) as house:
        number = a_case(house)
        case = house.desk.store.read(lambda record: record.cases.load(number).id)
        running = house.desk.store.read(lambda record: record.due.of(case))
        task = next(timer.task for timer in running if timer.name == LIMIT and not timer.warning)
    engine = sqlalchemy.create_engine(_driver(url))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"DELETE FROM due WHERE task <> {task}"))
        connection.execute(sqlalchemy.text(f"UPDATE due SET holder = 'herd', held_until = {FAR}"))
        _copy(connection, case, HERD - 1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text("ANALYZE"))
    engine.dispose()


def _copy(connection: sqlalchemy.Connection, case: int, times: int) -> None:
    """Copy every row of *case* so many times."""
    inspector = sqlalchemy.inspect(connection)
    count = f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {times})"
    units = " ".join(f"WHEN {n} THEN '{unit}'" for n, unit in enumerate(UNITS))
    for table in ("case_", *COPIED):
        columns = [column["name"] for column in inspector.get_columns(table)]
        values = ", ".join(_value(table, column, case, units) for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        key = "id" if table == "case_" else "case_id"
        connection.execute(
            sqlalchemy.text(
                f"INSERT INTO {table} ({names}) {count} SELECT {values} FROM {table} AS t, copy WHERE t.{key} = {case}"
            )
        )
    if connection.dialect.name == "postgresql":
        connection.execute(sqlalchemy.text("SELECT setval('case__id_seq', (SELECT max(id) FROM case_))"))


def _value(table: str, column: str, case: int, units: str) -> str:
    """Return what a copy has in *column*: numbers of its own, a unit among others, the rest as in the original."""
    if column == "case_id" or (table == "case_" and column in {"id", "family"}):
        return f"{case} + n"
    if column in {"number", "external_id"}:
        return f"t.\"{column}\" || '/' || CAST(n AS TEXT)"
    if table == "work" and column == "unit":
        return f"CASE n % {len(UNITS)} {units} END"
    return f't."{column}"'


def _let_go(url: str) -> None:
    """Let the whole herd fall due, at this instant."""
    _execute(url, "UPDATE due SET holder = NULL, held_until = NULL WHERE holder = 'herd'")


def _left(url: str) -> int:
    return int(_execute(url, f"SELECT count(*) FROM due WHERE fired_at IS NULL AND name = '{LIMIT}'")[0][0])


def _execute(url: str, sql: str) -> list[tuple[int, ...]]:
    engine = sqlalchemy.create_engine(_driver(url))
    try:
        with engine.begin() as connection:
            answer = connection.execute(sqlalchemy.text(sql))
            return [tuple(row) for row in answer] if answer.returns_rows else []
    finally:
        engine.dispose()


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def _served(url: str, folder: str) -> Iterator[str]:
    """Serve the house as an operator does; yield its address."""
    environment = {**os.environ, "DUBAN_DATABASE_URL": url, "DUBAN_VAR": folder}
    command = [sys.executable, "-m", "duban", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"])
    finally:
        process.terminate()
        process.wait(60)


def _watched(url: str, address: str) -> Drained:
    """Ask for pages until the window is over."""
    over = threading.Event()
    took: list[float] = []
    people = [threading.Thread(target=_look, args=(address, who, over, took)) for who in WHO[:CALLERS]]
    for each in people:
        each.start()
    _let_go(url)
    left, marks = [HERD], [time.perf_counter()]
    for _ in range(2):
        time.sleep(WINDOW / 2)
        left.append(_left(url))
        marks.append(time.perf_counter())
    over.set()
    for each in people:
        each.join()
    first, second = ((left[n] - left[n + 1]) / (marks[n + 1] - marks[n]) for n in range(2))
    slowest = statistics.quantiles(took, n=100)[-1]
    return Drained(
        timers_s=(left[0] - left[2]) / (marks[2] - marks[0]),
        steadiness=second / first if first else 0.0,
        page_p99_ms=slowest * 1e3,
        page_median_ms=statistics.median(took) * 1e3,
        pages=len(took),
    )


def _look(address: str, who: str, over: threading.Event, took: list[float]) -> None:
    """Sign in and look at the worklist again and again."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.open(f"{address}/sign-in", urllib.parse.urlencode({"person": who, "next": "/work"}).encode()).read()
    while not over.is_set():
        start = time.perf_counter()
        opener.open(f"{address}/work").read()
        took.append(time.perf_counter() - start)
        over.wait(PAUSE)
