"""Repeats: which earlier case says the same, found by fingerprints, weighed by likeness, never decided here (T2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

from duban.bureau.settings import Duplicates, Settings
from duban.model.petition import Envelope

GRAM = 3
"""Characters compared together: Chinese words have two or three."""
MARK = 4
"""Characters under one fingerprint: rare enough to look up among a million cases."""
WINDOW = 3
"""Of so many neighbouring fingerprints the smallest is kept (winnowing: Schleimer, Wilkerson, Aiken 2003)."""
MARKS = 24
"""Fingerprints kept per case at most."""
QUOTED = 0.8
"""Weight of a text that stands whole inside another: a reply that quotes the item it answers."""
QUOTED_FROM = 25
"""Shorter texts stand inside others by chance."""
NEARLY_EQUAL = 0.7
"""From here a place that differs is a slip of the pen."""
_NOISE = re.compile(r"[\W_]+")
_PLACE = re.compile(
    r"[一-鿿]{2,8}?"
    r"(?:(?<![堵马公道让占修封])路|街|巷|村|小区|花园|社区|公寓|家园|广场|大厦|酒店|市场|学校|中学|小学|医院|车站)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """An earlier case that shares fingerprints or a person, as the record has it."""

    number: str
    text: str
    """Title and words, as they were said."""
    same_person: bool
    state: str
    """``handling`` · ``answered`` · ``window_over`` · ``review`` · ``final`` · ``closed``."""
    unit: str | None = None
    repeat_n: int = 0
    superior: bool = False
    """A higher organ handles it (X12)."""
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """How much a new item is like an earlier case."""

    earlier: Earlier
    score: float
    """0 … 1."""
    sure: bool
    """At or above the bar: the same matter; else a clerk is asked."""
    new_fact: bool
    """The new item announces a fact or proof of which the earlier one did not speak."""


def words_of(envelope: Envelope) -> str:
    """Return title and text, the title once."""
    title = envelope.title.strip()
    return envelope.text if not title or title in envelope.text else f"{title}\n{envelope.text}"


def fingerprints(settings: Settings, envelope: Envelope) -> frozenset[int]:
    """Return the fingerprints by which cases that say the same are found: whole numbers of 64 bits."""
    text = plain(words_of(envelope), settings.duplicates.boilerplate)
    grams = [text[n : n + MARK] for n in range(max(1, len(text) - MARK + 1))]
    ranked = [(crc32(gram.encode()), gram) for gram in grams]
    kept = {min(ranked[n : n + WINDOW]) for n in range(max(1, len(ranked) - WINDOW + 1))}
    return frozenset(
        int.from_bytes(blake2b(gram.encode(), digest_size=8).digest()) for _, gram in sorted(kept)[:MARKS] if gram
    )


def compare(settings: Settings, envelope: Envelope, earlier: Iterable[Earlier]) -> list[Likeness]:
    """Return the earlier cases that may be the same matter, the most alike first."""
    rules = settings.duplicates
    words = words_of(envelope)
    found = [_compare(rules, words, case) for case in earlier]
    found = [like for like in found if like.score >= rules.ask]
    return sorted(found, key=lambda like: (-like.score, like.earlier.number))[: rules.candidates]


def likeness(rules: Duplicates, one: str, other: str) -> float:
    """Return how much two texts are alike, 0 … 1.

    What a channel writes into every item is left out. Texts that name different places are never surely the same:
    people say the same words of a car that blocks the way, whichever way it is.
    """
    first, second = plain(one, rules.boilerplate), plain(other, rules.boilerplate)
    score = _shared(first, second)
    if rules.same <= score < NEARLY_EQUAL and _elsewhere(first, second):
        return (rules.ask + rules.same) / 2
    return score


@lru_cache(maxsize=4096)
def plain(text: str, boilerplate: Sequence[str]) -> str:
    """Return *text* without boilerplate, spaces, punctuation and width of characters."""
    return _NOISE.sub("", without_boilerplate(text, boilerplate)).lower()


def without_boilerplate(text: str, boilerplate: Sequence[str]) -> str:
    """Return *text*, in one width of characters, without what the channel writes into every item."""
    return _pattern(tuple(boilerplate)).sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=8)
def _pattern(boilerplate: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in boilerplate) or r"(?!)", re.IGNORECASE)


def _compare(rules: Duplicates, words: str, earlier: Earlier) -> Likeness:
    score = likeness(rules, words, earlier.text)
    if earlier.same_person and score >= rules.ask / 2:
        score = min(1.0, score + rules.person)
    return Likeness(
        earlier=earlier,
        score=round(score, 3),
        sure=score >= rules.same,
        new_fact=any(word in words and word not in earlier.text for word in rules.new_facts),
    )


def _shared(one: str, other: str) -> float:
    first, second = _grams(one), _grams(other)
    if not first or not second:
        return 0.0
    shared = len(first & second)
    score = shared / (len(first) + len(second) - shared)
    if min(len(one), len(other)) >= QUOTED_FROM:
        score = max(score, QUOTED * shared / min(len(first), len(second)))
    return score


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    return frozenset(text[n : n + GRAM] for n in range(max(1, len(text) - GRAM + 1))) - {""}


def _elsewhere(one: str, other: str) -> bool:
    """Tell whether both texts name places, and none in common."""
    first, second = _places(one), _places(other)
    return bool(first and second) and not any(a in b or b in a for a in first for b in second)


@lru_cache(maxsize=4096)
def _places(text: str) -> frozenset[str]:
    """Return the last three characters of each place named: ``龙华区金龙路`` and ``金龙路`` are one."""
    return frozenset(name[-3:] for name in _PLACE.findall(text))
