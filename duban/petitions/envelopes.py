"""Envelopes out of a message: what a diagram raises as a petition (a point at a talk, what a sensing point found)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from duban.errors import Refused
from duban.model.clock import SHANGHAI
from duban.model.petition import Envelope, Party

_TEXTS = frozenset(
    {"channel", "text", "title", "external_id", "form", "place", "about_unit", "unit_hint", "sender", "sender_no"}
)
_PARTY = frozenset(field.name for field in fields(Party))
_KNOWN = _TEXTS | {"received_at", "people", "people_count", "category", "sender_limit", "extra"}


def envelope_of(said: Any, *, now: datetime) -> Envelope:
    """Return the envelope that *said* describes; without ``received_at`` it was received *now*.

    Raises:
        Refused: It is no envelope; everything wrong with it is named.
    """
    if not isinstance(said, Mapping):
        raise Refused("petition.received needs a payload with the key envelope: {channel, text, people …}")
    wrong = [f"{name} is no field of an envelope" for name in said if name not in _KNOWN]
    wrong += [f"{name} is missing" for name in ("channel", "text") if not said.get(name)]
    wrong += [f"{name} must be a text" for name in _TEXTS if not isinstance(said.get(name) or "", str)]
    if wrong:
        raise Refused(f"this is no envelope: {'; '.join(wrong)}")
    texts = {name: value for name in _TEXTS if (value := said.get(name))}
    return Envelope(
        **texts,
        received_at=_instant(said.get("received_at"), now),
        people=tuple(_party(each) for each in said.get("people") or ()),
        people_count=said.get("people_count"),
        category=tuple(said.get("category") or ()),
        sender_limit=_day(said.get("sender_limit")),
        extra=dict(said.get("extra") or {}),
    )


def _party(said: Any) -> Party:
    if not isinstance(said, Mapping):
        raise Refused(f"a person of an envelope is {{name, phone …}}, not {said!r}")
    return Party(**{name: str(value) for name, value in said.items() if name in _PARTY and value})


def _instant(said: Any, now: datetime) -> datetime:
    """Return a time; one without zone is the bureau's, a day alone is its midnight."""
    if not said:
        return now
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise Refused(f"received_at must be a time (2026-03-02T09:30+08:00), not {said!r}") from error
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _day(said: Any) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError as error:
        raise Refused(f"sender_limit must be a day (2026-03-02), not {said!r}") from error
