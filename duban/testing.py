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
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from duban.bureau import Bureau, find_folder, open_bureau
from duban.desk import due, intake, staff, work
from duban.desk.desk import Desk
from duban.desk.shelf import Shelf
from duban.desk.virtual import MovableClock, next_at, settle
from duban.errors import NotFound
from duban.model.case import Case
from duban.model.petition import Envelope, Party
from duban.opening import check, desk_of, enter, letters_of
from duban.outside.letters import Letters
from duban.outside.post import Memory
from duban.store import Store, Unit

__all__ = ["MONDAY", "House", "MovableClock", "a_bureau", "a_case", "a_petition", "content", "do", "walk"]

MONDAY = "2026-03-02T09:00+08:00"
"""A working day with working days around it: no rest day rolls a deadline by surprise."""
STEPS = 200
"""More steps than any case takes; a case that takes more goes round in circles."""


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
        self.fired += settle(self.desk)

    def next_at(self) -> datetime | None:
        """Return when something happens by itself."""
        return next_at(self.desk)


@contextmanager
def a_bureau(
    url: str = "sqlite://", *, at: str | datetime = MONDAY, folder: Path | None = None, bureau: Bureau | None = None
) -> Generator[House]:
    """Open the sample bureau (or the one in *folder*) on a database, empty but for its people."""
    clock = MovableClock(datetime.fromisoformat(at) if isinstance(at, str) else at)
    post = Memory()
    known = bureau or content(folder)
    shelf, letters = _compiled(known)
    desk = desk_of(bureau=known, store=Store(url), clock=clock, post=post, shelf=shelf, letters=letters)
    house = House(desk=desk, clock=clock, post=post)
    try:
        enter(desk)
        clock.attend(house.next_at, house.settle)
        yield house
    finally:
        desk.close()


_COMPILED: list[tuple[Bureau, Shelf, Letters]] = []
"""What the last few bureaus were compiled to: a process opens the same one many times."""
KEPT = 8


def _compiled(bureau: Bureau) -> tuple[Shelf, Letters]:
    """Return shelf and letters of *bureau*, compiled and checked once.

    Raises:
        BureauError: Its content does not hold together; every problem is named.
    """
    for known, shelf, letters in _COMPILED:
        if known is bureau:
            return shelf, letters
    shelf, letters = Shelf(bureau), letters_of(bureau)
    check(shelf, letters)
    _COMPILED.append((bureau, shelf, letters))
    del _COMPILED[:-KEPT]
    return shelf, letters


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
