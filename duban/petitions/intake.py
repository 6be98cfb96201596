"""Intake: what can be said of an item before anybody has read it; pure, and only a proposal (4.1, step 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duban.bureau.settings import Channel, Entry, Settings
from duban.model.petition import Envelope, Party
from duban.petitions import duplicates, redaction, routing
from duban.petitions.duplicates import Earlier, Likeness, words_of
from duban.petitions.prefill import (
    GROUP_CHANNEL,
    is_reachable,
    local_time,
    matter_of,
    nature_of,
    other_procedure,
    prefill,
)
from duban.petitions.routing import Reading

ASK = 60
"""Characters of the one line that lists show."""
SHOWN = 3
"""Candidates and reasons that travel with the case; the rest is a matter of comparing again."""
_SENTENCE = re.compile(r"[。!?;！？；\n]")
_QUOTED = re.compile(r"《关于(.{4,80}?)》")
_FULL_WIDTH = str.maketrans(",;!?()", "，；！？（）")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What the pre-check found, ready for the start of a case."""

    received: Mapping[str, Any]
    """Start data ``received``: what arrived, and how."""
    found: Mapping[str, Any]
    """Start data ``found``: what the decision tables decide on."""
    prefill: Mapping[str, Any]
    """Values of the register form; what is not known is left out."""
    ask: str
    """One line for lists, without personal values."""
    petitioner: str
    """Name for lists, masked."""
    person_keys: tuple[str, ...]
    """By which the same person is found again."""
    repeat_of: str | None
    """Number of the earlier case that it surely repeats."""


def precheck(settings: Settings, envelope: Envelope, earlier: Sequence[Earlier]) -> Checked:
    """Read *envelope* against the tables of the bureau and the *earlier* cases that may be the same."""
    channel = settings.channels[envelope.channel]
    words = words_of(envelope)
    reading = routing.read(settings, words, place=envelope.place, about_unit=envelope.about_unit)
    alike = duplicates.compare(settings, envelope, earlier)
    values = prefill(settings, channel, envelope, reading, words)
    missing = _missing(settings, channel, envelope, reading, alike, words)
    ask = one_line(settings, envelope)
    return Checked(
        received=_received(settings, channel, envelope, reading, ask),
        found=_found(settings, envelope, reading, alike, missing),
        prefill=values,
        ask=ask,
        petitioner=shown_name(envelope.people),
        person_keys=tuple(dict.fromkeys(key for party in envelope.people for key in person_keys(party))),
        repeat_of=next((like.earlier.number for like in alike if like.sure), None),
    )


# -- start data -----------------------------------------------------------------------------------


def is_direct(channel: Channel, envelope: Envelope) -> bool:
    """Tell whether the item was put to us directly (X2) or transferred, or assigned (X3, X4)."""
    if channel.entry is Entry.EITHER:
        return not envelope.sender
    return channel.entry is not Entry.TRANSFERRED


def _received(settings: Settings, channel: Channel, envelope: Envelope, reading: Reading, ask: str) -> dict[str, Any]:
    return {
        "channel": channel.code,
        "direct": is_direct(channel, envelope),
        "receiver": _receiver(settings, channel, reading),
        "external_id": envelope.external_id,
        "received_at": local_time(envelope),
        "form": envelope.form or channel.form,
        "summary": ask,
        "text": words_of(envelope),
        "sender": envelope.sender or None,
        "sender_no": envelope.sender_no or None,
        "sender_limit": envelope.sender_limit.isoformat() if envelope.sender_limit else None,
        "reply_by": channel.reply,
    }


def _receiver(settings: Settings, channel: Channel, reading: Reading) -> str:
    """Return the unit that receives, and keeps the duty until another has signed (E1)."""
    if channel.receives in settings.units:
        return channel.receives
    where = (*reading.named, *reading.stations)
    return where[0] if where else settings.first_receiver


