"""One of many ticks; when it dies another takes over; and nothing that is due is fired twice or forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from duban.desk import due, leases
from duban.desk.desk import Desk
from duban.desk.leases import Lead
from duban.model.clock import SystemClock
from duban.store import Unit
from duban.testing import House, a_bureau
from tests.desk.small import a_small_bureau, facts_of
from tests.desk.test_due import an_errand_to_check

PATIENCE = 60.0
"""Seconds after which something that takes seconds is taken for broken; the machine that tests is shared."""


def other(house: House) -> Desk:
    """Return the desk of a second process on the same database."""
    return replace(house.desk, name="another/1/aa")


def test_one_of_many_ticks(database_url: str) -> None:
    """Ten servers that all look every second would be ten times the work for nothing."""
    with a_small_bureau(database_url) as house:
        mine, theirs = Lead(house.desk), Lead(other(house))
        first = (mine.take(), theirs.take(), mine.take())
        house.clock.jump(hours=1)
        lapsed = theirs.take(), mine.take()
        theirs.resign()

        assert (first, lapsed, mine.take()) == ((True, False, True), (True, False), True)


def test_the_page_of_the_flows_is_shown_while_they_run(database_url: str) -> None:
    """A link to something that is down helps nobody; a new address takes the place of an old one."""
    with a_small_bureau(database_url) as house:
        before = leases.flows_at(house.desk)
        leases.announce(house.desk, "http://127.0.0.1:4200")
        leases.announce(house.desk, "http://127.0.0.1:4201")
        shown = leases.flows_at(house.desk)
        house.clock.jump(hours=1)
        dead = leases.flows_at(house.desk)
        leases.announce(house.desk, "http://127.0.0.1:4201")
        leases.withdraw(house.desk, "http://127.0.0.1:4201")

        assert (before, shown, dead, leases.flows_at(house.desk)) == (None, "http://127.0.0.1:4201", None, None)


def test_ticker_and_flow_at_once_fire_nothing_twice(database_url: str) -> None:
    """The Prefect sweep and the server's own ticker may look in the same second."""
    with a_small_bureau(database_url) as house:
        numbers = [an_errand_to_check(house) for _ in range(12)]
        house.clock._now += timedelta(hours=30)
        desks = (house.desk, other(house))
        fired: list[due.Fired] = []
        threads = [threading.Thread(target=lambda desk=desk: fired.append(due.fire(desk))) for desk in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(each.timers for each in fired) == len(numbers)
        assert [facts_of(house.desk, number).count("timer_fired") for number in numbers] == [1] * len(numbers)


def test_after_an_outage_everything_fires_once_in_order(database_url: str) -> None:
    """Nobody's deadline is lost to a power cut, and the record says both when it was due and when it was noticed."""
    with a_small_bureau(database_url) as house:
        armed: list[tuple[str, datetime]] = []
        for _ in range(4):
            armed.append((an_errand_to_check(house), house.clock.now()))
            house.clock.move(minutes=7)
        house.clock.jump(days=2)
        house.settle()
        fired = house.desk.store.read(lambda record: _fired(record, [number for number, _ in armed]))

        assert [told[1:] for told in sorted(fired)] == [
            (number, at + timedelta(hours=24), house.clock.now()) for number, at in armed
        ]


def _fired(record: Unit, numbers: list[str]) -> list[tuple[int, str, datetime, datetime]]:
    """Return every timer that fired: its place in the record, its case, when it was due, when it was noticed."""
    return [
        (fact.seq, number, fact.at, fact.noticed_at)
        for number in numbers
        for fact in record.journal.of(record.cases.load(number).id)
        if fact.kind == "timer_fired"
    ]


def test_a_ticker_that_is_killed_is_replaced_within_seconds(database_url: str, tmp_path: Path) -> None:
    """kill -9 on the server that ticks must not stop the bureau's time."""
    with a_bureau(database_url) as house:
        url = house.desk.store.url
    environment = {**os.environ, "DUBAN_DATABASE_URL": url, "DUBAN_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "duban", "serve", "--no-web"]
    servers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    try:
        with a_bureau(url) as house:
            first = holder(house, not_of=0)
            killed = next(server for server in servers if f"/{server.pid}/" in first)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            start = time.monotonic()
            second = holder(house, not_of=killed.pid)
            took = time.monotonic() - start

        survivor = next(server for server in servers if server is not killed)
        assert f"/{survivor.pid}/" in second
        assert took < leases.HELD.total_seconds() + PATIENCE / 4
    finally:
        for server in servers:
            server.kill()
            server.wait()


def holder(house: House, *, not_of: int) -> str:
    """Wait until a process other than *not_of* holds the ticker's lease; return its name."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        now = SystemClock().now()
        name = house.desk.store.read(lambda record, now=now: record.leases.holder(leases.TICKER, now=now))  # type: ignore[misc]
        if name is not None and f"/{not_of}/" not in name:
            return str(name)
        threading.Event().wait(0.1)
    raise AssertionError("nobody ticks")
