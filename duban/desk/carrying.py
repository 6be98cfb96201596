"""Carrying: messages from case to case, each once, those of one case in the order in which it threw them.

Where a message goes is decided in this order (docs/messages.md):

1. It begins a kind of case. An open case of that kind with the same key takes it, or absorbs it; else a case is opened.
2. It names a case (``case_no``): that one.
3. Every open case whose diagram catches it and whose key does not contradict it.

Nobody waiting is no mistake (a letter to a pool outside, a stop for what is over): a fact says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from duban.desk import intake, kin, messages
from duban.desk.addresses import catching, kind_started_by
from duban.desk.beginnings import Beginning, begin
from duban.desk.desk import Desk
from duban.desk.retries import wait_after
from duban.desk.steps import write
from duban.desk.texts import put_in
from duban.errors import BureauError, Conflict, DubanError, NotFound, NotWaiting, Refused
from duban.model.calls import Message
from duban.model.facts import Happening, Kind
from duban.model.outcome import Incident
from duban.model.people import SYSTEM
from duban.petitions.envelopes import envelope_of
from duban.store import Snapshot, Unit
from duban.store.messages import Underway

RECEIVED = "petition.received"
"""A petition that another case raises: it goes through intake like any other."""
HELD = timedelta(minutes=5)
"""How long a claimed message keeps other processes away."""
AGAIN = timedelta(seconds=1)
"""When a message is tried again that met another step of the same case."""
HOPELESS = (NotFound, Refused, BureauError)
"""Trying again cannot help: a person must."""


def carry(desk: Desk, limit: int) -> int:
    """Carry messages from case to case, until none is left or *limit* were tried; return how many arrived."""
    tried, arrived = 0, 0
    while tried < limit and (letters := _claim(desk, limit - tried)):
        tried += len(letters)
        arrived += sum(_carry_one(desk, letter) for letter in letters)
    return arrived


def _claim(desk: Desk, limit: int) -> list[Underway]:
    now = desk.now()
    return desk.store.write(lambda record: record.messages.claim(now, limit=limit, holder=desk.name, until=now + HELD))


def _carry_one(desk: Desk, letter: Underway) -> bool:
    now = desk.now()
    try:
        if _is_for_one(desk, letter):
            return write(desk, partial(_hand_over, desk, letter, now))
        return _tell_all(desk, letter, now)
    except Conflict as error:
        said = str(error)
        desk.store.write(lambda record: record.messages.again(letter.id, at=now + AGAIN, error=said))
    except DubanError as error:
        desk.store.write(partial(_try_later, desk, letter, error, now))
    return False


def _try_later(desk: Desk, letter: Underway, error: DubanError, now: datetime, record: Unit) -> None:
    """Try again after a while, or give up and ask a person."""
    wait = None if isinstance(error, HOPELESS) else wait_after(desk.bureau, letter.attempts)
    record.messages.again(letter.id, at=None if wait is None else now + wait, error=str(error))
    if wait is None:
        message = f"the message {letter.name} does not arrive: {error}. Mend the cause, then retry."
        incident = Incident(
            task=letter.task,
            element=letter.element,
            scope=letter.scope,
            reason="message",
            message=message,
            detail={"message": letter.id, "name": letter.name, "error": type(error).__name__},
        )
        record.incidents.open_(letter.case, incident, at=now)


def _is_for_one(desk: Desk, letter: Underway) -> bool:
    return letter.name == RECEIVED or kind_started_by(desk, letter.name) is not None or _named(letter) is not None


def _hand_over(desk: Desk, letter: Underway, now: datetime, record: Unit) -> bool:
    """Deliver a message that one case takes, or open the case that it begins."""
    letter = record.messages.refreshed(letter)
    if not record.messages.done(letter.id):
        return False
    if letter.name == RECEIVED:
        _raise_petition(desk, letter, now, record)
    elif (kind := kind_started_by(desk, letter.name)) is not None:
        _begin_or_absorb(desk, kind, letter, now, record)
    elif (number := _named(letter)) is not None:
        _take(desk, record.cases.load(number), letter, now, record, missed="not_waiting")
    return True


def _raise_petition(desk: Desk, letter: Underway, now: datetime, record: Unit) -> None:
    parent = record.cases.find(letter.case)
    assert parent is not None, f"{letter.id} was thrown by no case"  # noqa: S101  # a foreign key says otherwise
    said = put_in(
        record, letter.payload.get("envelope")
    )  # what somebody said stands elsewhere; the new case has its own
    envelope = envelope_of(said, now=letter.thrown_at)
    raised = intake.Raised(by=parent, key=letter.correlation)
    intake.admit(desk, envelope, SYSTEM, now, record, raised)


def _begin_or_absorb(desk: Desk, kind: str, letter: Underway, now: datetime, record: Unit) -> None:
    """Open the case that a message begins, a child of the one that threw it; one with the same key takes it instead."""
    known = record.keys.find(kind, letter.correlation)
    if known is not None:
        _take(desk, record.cases.load(known.case), letter, now, record, missed="absorbed")
        return
    beginning = Beginning(
        kind=kind,
        data=letter.payload,
        at=letter.thrown_at,
        noticed_at=now,
        actor=SYSTEM,
        message=letter.name,
        parent=record.cases.find(letter.case),
        key=letter.correlation,
    )
    case, _ = begin(desk, record, beginning)
    record.keys.add(
        case.id,
        kind,
        letter.correlation,
        is_found=case.is_open,
        host=None if letter.host is None else (letter.host, letter.scope),
        over_at=letter.over_at,
        completed=letter.completed,
    )
    if letter.over_at is not None and case.is_open and (watcher := record.keys.of(case.id)) is not None:
        kin.stop(desk, record, watcher, done_at=letter.over_at, completed=letter.completed, at=now)


def _tell_all(desk: Desk, letter: Underway, now: datetime) -> bool:
    """Deliver a message to every case that waits for it, each in a transaction of its own."""
    kinds = catching(desk, letter.name)
    cases = desk.store.read(lambda record: record.keys.open_ones(kinds)) if kinds else []
    heard = [
        write(desk, partial(_tell_one, desk, number, letter, now))
        for number, _, key in cases
        if _agree(key or {}, letter.correlation)
    ]

    def finish(record: Unit) -> bool:
        if not record.messages.done(letter.id):
            return False
        if not any(heard):
            _note_unheard(record, record.cases.load(letter.case), letter, "nobody", now)
        return True

    return write(desk, finish)


def _tell_one(desk: Desk, number: str, letter: Underway, now: datetime, record: Unit) -> bool:
    """Let one case take the message; False: nothing in it waits."""
    case = record.cases.load(number)
    if not case.is_open:
        return False
    if not record.messages.first_time(case.id, letter.id, at=now):
        return True
    try:
        _give(desk, case, letter, now, record)
    except NotWaiting:
        record.messages.forget(case.id, letter.id)
        return False
    return True


def _take(desk: Desk, case: Snapshot, letter: Underway, now: datetime, record: Unit, *, missed: str) -> None:
    """Let *case* take the message; a fact says so where it is over, or where nothing in it waits."""
    if not record.messages.first_time(case.id, letter.id, at=now):
        return
    if not case.is_open:
        _note_unheard(record, case, letter, "ended", now)
        return
    try:
        _give(desk, case, letter, now, record)
    except NotWaiting:
        _note_unheard(record, case, letter, missed, now)


def _give(desk: Desk, case: Snapshot, letter: Underway, now: datetime, record: Unit) -> None:
    """Hand the message over as of when it was thrown, unless the case has moved since."""
    at = letter.thrown_at if record.cases.moved_at(case.id) <= letter.thrown_at else now
    message = Message(name=letter.name, payload=letter.payload, correlation=letter.correlation, id=letter.id)
    messages.hand_over(desk, record, case, message, at=at, noticed_at=now, actor=SYSTEM)


def _note_unheard(record: Unit, case: Snapshot, letter: Underway, why: str, now: datetime) -> None:
    payload = {
        "name": letter.name,
        "payload": letter.payload,
        "correlation": letter.correlation,
        "id": letter.id,
        "from": letter.number,
        "why": why,
    }
    record.note(case, [Happening(kind=Kind.MESSAGE_UNHEARD, payload=payload)], at=now, actor=SYSTEM)


def _agree(key: Mapping[str, Any], correlation: Mapping[str, Any]) -> bool:
    return all(correlation[name] == value for name, value in key.items() if name in correlation)


def _named(letter: Underway) -> str | None:
    """Return the number of the case that the message names."""
    number = letter.correlation.get(kin.ADDRESS) or letter.payload.get(kin.ADDRESS)
    return number if isinstance(number, str) and number else None
