"""Times due: what must happen when, and what happens when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from duban.desk import sight
from duban.desk.desk import Desk
from duban.desk.engine import process
from duban.desk.sight import Sight
from duban.desk.steps import take_step
from duban.errors import Conflict, Corrupted, DubanError
from duban.model.outcome import Incident
from duban.model.people import SYSTEM
from duban.store import Unit
from duban.store.due import Claimed, Running

__all__ = ["Fired", "Running", "fire", "list_"]

HELD = timedelta(minutes=1)
"""How long a claim keeps other processes away; a process that died holds nothing longer."""
GROUP = 64
"""Cases that share a commit."""
AGAIN = timedelta(minutes=15)
"""When a case whose tick failed is tried again without being asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fired:
    """What one sweep did."""

    cases: int = 0
    """Cases that moved."""
    timers: int = 0
    """Timers that fired."""
    failed: int = 0
    """Cases whose step failed; each has an incident."""

    def __add__(self, other: Fired) -> Fired:
        return Fired(
            cases=self.cases + other.cases, timers=self.timers + other.timers, failed=self.failed + other.failed
        )


def list_(
    desk: Desk,
    *,
    number: str | None = None,
    before: datetime | None = None,
    named: bool = False,
    warnings: bool = True,
    missed: bool = False,
    viewer: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Running]:
    """List timers, nearest first.

    Args:
        desk: The desk.
        number: Only those of this case, those that it has missed before those that run.
        before: Only those that end before this instant.
        named: Only those of named deadlines.
        warnings: Those that only remind too.
        missed: Named deadlines that have passed while their activities go on, instead of running ones.
        viewer: Who looks: what others alone may see is left out; None: the house itself.
        limit: How many at most.
        offset: How many to leave out first.

    Raises:
        NotFound: There is no case *number*, or *viewer* may not know of it.
    """
    at = desk.now()

    def read(record: Unit) -> list[Running]:
        if number is not None:
            case = record.cases.load(number)
            seeing = sight.require(desk, record, case, viewer, at)
            found = of_case(record, case.id)
        else:
            seeing = sight.sight_of(desk, record, viewer, at)
            found = record.due.list_(
                before=before,
                named=named,
                warnings=warnings,
                missed=missed,
                sees=seeing.kinds,
                limit=limit,
                offset=offset,
            )
        return [each for each in found if not _is_hidden(desk, record, each, seeing)]

    return desk.store.read(read)


def _is_hidden(desk: Desk, record: Unit, each: Running, seeing: Sight) -> bool:
    """Tell whether a timer says a day that only others may know; such timers have no name in the record."""
    if seeing.roles is None or each.name is not None:
        return False
    case = record.cases.find(each.case)
    assert case is not None, f"a timer of no case: {each.case}"  # noqa: S101  # a foreign key says otherwise
    drawing = desk.shelf.drawing(desk.shelf.by_digest(case.definition, record))
    return sight.is_hidden(drawing, each.element, seeing)


def of_case(record: Unit, case: int) -> list[Running]:
    """Return the deadlines that a case has missed and not left behind, then its running timers."""
    return [*record.due.missed(case), *record.due.of(case)]


def fire(desk: Desk, limit: int = 500) -> Fired:
    """Fire what is due, at most *limit* timers; firing twice changes nothing."""
    now = desk.now()
    claimed = desk.store.write(lambda record: record.due.claim(now, limit=limit, holder=desk.name, until=now + HELD))
    fired = Fired()
    for start in range(0, len(claimed), GROUP):
        fired += _fire_group(desk, claimed[start : start + GROUP], now)
    return fired


def _fire_group(desk: Desk, group: list[Claimed], now: datetime) -> Fired:
    """Fire several cases in one commit; one that fails is left as it was and gets an incident."""
    answers = desk.store.write_many([partial(_fire_case, desk, claimed.case, now) for claimed in group])
    fired = Fired()
    for claimed, answer in zip(group, answers, strict=True):
        if isinstance(answer, Conflict):
            continue  # somebody moved the case meanwhile; what is still due is claimed again
        if isinstance(answer, DubanError):
            desk.store.write(partial(_fail, claimed=claimed, error=answer, now=now))
            fired += Fired(failed=1)
        else:
            fired += Fired(cases=1 if answer else 0, timers=answer)
    return fired


def _fire_case(desk: Desk, case_id: int, now: datetime, record: Unit) -> int:
    """Fire everything of a case that is due by *now*, one instant after the other; return how many timers fired.

    Each instant is a step of its own: what happened at 08:00 counts as of 08:00 even when the house slept until
    noon, and a timer that it armed may itself have come due before noon.

    Raises:
        Corrupted: The record holds a timer that does not fire: trying again for ever would stop everybody's time.
    """
    case = record.cases.load(case_id)
    fired = 0
    before: list[Running] = []
    while case.is_open and (due := [timer for timer in record.due.of(case.id) if timer.at <= now]):
        at = due[0].at
        if due == before:
            raise Corrupted(f"{case.number} has a timer of {at.isoformat()} in the record that its state does not know")
        before = due
        tick = partial(process.tick, now=at, deadlines=desk.deadlines)
        case, _ = take_step(desk, record, case, tick, at=at, noticed_at=now, actor=SYSTEM)
        fired += sum(timer.at == at for timer in due)
    return fired


def _fail(record: Unit, *, claimed: Claimed, error: DubanError, now: datetime) -> None:
    """Record that the timers of a case cannot fire; task 0 stands for the whole case."""
    incident = Incident(
        task=0,
        element="",
        scope="",
        reason="tick",
        message=f"the timers due at {claimed.at.isoformat()} cannot fire: {error}. Mend the cause, then retry.",
        detail={"tasks": list(claimed.tasks), "error": type(error).__name__},
    )
    record.incidents.open_(claimed.case, incident, at=now)
    record.due.put_off(claimed.case, now + AGAIN)
