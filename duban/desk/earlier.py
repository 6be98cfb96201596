"""Earlier cases: which petitions the house already has that a new one may repeat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from duban.desk.desk import Desk
from duban.desk.register import ANSWERED
from duban.desk.texts import PURGED
from duban.model.petition import Envelope
from duban.petitions.duplicates import Earlier
from duban.petitions.intake import person_keys
from duban.store import Unit
from duban.store.register import Entry

WINDOW = timedelta(days=30)
"""How long after the answer a petitioner may ask for a review (条例 35); afterwards the window is over."""
SHARED = 2
"""Fingerprints that two texts must share before they are compared: one in common is chance."""


def earlier_cases(desk: Desk, record: Unit, envelope: Envelope, prints: Collection[int], at: datetime) -> list[Earlier]:
    """Return the earlier petitions that *envelope* is to be compared with: alike in words, or of the same person.

    A shielded one (条例 30) is compared only with what comes from where accusations come from: its number and words
    must not stand before a clerk as somebody's earlier case.
    """
    limit = desk.bureau.settings.duplicates.candidates
    same_person = {
        case
        for key in dict.fromkeys(key for party in envelope.people for key in person_keys(party))
        for case in record.parties.cases(key, limit=limit)
    }
    sees_shielded = desk.bureau.settings.channels[envelope.channel].shielded
    alike = [found.case for found in record.likeness.candidates(prints, limit=limit, at_least=SHARED)]
    return [
        _earlier(record, case, is_same_person=case in same_person, at=at)
        for case in dict.fromkeys((*alike, *sorted(same_person, reverse=True)))
        if sees_shielded or record.shields.of(case) is None
    ]


def _earlier(record: Unit, case: int, *, is_same_person: bool, at: datetime) -> Earlier:
    row = record.register.get(case)
    texts = record.texts.of(case)
    return Earlier(
        number=row.number,
        text=(texts[0].words or PURGED) if texts else row.ask,
        same_person=is_same_person,
        state=state_of(row, at),
        unit=row.unit,
        repeat_n=row.repeat_n,
        received_at=row.received_at,
    )


def state_of(row: Entry, at: datetime) -> str:
    """Return where an earlier petition stands, in the words of decision T2."""
    if row.final:
        return "final"
    if row.ended_at is None:
        return "answered" if row.status == ANSWERED else "handling"
    if row.status == "end_final":
        return "final"
    if row.status in {"end_closed", "end_unaccepted", "end_lost"}:
        return "answered" if at < row.ended_at + WINDOW else "window_over"
    return "closed"
