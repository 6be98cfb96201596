"""The register form, filled in as far as the words of an item allow: a proposal for the clerk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from duban.bureau.settings import Channel, Settings
from duban.model.clock import SHANGHAI
from duban.model.petition import Envelope, Party
from duban.petitions.routing import Reading

GROUP_CHANNEL = "JF"
VISIT = "走访"
NATURES = {"S": "建议", "A": "检举", "C": "咨询"}
"""Nature of a leaf to nature of a petition; appeals by art. 31 are 求决."""
_YEARS = re.compile(r"(\d{1,2}|[一二两三四五六七八九十])\s*年(?:多|来|了|之久|没|未|仍)")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(万)?\s*(?:余|多)?元")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_BEGINNING = 120
"""Characters in which a proposal says that it is one."""
_TEN_THOUSAND = 10_000


def prefill(settings: Settings, channel: Channel, envelope: Envelope, reading: Reading, words: str) -> dict[str, Any]:
    """Return the values of the register form; what is not known is left out."""
    named = [party for party in envelope.people if party.is_named]
    count = envelope.people_count or max(len(named), 1)
    form = envelope.form or channel.form
    stands = settings.words
    values = {
        "channel": channel.code,
        "received_at": local_time(envelope),
        "form": form,
        "people": [_person(party) for party in named],
        "anonymous": not named and not channel.complete_without_person,
        "address_unclear": bool(named) and not any(is_reachable(party) for party in named),
        "is_group": channel.code == GROUP_CHANNEL or (form == VISIT and count >= settings.routing.group),
        "count": count,
        "matter": matter_of(reading),
        "nature": nature_of(settings, matter_of(reading), words),
        "place": envelope.place or None,
        "station": reading.stations[0] if len(reading.stations) == 1 else None,
        "about_unit": _about_unit(settings, envelope, reading, words),
        "about_leader": _has(stands["leader"], words) and _is_conduct(settings, reading),
        "request": words,
        "other_procedure": other_procedure(settings, words),
        "sender": envelope.sender or None,
        "sender_no": envelope.sender_no or None,
        "sender_limit": envelope.sender_limit.isoformat() if envelope.sender_limit else None,
        "amount": amount_of(words),
        "years": years_of(words),
        "media": _has(stands["media"], words),
    }
    return {key: value for key, value in values.items() if value is not None}


def _person(party: Party) -> dict[str, str]:
    values = {
        "name": party.name or party.account or party.phone or party.id_no,
        "id_no": party.id_no,
        "phone": party.phone,
        "address": party.address,
    }
    return {key: value for key, value in values.items() if value}


def nature_of(settings: Settings, matter: str | None, words: str) -> str:
    """Return 求决, 检举, 建议 or 咨询: of the leaf, unless the words plainly only ask or only propose."""
    leaf = settings.matters[matter].nature if matter else ""
    stands = settings.words
    if leaf == "A":
        return "检举"
    complains = _has(stands["complaint"], words)
    if not complains and _has(stands["consult"], words):
        return "咨询"
    if not complains and _has(stands["suggest"], words[:_BEGINNING]):
        return "建议"
    return NATURES.get(leaf, "求决")


def years_of(words: str) -> int | None:
    """Return for how many years it has gone on, as far as the words say it."""
    found = [_DIGITS.get(value) or int(value) for value in _YEARS.findall(words)]
    return max(found, default=None)


def amount_of(words: str) -> int | None:
    """Return the largest sum of money in yuan that the words name."""
    found = [float(value) * (_TEN_THOUSAND if unit else 1) for value, unit in _AMOUNT.findall(words)]
    return round(max(found)) if found else None


def matter_of(reading: Reading) -> str | None:
    """Return the leaf that is proposed; where an outside organ leads and no police word stands, 非警务事项."""
    return "1404" if reading.is_outside and not reading.police_part else reading.matter


def _about_unit(settings: Settings, envelope: Envelope, reading: Reading, words: str) -> str | None:
    """Return the unit complained of: where the words complain, and name exactly one unit."""
    if not _is_conduct(settings, reading) and not envelope.about_unit:
        return None
    named = dict.fromkeys((*reading.named, *_stations_named(settings, words)))
    return next(iter(named)) if len(named) == 1 else None


def _stations_named(settings: Settings, words: str) -> tuple[str, ...]:
    """Return stations that are named as such (城关派出所), not only their beat."""
    return tuple(
        place.unit for place in settings.places if any(word.endswith("所") and word in words for word in place.words)
    )


def _is_conduct(settings: Settings, reading: Reading) -> bool:
    """Tell whether the leaf is about how the police behaved: its unit is the one complained of, or the inspectorate."""
    matter = settings.matters.get(reading.matter or "")
    return bool(matter and (matter.unit in {"unit", "window"} or matter.nature == "A" or matter.supervise))


def other_procedure(settings: Settings, words: str) -> str:
    """Return the procedure in which the matter already is, as far as the words say it."""
    for name, key in (("诉讼", "lawsuit"), ("复议", "appeal"), ("仲裁", "arbitration")):
        if _has(settings.words[key], words):
            return name
    return "无"


def is_reachable(party: Party) -> bool:
    """Tell whether a notice can be brought to the person (条例 23: name and address clear)."""
    return bool(party.account or (party.name and (party.phone or party.address)))


def _has(words: Sequence[str], text: str) -> bool:
    return any(word in text for word in words)


def local_time(envelope: Envelope) -> str:
    """Return the time of receipt as the bureau writes it."""
    return envelope.received_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
