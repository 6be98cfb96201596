"""The loops inside the server do their work, survive trouble and stop when asked."""

import threading
from dataclasses import replace
from typing import Any

from duban.desk import work
from duban.desk.clockwork import Clockwork
from duban.errors import OutsideError
from tests.desk.small import a_small_bureau, an_errand, clerk, facts_of, task_at

PATIENCE = 10.0
"""Seconds after which something that should happen at once is taken for broken."""


def test_the_loops_run_calls_and_stop(database_url: str) -> None:
    """No call and no timer depends on anything else being up."""
    answered = threading.Event()

    def fetch(_call: Any, _tools: Any) -> Any:
        answered.set()
        raise ConnectionError("enough to know that it was called")

    with a_small_bureau(database_url, fetch=fetch) as house:
        number = an_errand(house)
        work.complete(house.desk, number, task_at(house.desk, number, "ask"), {"what": "取件"}, clerk(house.desk))
        clockwork = Clockwork(house.desk, every=0.01)
        clockwork.start()
        came = answered.wait(PATIENCE)
        clockwork.stop()

        assert (came, clockwork.is_running) == (True, False)
        assert facts_of(house.desk, number)[-1] == "call_failed"


def test_a_database_that_is_away_does_not_end_the_loops() -> None:
    """When it comes back, the deadlines go on."""
    tried = threading.Semaphore(0)

    class Away:
        def read(self, _fn: Any) -> Any:
            tried.release()
            raise OutsideError("the database is away")

    with a_small_bureau("sqlite://") as house:
        clockwork = Clockwork(replace(house.desk, store=Away()), every=0.001)  # type: ignore[arg-type]
        clockwork.start()
        tries = [tried.acquire(timeout=PATIENCE) for _ in range(6)]
        alive = clockwork.is_running
        clockwork.stop()

        assert (all(tries), alive, clockwork.is_running) == (True, True, False)
