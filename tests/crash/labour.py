"""The working process: clerks, a porter and a clockwork at one desk, each step acknowledged before the next begins."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from typing import NoReturn

from duban.desk import calls, due, intake, staff, work
from duban.desk.desk import Desk
from duban.errors import Conflict, Refused
from duban.model.clock import aware
from duban.model.petition import Envelope, Party
from duban.testing import MONDAY, a_petition

CLERKS = 3
OPEN = 25
"""Cases beyond which the porter waits for the clerks."""
DAYS_PER_SECOND = 4


class RacingClock:
    """A clock on which days pass in seconds; it goes on over a restart, for all processes count from one moment."""

    def __init__(self, started: float) -> None:
        self._started = started

    def now(self) -> datetime:
        """Return the time of the race."""
        days = (time.time() - self._started) * DAYS_PER_SECOND
        return aware(datetime.fromisoformat(MONDAY)) + timedelta(days=days)


class Acknowledgements:
    """Where each step is said to be done, as an answer to a clerk's click would say it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def say(self, **what: object) -> None:
        """Say it now; so short a message goes through whole or not at all."""
        with self._lock:
            self._pipe.send(what)


def labour(pipe: Connection, desk: Desk, seed: int) -> NoReturn:
    """Load the diagrams, wait for the word, then work until killed; the word says how many petitions came before."""
    desk.shelf.check()
    received = pipe.recv()
    acknowledge = Acknowledgements(pipe)
    hands: list[Callable[[], object]] = [lambda: _porter(desk, acknowledge, received), lambda: _clockwork(desk)]
    hands += [lambda n=n: _clerk(desk, acknowledge, Random(f"{seed}/{n}")) for n in range(CLERKS)]  # type: ignore[misc]
    threads = [threading.Thread(target=_until_it_fails, args=(hand, acknowledge), daemon=True) for hand in hands]
    parent = os.getppid()
    for thread in threads:
        thread.start()
    while os.getppid() == parent:  # the campaign may be killed itself
        threads[0].join(0.1)
    os._exit(1)


def a_new_petition(number: int, at: datetime) -> Envelope:
    """Return the petition *number*, unlike every other: a repeat would end at once beside the first."""
    chance = Random(number)
    text = "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(60))
    person = Party(name=f"周{text[:2]}", phone=f"139{number:08}", address=f"城关镇{text[2:6]}社区")
    return a_petition(external_id=f"crash-{number}", received_at=at, title=text[:12], text=text, people=(person,))


def _until_it_fails(hand: Callable[[], object], acknowledge: Acknowledgements) -> None:
    try:
        hand()
    except BaseException as error:
        acknowledge.say(broken=f"{type(error).__name__}: {error}")
        raise


def _porter(desk: Desk, acknowledge: Acknowledgements, received: int) -> None:
    """Hand in petitions; the first one may have come in already, before the last kill, without an answer."""
    while True:
        if desk.store.read(lambda record: record.cases.count(is_open=True)) < OPEN:
            envelope = a_new_petition(received, desk.now())
            receipt = intake.receive(desk, envelope, "system")
            acknowledge.say(petition=envelope.external_id, number=receipt.number)
            received += 1
        else:
            _pause()


def _clerk(desk: Desk, acknowledge: Acknowledgements, chance: Random) -> None:
    """Complete work; another clerk may be at the same item."""
    while True:
        items = work.list_(desk, limit=60)
        if not items:
            _pause()
            continue
        item = chance.choice(items)
        try:
            staff.do(desk, item, {})
        except (Conflict, Refused):
            continue
        acknowledge.say(work=item.number, task=item.task)


def _clockwork(desk: Desk) -> None:
    """Fire what is due and run what the outbox wants."""
    while True:
        due.fire(desk)
        calls.run(desk)
        _pause()


def _pause() -> None:
    threading.Event().wait(0.002)
