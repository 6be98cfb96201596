"""The unit of work: everything that one transaction may read and write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from duban.model.facts import Happening
from duban.model.outcome import Outcome
from duban.store.cases import Cases, NewCase, Snapshot
from duban.store.definitions import Definitions
from duban.store.due import DueTimes
from duban.store.incidents import Incidents
from duban.store.intake import Intake
from duban.store.journal import Journal
from duban.store.leases import Leases
from duban.store.letters import Letters
from duban.store.likeness import Likeness
from duban.store.numbers import Numbers
from duban.store.outbox import Outbox
from duban.store.parties import Parties
from duban.store.people import People
from duban.store.register import Register
from duban.store.texts import Texts
from duban.store.worklist import Worklist


class Unit:
    """One transaction's view of the record, by noun."""

    cases: Cases
    journal: Journal
    register: Register
    worklist: Worklist
    due: DueTimes
    outbox: Outbox
    incidents: Incidents
    texts: Texts
    intake: Intake
    likeness: Likeness
    definitions: Definitions
    people: People
    parties: Parties
    letters: Letters
    leases: Leases
    numbers: Numbers

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

        Raises:
            Conflict: The number is taken.
            NotFound: The parent or the definition is not in the record.
        """
        raise NotImplementedError

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

        Returns:
            The case as it stands now; use it for the next step.

        Raises:
            Conflict: The case changed since it was loaded; nothing was written.
        """
        raise NotImplementedError

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
        raise NotImplementedError
