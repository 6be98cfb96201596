"""Facts: what happened to a case, in the past tense, once and for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Closed list of fact kinds; each line names its payload."""

    CASE_STARTED = "case_started"  # process, data
    TOKENS_MOVED = "tokens_moved"  # entered[[element, scope, task, flow|null]], left[[element, scope, task, how]]
    DATA_WRITTEN = "data_written"  # element, scope, data {top-level key: value}; a deleted key is in gone[]
    WORK_OPENED = "work_opened"  # task, element, name, scope, role, unit, person, form; excluded[] where somebody is
    WORK_CLAIMED = "work_claimed"  # task, person
    WORK_RETURNED = "work_returned"  # task, person
    WORK_COMPLETED = "work_completed"  # task, element, scope, data
    WORK_WITHDRAWN = "work_withdrawn"  # task, element, scope: the case moved on without it
    TIMER_ARMED = "timer_armed"  # task, element, scope, due, name, why
    TIMER_MOVED = "timer_moved"  # task, element, scope, name, before, after, why
    TIMER_FIRED = "timer_fired"  # task, element, scope, name, due
    TIMER_CANCELLED = "timer_cancelled"  # task, element, scope, name
    DECISION_MADE = "decision_made"  # element, scope, decision, rules[], inputs, outputs; for: decision requiring it
    SCRIPT_RUN = "script_run"  # element, scope, result: what the sandbox returned, for re-execution
    CALL_WANTED = "call_wanted"  # task, element, scope, operator, parameters
    CALL_ANSWERED = "call_answered"  # task, element, scope, result
    CALL_FAILED = "call_failed"  # task, element, error, attempt
    MESSAGE_THROWN = "message_thrown"  # element, scope, name, payload, correlation
    MESSAGE_RECEIVED = "message_received"  # name, payload, correlation, id, tasks[]; signal: true for a signal
    MESSAGE_UNHEARD = "message_unheard"  # name, payload, correlation, id, from, why: absorbed|ended|not_waiting|nobody
    INCIDENT_OPENED = "incident_opened"  # task, element, scope, reason, message, detail
    INCIDENT_SETTLED = "incident_settled"  # task, element, scope, decision
    CASE_ENDED = "case_ended"  # ends[element]
    REPEAT_LINKED = "repeat_linked"  # number, of
    MATTER_FINAL = "matter_final"  # of
    WEIGHT_RAISED = "weight_raised"  # of
    WORDS_ADDED = "words_added"  # text
    LETTER_ISSUED = "letter_issued"  # letter, number, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """A fact before it is written: what the engine or the desk says happened."""

    kind: Kind
    payload: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A fact as it stands in the journal."""

    seq: int
    """Position in the whole journal."""
    case: int
    n: int
    """Position in the case's own chain, from 1."""
    kind: Kind
    at: datetime
    """When it counts as having happened: for a timer, when it was due."""
    noticed_at: datetime
    """When the house noticed it."""
    actor: str
    """Person id, or ``system``."""
    definition: str
    payload: Mapping[str, Any]
    prev: bytes
    hash: bytes
