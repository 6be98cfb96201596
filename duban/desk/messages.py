"""Messages: from people and systems to cases, and from case to case."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.numbers import case_number
from duban.desk.retries import wait_after
from duban.desk.steps import take_step, write
from duban.errors import DubanError, NotFound
from duban.model.calls import Message
from duban.model.people import SYSTEM
from duban.store import NewCase, Unit
from duban.store.messages import Underway

ADDRESS = "case_no"
"""Key of a message's payload or correlation that names the case it goes to (processes.md 3.3)."""
HELD = timedelta(minutes=5)
"""How long a claimed message keeps other processes away."""


def deliver(desk: Desk, number: str, message: Message, actor: str) -> bool:
    """Deliver *message* to the case *number*; False: a message with this id had reached it before.

    Raises:
        NotFound: There is no such case or person.
        NotWaiting: Nothing in the case waits for it.
        AmbiguousMessage: Several instances wait and it names none.
    """
    return write(desk, partial(_deliver, desk, number, message, actor, desk.now()))


def _deliver(desk: Desk, number: str, message: Message, actor: str, at: datetime, record: Unit) -> bool:
    desk.roster.require(record, actor)
    case = record.cases.load(number)
    if message.id and not record.messages.first_time(case.id, message.id, at=at):
        return False
    take_step(
        desk,
        record,
        case,
        lambda definition, state: process.deliver(definition, state, message, now=at, deadlines=desk.deadlines),
        at=at,
        actor=actor,
    )
    return True


def carry(desk: Desk, limit: int) -> int:
    """Carry messages from case to case, each in a transaction of its own; return how many arrived."""
    now = desk.now()
    letters = desk.store.write(
        lambda record: record.messages.claim(now, limit=limit, holder=desk.name, until=now + HELD)
    )
    return sum(_carry_one(desk, letter, now) for letter in letters)


def _carry_one(desk: Desk, letter: Underway, now: datetime) -> bool:
    try:
        return write(desk, partial(_hand_over, desk, letter, now))
    except DubanError as error:
        wait = wait_after(desk.bureau, letter.attempts)
        again = None if wait is None else now + wait
        said = str(error)
        desk.store.write(lambda record: record.messages.again(letter.id, at=again, error=said))
        return False


def _hand_over(desk: Desk, letter: Underway, now: datetime, record: Unit) -> bool:
    """Deliver one message, or open the case that it starts; a message that no diagram reads has arrived."""
    if not record.messages.done(letter.id):
        return False
    message = Message(name=letter.name, payload=letter.payload, correlation=letter.correlation, id=letter.id)
    if (kind := _kind_started_by(desk, letter.name)) is not None:
        _open_child(desk, kind, letter, now, record)
    elif (number := _addressee(letter)) is not None:
        _deliver(desk, number, message, SYSTEM, now, record)
    elif _is_read(desk, letter.name):
        raise NotFound(f"message {letter.name!r} names no case: put {ADDRESS!r} into its payload or correlation")
    return True


def _open_child(desk: Desk, kind: str, letter: Underway, now: datetime, record: Unit) -> None:
    """Open the case that a message starts, a child of the one that threw it."""
    definition = desk.shelf.of_kind(kind)
    outcome = process.start(definition, dict(letter.payload), now=now, deadlines=desk.deadlines)
    new = NewCase(
        number=case_number(desk, record, kind, now),
        kind=kind,
        process=definition.process,
        definition=definition.digest,
        parent=letter.case,
    )
    record.definitions.add(definition, at=now)
    record.open_case(new, outcome, at=now, actor=SYSTEM)


def _kind_started_by(desk: Desk, name: str) -> str | None:
    for kind in desk.bureau.settings.kinds:
        if name in desk.shelf.drawing(desk.shelf.of_kind(kind)).started_by:
            return kind
    return None


def _is_read(desk: Desk, name: str) -> bool:
    kinds = desk.bureau.settings.kinds
    return any(name in desk.shelf.drawing(desk.shelf.of_kind(kind)).caught for kind in kinds)


def _addressee(letter: Underway) -> str | None:
    number = letter.correlation.get(ADDRESS) or letter.payload.get(ADDRESS)
    return number if isinstance(number, str) and number else None
