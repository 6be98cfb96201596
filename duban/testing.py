"""A bureau for tests: the real engine, record and content, a clock that moves, and a world that remembers.

::

    def test_the_duty_goes_on_after_its_limit() -> None:
        with a_bureau(at="2026-02-02T09:00+08:00") as house:
            number = a_case(house, at="sign")
            house.clock.move(days=30)
            walk(house, number)

            assert cases.show(house.desk, number).case.end == "end_closed"
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from duban.bureau import Bureau, find_folder, open_bureau
from duban.desk import calls, due, intake, staff, work
from duban.desk.desk import Desk
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.clock import aware
from duban.model.petition import Envelope, Party
from duban.opening import desk_of, prepare
from duban.outside.post import Memory
from duban.store import Store, Unit

MONDAY = "2026-03-02T09:00+08:00"
"""A working day with working days around it: no rest day rolls a deadline by surprise."""
STEPS = 200
"""More steps than any case takes; a case that takes more goes round in circles."""


class MovableClock:
    """A clock that stands until it is moved; what falls due on the way happens on the way, in order."""

    def __init__(self, at: datetime) -> None:
        """*at*: where it stands first."""
        self._now = aware(at)
        self._next: Callable[[], datetime | None] = lambda: None
        self._work: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """Return where it stands."""
        return self._now

    def attend(self, when: Callable[[], datetime | None], what: Callable[[], None]) -> None:
        """Do *what* wherever the clock stops, and stop wherever *when* says that something waits."""
        self._next, self._work = when, what

    def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward by so much, stopping at everything that is due before."""
        self.to(self._now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def to(self, at: datetime | str) -> None:
        """Move forward to *at* (an ISO instant may be given), stopping at everything that is due before."""
        end = aware(datetime.fromisoformat(at) if isinstance(at, str) else at)
        assert end >= self._now, f"time does not run back from {self._now} to {end}"  # noqa: S101
        while (stop := self._next()) is not None and stop <= end:
            self._now = max(stop, self._now)
            self._work()
        self._now = end
        self._work()

    def jump(self, *, days: float = 0, hours: float = 0) -> None:
        """Move forward at one leap, as when the house slept: what fell due meanwhile is noticed late."""
        self._now += timedelta(days=days, hours=hours)
        self._work()


@dataclass(kw_only=True)
class House:
    """A bureau under test."""

    desk: Desk
    clock: MovableClock
    post: Memory
    """What left the house."""
    fired: due.Fired = field(default_factory=due.Fired)
    """How much the clock has fired so far."""

    def settle(self) -> None:
        """Fire what is due and run what the outbox wants, until nothing is left to do now."""
        for _ in range(STEPS):
            fired = due.fire(self.desk)
            ran = calls.run(self.desk)
            self.fired += fired
            if not (fired.cases or ran.done or ran.messages):
                return
        raise AssertionError("the bureau does not come to rest: calls or timers go round in circles")

    def next_at(self) -> datetime | None:
        """Return when something happens by itself."""
        times = self.desk.store.read(lambda record: (record.due.next_at(), record.outbox.next_at()))
        return min((at for at in times if at is not None), default=None)


@contextmanager
def a_bureau(
    url: str = "sqlite://", *, at: str | datetime = MONDAY, folder: Path | None = None, bureau: Bureau | None = None
) -> Generator[House]:
    """Open the sample bureau (or the one in *folder*) on a database, empty but for its people."""
    clock = MovableClock(datetime.fromisoformat(at) if isinstance(at, str) else at)
    post = Memory()
    desk = desk_of(bureau=bureau or content(folder), store=Store(url), clock=clock, post=post)
    house = House(desk=desk, clock=clock, post=post)
    try:
        prepare(desk)
        clock.attend(house.next_at, house.settle)
        yield house
    finally:
        desk.close()


@cache
def content(folder: Path | None = None) -> Bureau:
    """Return the bureau's content, read once."""
    return open_bureau(find_folder(given=folder, environment=None, start=Path.cwd()))


def a_petition(**changes: Any) -> Envelope:
    """Return a petition that is complete: somebody with a name, a phone and an address asks for something."""
    usual = Envelope(
        channel="LX",
        received_at=datetime.fromisoformat(MONDAY),
        external_id=f"T{secrets.token_hex(6)}",
        title="请求查处楼下夜间犬吠扰民",
        text="我住城关镇桥东社区3幢，楼下一户养的狗每天夜里十二点以后叫个不停，孩子睡不好。请派出所上门处理。",
        people=(Party(name="周小平", phone="13800000001", address="城关镇桥东社区3幢402室"),),
    )
    return replace(usual, **changes)


def a_case(house: House, *, at: str | None = None, petition: Envelope | None = None, **answers: Any) -> str:
    """Receive a petition and let the staff work until the case waits at the element *at*; return its number.

    *answers* go to the forms of the steps they name: ``a_case(house, at="gate_po", draft={"opinion": "…"})``.
    """
    envelope = petition or a_petition(received_at=house.clock.now())
    receipt = intake.receive(house.desk, envelope, "system")
    house.settle()
    if at is not None:
        walk(house, receipt.number, to=at, answers=answers)
    return receipt.number


def walk(house: House, number: str, *, to: str | None = None, answers: dict[str, Any] | None = None) -> list[str]:
    """Let the staff work on a case until it waits at *to* (None: until it has ended); return the steps done.

    Where nobody has anything to do, the clock moves on to the next timer.
    """
    done: list[str] = []
    for _ in range(STEPS):
        case, items = house.desk.store.read(lambda record: _look(record, number))
        if any(item.element == to for item in items) or (to is None and not case.is_open):
            return done
        if items:
            done.append(do(house, items[0], (answers or {}).get(items[0].element)))
        elif case.is_open and (at := house.next_at()) is not None:
            house.clock.to(at)
        else:
            raise NotFound(f"{number} never came to {to or 'its end'}; it went {' → '.join(done) or 'nowhere'}")
    raise AssertionError(f"{number} goes round in circles: {' → '.join(done[-20:])}")


def _look(record: Unit, number: str) -> tuple[Case, list[work.Item]]:
    case = record.cases.load(number)
    return case, record.worklist.of(case.id)


def do(house: House, item: work.Item, answers: dict[str, Any] | None = None) -> str:
    """Let whoever may do it complete *item*, with *answers* where given; return its element."""
    staff.do(house.desk, item, answers or {})
    house.settle()
    return item.element