def _found(
    settings: Settings,
    envelope: Envelope,
    reading: Reading,
    alike: Sequence[Likeness],
    missing: Sequence[str],
) -> dict[str, Any]:
    best = alike[0] if alike else None
    return {
        "secret_words": list(reading.marks.get("secret", ())),
        "urgent_words": list(reading.marks.get("urgent", ())),
        "complete": not missing,
        "missing": list(missing),
        "candidate": _candidate(best) if best else None,
        "others": [like.earlier.number for like in alike[1:SHOWN]],
        "outside": reading.is_outside,
        "topic": reading.outside,
        "police_part": reading.police_part,
        "score": reading.score,
        "stations": list(reading.stations[:SHOWN]),
        "named_unit": _named_unit(settings, envelope, reading),
        "case_unit": None,
        "earlier_unit": best.earlier.unit if best and best.sure else None,
        "offers": [{"unit": offer.unit, "score": offer.score, "why": offer.why} for offer in reading.offers],
        "why": list(reading.why[:SHOWN]),
    }


def _candidate(like: Likeness) -> dict[str, Any]:
    return {
        "number": like.earlier.number,
        "score": like.score,
        "sure": like.sure,
        "same_person": like.earlier.same_person,
        "state": like.earlier.state,
        "new_fact": like.new_fact,
        "unit": like.earlier.unit,
        "repeat_n": like.earlier.repeat_n,
        "superior": like.earlier.superior,
    }


def _named_unit(settings: Settings, envelope: Envelope, reading: Reading) -> str | None:
    """Return the unit of ours to which the sender or the petitioner wants it to go."""
    hinted = routing.units_of((*settings.aliases, *settings.places), envelope.unit_hint)
    for unit in (*hinted, reading.asked):
        if unit and not settings.units[unit].outside:
            return unit
    return None


# -- whether a clerk is needed --------------------------------------------------------------------


def _missing(
    settings: Settings,
    channel: Channel,
    envelope: Envelope,
    reading: Reading,
    alike: Sequence[Likeness],
    words: str,
) -> list[str]:
    """Return what a person must look at before the item can be registered; empty: the desk registers it."""
    named = [party for party in envelope.people if party.is_named]
    checks = {
        "people": not channel.complete_without_person and not any(is_reachable(party) for party in named),
        "matter": matter_of(reading) is None or (not reading.is_outside and reading.score < settings.routing.score),
        "secret": "secret" in reading.marks,
        "urgent": "urgent" in reading.marks,
        "withdraw": "withdraw" in reading.marks,
        "group": channel.code == GROUP_CHANNEL or (envelope.people_count or 1) >= settings.routing.group,
        "accusation": channel.shielded or nature_of(settings, matter_of(reading), words) == "检举",
        # a stranger's item that is only somewhat alike means nothing; of one's own a clerk sees whether it is new
        "repeat": any(not like.sure and like.earlier.same_person for like in alike[:1]),
        "other_procedure": other_procedure(settings, words) != "无",
        "text": not envelope.text.strip(),
    }
    return [name for name, is_missing in checks.items() if is_missing]


# -- what is shown --------------------------------------------------------------------------------


def one_line(settings: Settings, envelope: Envelope) -> str:
    """Return the title, or what the text says it is about, without boilerplate and personal values."""
    text = envelope.title.strip() or _about(settings, envelope.text) or envelope.text.strip()
    text = redaction.mask(" ".join(text.split()))
    return text if len(text) <= ASK else text[: ASK - 1] + "…"


def _about(settings: Settings, text: str) -> str:
    """Return the title that the text quotes (《关于…的问题》), else its first telling sentence."""
    quoted = _QUOTED.search(text)
    if quoted:
        return quoted[1]
    plain = duplicates.without_boilerplate(text, settings.duplicates.boilerplate)
    sentences = (_EDGES.sub("", part) for part in _SENTENCE.split(plain))
    return next((part for part in sentences if len(part) > SHOWN), "").translate(_FULL_WIDTH)


def shown_name(people: Sequence[Party]) -> str:
    """Return how lists name the petitioner: masked, with a count where there are several."""
    named = [party for party in people if party.is_named]
    if not named:
        return "匿名"
    first = named[0]
    if first.name:
        name = redaction.mask_name(first.name)
    else:
        name = redaction.mask_value(first.account or first.phone or first.id_no)
    return name if len(named) == 1 else f"{name}等{len(named)}人"


def person_keys(party: Party) -> tuple[str, ...]:
    """Return by what the same person is found again, the surest first."""
    keys = [
        f"{kind}:{''.join(value.split()).upper()}"
        for kind, value in (("id", party.id_no), ("phone", party.phone), ("account", party.account))
        if value.strip()
    ]
    if party.name and party.address:
        keys.append(f"name:{party.name}|{party.address}")
    return tuple(keys)
