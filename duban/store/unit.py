"""The unit of work: everything that one transaction may read and write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from duban.model.facts import Happening, Kind
from duban.model.outcome import Outcome
from duban.store import journal
from duban.store.cases import Cases, NewCase, Snapshot
from duban.store.definitions import Definitions
from duban.store.due import DueTimes
from duban.store.incidents import Incidents
from duban.store.instants import micros
from duban.store.intake import Intake
from duban.store.journal import Journal
from duban.store.keys import CaseKeys
from duban.store.leases import Leases
from duban.store.letters import Letters
from duban.store.likeness import Likeness
from duban.store.messages import Messages
from duban.store.numbers import Numbers
from duban.store.outbox import Outbox
from duban.store.parties import Parties
from duban.store.people import People
from duban.store.register import Register
from duban.store.shields import Shields
from duban.store.texts import Texts
from duban.store.wire import Row, Wire
from duban.store.worklist import Worklist

NO_HOSTS: Mapping[str, str] = MappingProxyType({})


class Unit:
    """One transaction's view of the record, by noun."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.cases = Cases(wire)
        self.keys = CaseKeys(wire)
        self.shields = Shields(wire)
        self.journal = Journal(wire)
        self.register = Register(wire)
        self.worklist = Worklist(wire)
        self.due = DueTimes(wire)
        self.outbox = Outbox(wire)
        self.messages = Messages(wire)
        self.incidents = Incidents(wire)
        self.texts = Texts(wire)
        self.intake = Intake(wire)
        self.likeness = Likeness(wire)
        self.definitions = Definitions(wire)
        self.people = People(wire)
        self.parties = Parties(wire)
        self.letters = Letters(wire)
        self.leases = Leases(wire)
        self.numbers = Numbers(wire)

    def open_case(
        self,
        new: NewCase,
        outcome: Outcome,
        *,
        at: datetime,
        actor: str,
        noticed_at: datetime | None = None,
        more: Sequence[Happening] = (),
        register: Mapping[str, Any] | None = None,
        calls_at: datetime | None = None,
        hosts: Mapping[str, str] = NO_HOSTS,
    ) -> Snapshot:
        """Write a new case with everything its first step did.

        Args:
            new: What the case is; its number must be free.
            outcome: What the engine answered to ``start``.
            at: When it counts as having happened.
            actor: Person id or ``system``.
            noticed_at: When the house noticed it; *at* unless given.
            more: Facts of the desk, after those of the engine.
            register: Columns of its register row, for a petition (see duban.store.register); None: no row.
            calls_at: Not before this instant are the wanted calls run; *noticed_at* unless given.
            hosts: Throwing element to the activity beside which it throws.

        Raises:
            Conflict: The number is taken.
            NotFound: The parent or the definition is not in the record.
        """
        case = self.cases.add(new, outcome.state, at=micros(at))
        if register is not None:
            self.register.add(case.id, register, at=micros(at))
        return self.save(
            case, outcome, at=at, actor=actor, noticed_at=noticed_at, more=more, calls_at=calls_at, hosts=hosts
        )

    def save(
        self,
        case: Snapshot,
        outcome: Outcome,
        *,
        at: datetime,
        actor: str,
        noticed_at: datetime | None = None,
        more: Sequence[Happening] = (),
        register: Mapping[str, Any] | None = None,
        calls_at: datetime | None = None,
        definition: str | None = None,
        hosts: Mapping[str, str] = NO_HOSTS,
    ) -> Snapshot:
        """Write one step of *case*: facts, state, work, dues, calls, thrown messages, incidents, end.

        Args:
            case: As it was loaded.
            outcome: What the engine answered.
            at: When it counts as having happened (for a timer: when it was due).
            actor: Person id or ``system``.
            noticed_at: When the house noticed it; *at* unless given.
            more: Facts of the desk, after those of the engine.
            register: Changed columns of its register row, if it has one.
            calls_at: Not before this instant are the wanted calls run; *noticed_at* unless given.
            definition: Digest of the definition it runs on from now on, when it was migrated.
            hosts: Throwing element to the activity beside which it throws.

        Returns:
            The case as it stands now; use it for the next step.

        Raises:
            Conflict: The case changed since it was loaded; nothing was written.
        """
        moment = micros(at)
        noticed = moment if noticed_at is None else micros(noticed_at)
        facts = self._chained(case, (*outcome.happenings, *more), moment, noticed, actor, definition)
        fired = [h.payload["task"] for h in outcome.happenings if h.kind is Kind.TIMER_FIRED and h.payload.get("name")]
        after = replace(
            case,
            version=case.version + 1,
            state=outcome.state,
            definition=definition or case.definition,
            facts=case.facts + len(facts),
            head=facts[-1][-1] if facts else case.head,
            missed=case.missed or bool(fired) or any(thrown.element in hosts for thrown in outcome.thrown),
            ended_at=None if outcome.ended is None else at,
            end=None if outcome.ended is None else " ".join(outcome.ended),
        )
        self.cases.step(case, after, at=noticed)
        with self.wire.pipeline():
            self.wire.send_rows(journal.ADD, facts)
            if after.missed:
                self._keep_missed(after, outcome, fired, at=moment)
            self._project(after, outcome, at=noticed, calls_at=noticed if calls_at is None else micros(calls_at))
            self._throw(
                after, outcome, at=moment, not_before=noticed if calls_at is None else micros(calls_at), hosts=hosts
            )
            if outcome.ended is not None:
                self._close(case.id)
        if register:
            self.register.follow(case.id, register)
        return after

    def note(
        self,
        case: Snapshot,
        happenings: Sequence[Happening],
        *,
        at: datetime,
        actor: str,
        noticed_at: datetime | None = None,
    ) -> Snapshot:
        """Write facts that need no engine step (a claim, a failed call, a letter).

        Raises:
            Conflict: The case changed since it was loaded; nothing was written.
        """
        moment = micros(at)
        noticed = moment if noticed_at is None else micros(noticed_at)
        facts = self._chained(case, happenings, moment, noticed, actor, None)
        if not facts:
            return case
        after = replace(case, version=case.version + 1, facts=case.facts + len(facts), head=facts[-1][-1])
        self.cases.note(case, after, at=noticed)
        self.wire.send_rows(journal.ADD, facts)
        return after

    def _chained(
        self,
        case: Snapshot,
        happenings: Sequence[Happening],
        at: int,
        noticed_at: int,
        actor: str,
        definition: str | None,
    ) -> list[Row]:
        return journal.chained(
            case.id,
            happenings,
            n=case.facts,
            head=case.head,
            at=at,
            noticed_at=noticed_at,
            actor=actor,
            definition=definition or case.definition,
        )

    def _project(self, case: Snapshot, outcome: Outcome, *, at: int, calls_at: int) -> None:
        """Bring the projections to what the step says; what it does not speak of costs nothing."""
        self.worklist.closed(case.id, outcome.closed)
        self.worklist.opened(case.id, outcome.opened, at=at)
        self.due.disarmed(case.id, outcome.disarmed)
        self.due.armed(case.id, outcome.armed)
        self.outbox.unwanted(case.id, outcome.uncalled)
        self.outbox.wanted(case.id, outcome.calls, at=at, not_before=calls_at)
        self.incidents.settled(case.id, outcome.settled)
        self.incidents.opened(case.id, outcome.incidents, at=at)

    def _throw(self, case: Snapshot, outcome: Outcome, *, at: int, not_before: int, hosts: Mapping[str, str]) -> None:
        self.messages.thrown(case.id, case.version, outcome.thrown, at=at, not_before=not_before, hosts=hosts)

    def _keep_missed(self, case: Snapshot, outcome: Outcome, fired: Sequence[int], *, at: int) -> None:
        """Keep named deadlines that passed while their activities go on: a duty does not vanish with its limit."""
        self.due.fired(case.id, fired, at=at)
        moves = [h.payload.get("left", ()) for h in outcome.happenings if h.kind is Kind.TOKENS_MOVED]
        self.due.left(case.id, [(element, scope) for left in moves for element, scope, *_ in left])

    def _close(self, case: int) -> None:
        """Let nothing of a case that is over wait for anybody."""
        self.due.clear(case)
        self.incidents.clear(case)
        self.keys.close(case)
