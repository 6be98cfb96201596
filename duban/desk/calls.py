"""Calls: what diagrams want done in the world, done after the commit, at least once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from duban.api import Call, Done, Failed, Handler
from duban.desk.carrying import carry
from duban.desk.desk import Desk
from duban.desk.effects import apply_effects
from duban.desk.engine import process
from duban.desk.retries import wait_after
from duban.desk.steps import take_step, write
from duban.desk.tools import CallTools
from duban.errors import AlreadyDone, Conflict, MissingHandler, Problem
from duban.model.calls import Answer, BusinessError
from duban.model.facts import Happening, Kind
from duban.model.outcome import Incident
from duban.model.people import SYSTEM
from duban.store import Unit
from duban.store.letters import Sent
from duban.store.outbox import Queued

HELD = timedelta(minutes=5)
"""How long a claimed call keeps other processes away; longer than any handler may take."""
GROUP = 16
"""Calls that are claimed together and whose answers share a commit."""

LONGEST_ERROR = 2_000
"""Characters of a handler's error that are kept: it stands in the journal for ever."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What one sweep of the outbox did."""

    done: int = 0
    retried: int = 0
    """Calls that failed and will be tried again."""
    failed: int = 0
    """Calls that failed for the last time; each has an incident."""
    messages: int = 0
    """Messages that arrived."""

    def __add__(self, other: Ran) -> Ran:
        return Ran(
            done=self.done + other.done,
            retried=self.retried + other.retried,
            failed=self.failed + other.failed,
            messages=self.messages + other.messages,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attempt:
    """How one attempt at a call ended."""

    call: Queued
    answer: Done | Failed | None
    """None: the handler broke; *error* says how."""
    error: str = ""
    hopeless: bool = False
    """Trying again cannot help: a person must."""
    sent: tuple[Sent, ...] = ()


def run(desk: Desk, limit: int = 100) -> Ran:
    """Run what the outbox wants done now, at most *limit* calls and as many messages."""
    ran = Ran()
    left = limit
    while left > 0 and (claimed := _claim(desk, min(GROUP, left))):
        left -= len(claimed)
        ran += _settle_all(desk, [_attempt(desk, call) for call in claimed])
    return ran + Ran(messages=carry(desk, limit))


def _claim(desk: Desk, limit: int) -> list[Queued]:
    now = desk.now()
    return desk.store.write(lambda record: record.outbox.claim(now, limit=limit, holder=desk.name, until=now + HELD))


def _attempt(desk: Desk, call: Queued) -> _Attempt:
    """Let the handler try; whatever it raises is an attempt that failed, never a sweep that stops."""
    tools = CallTools(desk, call)
    try:
        answer = _handler(desk, call)(_asked(call, desk.now()), tools)
    except MissingHandler as error:
        return _Attempt(call=call, answer=None, error=str(error), hopeless=True)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a handler is the bureau's code: anything may come out
        text = _told(error)
        log.warning("%s failed for %s: %s", call.operator, call.number, text)
        return _Attempt(call=call, answer=None, error=text, sent=tuple(tools.sent))
    if not isinstance(answer, Done | Failed):  # pyright: ignore[reportUnnecessaryIsInstance]  # it may be anything
        text = f"{call.operator} answered {type(answer).__name__}; a handler answers Done or Failed"
        return _Attempt(call=call, answer=None, error=text, hopeless=True, sent=tuple(tools.sent))
    return _Attempt(call=call, answer=answer, sent=tuple(tools.sent))


def _told(error: BaseException) -> str:
    """Return what *error* says, as far as somebody will read it."""
    try:
        words = str(error)
    except Exception:  # noqa: BLE001  # its class is the bureau's code too
        words = "its message cannot be read"
    return f"{type(error).__name__}: {words}"[:LONGEST_ERROR]


def _handler(desk: Desk, call: Queued) -> Handler:
    offered = desk.bureau.handlers.get(call.operator)
    if offered is None:
        known = ", ".join(sorted(desk.bureau.handlers)) or "nothing"
        message = f"operator {call.operator!r} has no handler. tasks/ offers: {known}"
        raise MissingHandler([Problem(file="tasks/", element=call.element, message=message)])
    return offered.handler


def _asked(call: Queued, now: datetime) -> Call:
    return Call(
        key=call.key,
        operator=call.operator,
        parameters=call.parameters,
        case=call.case,
        number=call.number,
        kind=call.kind,
        element=call.element,
        attempt=call.attempts,
        now=now,
    )


def _settle_all(desk: Desk, attempts: list[_Attempt]) -> Ran:
    """Write the answers in one commit; an answer that the case does not take is a failed attempt."""
    now = desk.now()
    ran = Ran()
    answers = desk.store.write_many([partial(_settle, desk, attempt, now) for attempt in attempts])
    for attempt, answer in zip(attempts, answers, strict=True):
        if isinstance(answer, Ran):
            ran += answer
            continue
        again = attempt
        if not isinstance(answer, Conflict):  # after a conflict the same answer is given to the case as it is now
            again = _Attempt(call=attempt.call, answer=None, error=str(answer), hopeless=True)
        ran += write(desk, partial(_settle, desk, again, now))
    return ran


def _settle(desk: Desk, attempt: _Attempt, now: datetime, record: Unit) -> Ran:
    """Write how one attempt ended."""
    call = attempt.call
    for sent in attempt.sent:
        record.letters.keep_sent(sent)
    if record.outbox.get(call.case, call.task) is None:
        return Ran()  # nobody waits for it any more: the case moved on, or another attempt was answered
    if attempt.answer is None:
        return _settle_failure(desk, attempt, now, record)
    case = record.cases.load(call.case)
    more: list[Happening] = []
    delivery: Answer | BusinessError
    if isinstance(attempt.answer, Done):
        delivery = Answer(task=call.task, result=dict(attempt.answer.result))
        more = apply_effects(record, case, call, attempt.answer.effects, at=now)
    else:
        delivery = BusinessError(task=call.task, code=attempt.answer.code, message=attempt.answer.message)
    deliver(desk, record, call, delivery, at=now, actor=SYSTEM, more=more)
    return Ran(done=1)


def deliver(
    desk: Desk,
    record: Unit,
    call: Queued,
    delivery: Answer | BusinessError,
    *,
    at: datetime,
    actor: str,
    more: list[Happening],
) -> None:
    """Give the case the answer that it waits for; the step takes the call out of the outbox."""
    case = record.cases.load(call.case)
    try:
        take_step(
            desk,
            record,
            case,
            lambda definition, state: process.deliver(definition, state, delivery, now=at, deadlines=desk.deadlines),
            at=at,
            actor=actor,
            more=more,
        )
    except AlreadyDone:
        # interrupted meanwhile: nobody waits, but what was done in the world stays true
        record.note(case, more, at=at, actor=actor)
        record.outbox.done(call.case, call.task)


def _settle_failure(desk: Desk, attempt: _Attempt, now: datetime, record: Unit) -> Ran:
    """Try again later, or give up and ask a person."""
    call = attempt.call
    case = record.cases.load(call.case)
    failed = {"task": call.task, "element": call.element, "error": attempt.error, "attempt": call.attempts}
    record.note(case, [Happening(kind=Kind.CALL_FAILED, payload=failed)], at=now, actor=SYSTEM)
    wait = None if attempt.hopeless else wait_after(desk.bureau, call.attempts)
    if wait is not None:
        record.outbox.again(call.case, call.task, at=now + wait, error=attempt.error)
        return Ran(retried=1)
    record.outbox.give_up(call.case, call.task, error=attempt.error)
    incident = Incident(
        task=call.task,
        element=call.element,
        scope=call.scope,
        reason="call",
        message=f"{call.operator} failed {call.attempts} times: {attempt.error}. "
        "Mend the cause and retry, or answer by hand.",
        detail={"operator": call.operator, "error": attempt.error, "attempts": call.attempts},
    )
    record.incidents.open_(call.case, incident, at=now)
    return Ran(failed=1)
