"""Steps: the one way in which an engine step becomes record; here alone engine and store meet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from duban.desk import register, sight
from duban.desk.desk import Desk
from duban.desk.kin import key_of, tell_watchers, with_farewell
from duban.errors import Conflict, Corrupted, DubanError
from duban.model.definition import Definition
from duban.model.facts import Happening
from duban.model.outcome import Outcome
from duban.store import Snapshot, Unit

T = TypeVar("T")

log = logging.getLogger(__name__)


def take_step(
    desk: Desk,
    record: Unit,
    case: Snapshot,
    step: Callable[[Definition, bytes], Outcome],
    *,
    at: datetime,
    actor: str,
    noticed_at: datetime | None = None,
    more: Sequence[Happening] = (),
) -> tuple[Snapshot, Outcome]:
    """Let the engine take *step* from the case's state and write everything that came of it.

    Raises:
        Conflict: The case changed since it was loaded.
        Corrupted: The engine stumbled over the state; the case is left as it was.
    """
    definition = desk.shelf.by_digest(case.definition, record)
    try:
        outcome = step(definition, case.state)
    except DubanError:
        raise
    except Exception as error:  # a mistake of ours: it must stop this case's step and no other's
        log.exception("the engine stumbled over %s", case.number)
        raise Corrupted(f"the engine stumbled over {case.number}: {type(error).__name__}: {error}") from error
    drawing = desk.shelf.drawing(definition)
    outcome = sight.without_hidden_days(desk, drawing, outcome)
    saved = record.save(
        case,
        with_farewell(
            desk,
            record,
            outcome,
            kind=case.kind,
            number=case.number,
            parent=case.parent,
            key=lambda: key_of(record, case.id),
        ),
        at=at,
        noticed_at=noticed_at,
        actor=actor,
        more=more,
        register=register.changes(drawing, outcome),
        hosts=drawing.hosts,
    )
    sight.follow(desk, record, case, outcome)
    tell_watchers(desk, record, saved, drawing, outcome, at=at)
    return saved, outcome


def write(desk: Desk, fn: Callable[[Unit], T]) -> T:
    """Run *fn* in one transaction, once more when another step of the same case was first.

    The second run reads the case anew: where the other step closed what *fn* wanted, it says so.

    Raises:
        Conflict: The case moved again meanwhile; look at it, then repeat the step.
    """
    try:
        return desk.store.write(fn)
    except Conflict:
        return desk.store.write(fn)
