"""Intake: how a petition gets in, from any channel, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from duban.desk import sight, work
from duban.desk.beginnings import Beginning, begin
from duban.desk.desk import Desk
from duban.desk.earlier import earlier_cases
from duban.desk.register import OPEN
from duban.desk.steps import write
from duban.desk.texts import put_away, references, without_blanks
from duban.errors import Refused
from duban.model.case import Case
from duban.model.facts import Happening, Kind
from duban.model.outcome import Outcome
from duban.model.people import SYSTEM
from duban.model.petition import Envelope
from duban.petitions.duplicates import fingerprints, words_of
from duban.petitions.intake import Checked, person_keys, precheck
from duban.store import Snapshot, Unit
from duban.store import intake as stubs
from duban.store.parties import Party

KIND = "petition"
"""Kind of case that an envelope opens."""
WORDS = frozenset({"text"})
"""Fields of the start data that are kept by reference, however short."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the sender gets: the same for the same envelope."""

    number: str
    case: int
    repeat_of: str | None
    """Number of the earlier petition that this one repeats."""
    known: bool
    """True when this very envelope had been received before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """Where a petition comes from that another case has raised (a point at a talk, a sensing point's finding)."""

    by: Case
    key: Mapping[str, Any]
    """Correlation of the message that raised it: with it the raising case is told of its end."""


def receive(desk: Desk, envelope: Envelope, actor: str) -> Receipt:
    """Receive *envelope*: number it, compare it with earlier ones, start its case; the same envelope starts one only.

    Raises:
        Refused: bureau.toml has no such channel.
        NotFound: There is no such person as *actor*.
    """
    desk.store.read(lambda record: desk.roster.require(record, actor))
    return write(desk, partial(admit, desk, envelope, actor, desk.now()))


def admit(
    desk: Desk, envelope: Envelope, actor: str, at: datetime, record: Unit, raised: Raised | None = None
) -> Receipt:
    """Receive *envelope* within a transaction."""
    if envelope.channel not in desk.bureau.settings.channels:
        known = ", ".join(desk.bureau.settings.channels)
        raise Refused(f"there is no channel {envelope.channel!r}; bureau.toml has: {known}")
    if (stub := record.intake.find(envelope.channel, envelope.key)) is not None:
        if stub.digest != envelope.digest:
            _add_words(record, stub.case, envelope, actor, at)
        return Receipt(number=stub.number, case=stub.case, repeat_of=stub.repeat_of, known=True)
    prints = fingerprints(desk.bureau.settings, envelope)
    checked = precheck(desk.bureau.settings, envelope, earlier_cases(desk, record, envelope, prints, at))
    case = _open(desk, record, envelope, checked, actor, at, raised)
    record.likeness.add(case.id, prints)
    _add_parties(record, case.id, envelope)
    record.intake.add(
        stubs.Receipt(
            channel=envelope.channel,
            external_id=envelope.key,
            digest=envelope.digest,
            case=case.id,
            number=case.number,
            repeat_of=checked.repeat_of,
            at=at,
        )
    )
    return Receipt(number=case.number, case=case.id, repeat_of=checked.repeat_of, known=False)


def _add_words(record: Unit, case_id: int, envelope: Envelope, actor: str, at: datetime) -> None:
    """Keep the other words of an item that its channel delivered again under the same number, once."""
    if record.messages.first_time(case_id, f"redelivered/{envelope.digest}", at=at):
        case = record.cases.load(case_id)
        text = record.texts.add(words_of(envelope), at=at, by=actor, case=case_id)
        added = Happening(kind=Kind.WORDS_ADDED, payload={"text": text, "said_by": envelope.channel})
        record.note(case, [added], at=at, actor=actor)


def _open(
    desk: Desk, record: Unit, envelope: Envelope, checked: Checked, actor: str, at: datetime, raised: Raised | None
) -> Snapshot:
    """Start the case, and register it at once when nothing is missing."""
    received = put_away(record, checked.received, words=WORDS, at=at, by=actor, case=None)
    found = dict(checked.found)
    if not found["complete"]:
        found["prefill"] = put_away(record, without_blanks(checked.prefill), words=(), at=at, by=actor, case=None)
    data = {"received": received, "found": found}
    row = {
        "channel": envelope.channel,
        "external_id": envelope.external_id,
        "received_at": envelope.received_at,
        "petitioner": checked.petitioner,
        "ask": checked.ask,
        "stage": "",
        "status": OPEN,
    }
    beginning = Beginning(
        kind=KIND,
        data=data,
        at=at,
        noticed_at=at,
        actor=actor,
        parent=raised.by if raised else None,
        key=raised.key if raised else {},
        begins_family=True,
    )
    case, outcome = begin(desk, record, beginning, register=row)
    if raised is not None:
        record.keys.add(case.id, KIND, raised.key, is_found=False)
    if sight.is_accusation(desk, envelope, checked) and (kind := sight.shielding_kind(desk)) is not None:
        record.shields.raise_(case.id, kind)
    record.texts.adopt(references(data), case.id)
    if checked.found["complete"]:
        _register(desk, record, case, outcome, checked, at)
    return case


def _register(desk: Desk, record: Unit, case: Snapshot, outcome: Outcome, checked: Checked, at: datetime) -> None:
    """Do the clerk's registering as ``system``: the mandatory fields are all there (design: arrival)."""
    for opened in outcome.opened:
        if opened.element == work.REGISTER:
            item = record.worklist.get(case.id, opened.task)
            written = work.step_data(
                desk, record, item, without_blanks(checked.prefill), actor=SYSTEM, acting=None, at=at
            )
            work.complete_item(desk, record, case, item, written, actor=SYSTEM, at=at)


def _add_parties(record: Unit, case: int, envelope: Envelope) -> None:
    for person in envelope.people:
        if person.is_named:
            record.parties.add(
                case,
                Party(
                    name=person.name or person.account,
                    phone=person.phone or None,
                    document=person.id_no or None,
                    address=person.address or None,
                    key=next(iter(person_keys(person)), None),
                ),
            )
