"""Messages: from people and systems to cases; those from case to case are carried by duban.desk.carrying."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from duban.desk import sight
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.steps import take_step, write
from duban.model.calls import Message
from duban.store import Snapshot, Unit


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
    sight.require(desk, record, case, actor, at)
    if message.id and not record.messages.first_time(case.id, message.id, at=at):
        return False
    hand_over(desk, record, case, message, at=at, noticed_at=at, actor=actor)
    return True


def hand_over(
    desk: Desk, record: Unit, case: Snapshot, message: Message, *, at: datetime, noticed_at: datetime, actor: str
) -> None:
    """Let *case* take the message, within a transaction.

    Raises:
        NotWaiting: Nothing in the case waits for it.
        AmbiguousMessage: Several instances wait and it names none.
    """
    take_step(
        desk,
        record,
        case,
        lambda definition, state: process.deliver(definition, state, message, now=at, deadlines=desk.deadlines),
        at=at,
        noticed_at=noticed_at,
        actor=actor,
    )
