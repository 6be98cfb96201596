"""Routing: what a text is about, where, whose it may be; scored figures that decision tables decide on (T3, T5).

Nothing is decided here. A row of the keyword table whose words occur adds its weight to a matter, an outside organ or a
mark; leaves that lead to the same unit support each other, for a unit can be sure where the leaf is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from duban.bureau.settings import Keyword, Matter, Place, Settings, Target

_ASKED = re.compile(
    r"(?:请|望|要求|希望|建议)([^,;!?()，；！？（）。请]{2,14}?)"
    r"(?:核实|处理|查处|协助|答复|解决|调查|督促|联系|加强|尽快)"
)
"""How a channel, or the petitioner, names the one who is to act: 请交警核实处理."""
_POLICE = ("公安", "派出所", "民警", "警察", "警方", "交警", "报警", "出警", "辅警")
OFFERS = 3
"""Units that are offered to the clerk who routes by hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A unit that may be the right one, and why."""

    unit: str
    score: int
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the words of an item point at."""

    matter: str | None
    """The leaf with the highest score; None: no row matched."""
    score: int
    """Score of the leaf and of the leaves that lead to the same unit."""
    margin: int
    """By how much that score leads over the next unit."""
    unit: str | None
    """Unit of the leaf where the matter tree fixes one."""
    at_place: bool
    """The leaf belongs to the station of the place."""
    outside: str | None
    """Outside organ with the highest score."""
    outside_score: int
    marks: Mapping[str, tuple[str, ...]]
    """Mark (secret urgent group review withdraw) to the words found."""
    asked: str | None
    """Unit or organ that the item asks to act."""
    police_part: bool
    """Something in it concerns the police, whatever the rest is."""
    stations: tuple[str, ...]
    """Stations whose beat the text names."""
    named: tuple[str, ...]
    """Units that the text names."""
    offers: tuple[Offer, ...]
    why: tuple[str, ...]
    """What matched, in words."""

    is_outside: bool
    """An outside organ leads over every matter of ours, and nobody asks the police to act."""


def read(settings: Settings, text: str, *, place: str = "", about_unit: str = "") -> Reading:
    """Read *text* (title and words) with the place and the unit that the channel named beside it."""
    scores, marks, why = _score(settings, text)
    asked, police_asked = _asked(settings, text)
    if asked and settings.units[asked].outside:
        scores[Target.OUTSIDE][asked] += settings.routing.score
    matters, outside = scores[Target.MATTER], scores[Target.OUTSIDE]
    stations = units_of(settings.places, place) or units_of(settings.places, text)
    named = (*units_of(settings.places, about_unit), *_ours(settings, units_of(settings.aliases, about_unit or text)))
    units = _unit_scores(settings, matters)
    leaf, score, margin = _best(settings, matters, units)
    organ, organ_score = outside.most_common(1)[0] if outside else (None, 0)
    matter = settings.matters[leaf] if leaf else None
    return Reading(
        matter=leaf,
        score=score,
        margin=margin,
        unit=matter.unit if matter and matter.unit in settings.units else None,
        at_place=bool(matter and matter.unit == "@"),
        outside=organ,
        outside_score=organ_score,
        is_outside=organ_score > score and not police_asked,
        marks=marks,
        asked=asked,
        police_part=police_asked or any(word in text for word in _POLICE),
        stations=stations,
        named=named,
        offers=_offers(settings, matters, units, stations, named),
        why=why,
    )


def _score(
    settings: Settings, text: str
) -> tuple[dict[Target, Counter[str]], dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Add up the rows that match; a word counts once for the same target, with its highest weight."""
    scores: dict[Target, Counter[str]] = {target: Counter() for target in Target}
    marks: dict[str, tuple[str, ...]] = {}
    why: list[str] = []
    counted: set[tuple[str, str]] = set()
    for row, found in _hits(settings.keywords, text):
        new = [word for word in found if (row.to, word) not in counted]
        counted.update((row.to, word) for word in new)
        if row.target is Target.MARK:
            marks[row.to] = (*marks.get(row.to, ()), *new)
        elif new:
            scores[row.target][row.to] += row.weight
            why.append(f"{'、'.join(new[:3])}→{row.to} +{row.weight}")
    return scores, marks, tuple(why)


def _hits(keywords: Sequence[Keyword], text: str) -> list[tuple[Keyword, list[str]]]:
    """Return the rows whose words occur, with the words, the weightiest first."""
    present = words_in(text, _index(keywords))
    hits = [(row, found) for row in keywords if not present.isdisjoint(row.words) and (found := _found(row, present))]
    return sorted(hits, key=lambda hit: -hit[0].weight)


def _found(row: Keyword, present: AbstractSet[str]) -> list[str]:
    return [word for word in row.words if word in present]


def words_in(text: str, index: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the words of *index* that stand in *text*: one look per character instead of one per word."""
    return {word for n, mark in enumerate(text) for word in index.get(mark, ()) if text.startswith(word, n)}


_TABLES = 8
_INDEXES: dict[int, tuple[Sequence[Keyword], Mapping[str, Sequence[str]]]] = {}


def _index(keywords: Sequence[Keyword]) -> Mapping[str, Sequence[str]]:
    """Return the words by their first character, made once per table; the table is kept, so its id stays its own."""
    known = _INDEXES.get(id(keywords))
    if known is None:
        if len(_INDEXES) >= _TABLES:
            _INDEXES.clear()
        index: dict[str, list[str]] = {}
        for word in sorted({word for row in keywords for word in row.words}):
            index.setdefault(word[0], []).append(word)
        known = _INDEXES[id(keywords)] = (keywords, index)
    return known[1]


def _asked(settings: Settings, text: str) -> tuple[str | None, bool]:
    """Return whom the item asks to act, and whether that is the police."""
    for found in _ASKED.finditer(text):
        units = units_of(settings.aliases, found[1])
        if units:
            return units[0], not settings.units[units[0]].outside
        if any(word in found[1] for word in _POLICE):
            return None, True
    return None, False


def _ours(settings: Settings, units: Iterable[str]) -> tuple[str, ...]:
    return tuple(unit for unit in units if not settings.units[unit].outside)


def units_of(places: Iterable[Place], text: str) -> tuple[str, ...]:
    """Return the units whose words stand in *text*, the longest word first."""
    found: dict[str, int] = {}
    for place in places:
        longest = max((len(word) for word in place.words if word in text), default=0)
        if longest:
            found[place.unit] = max(longest, found.get(place.unit, 0))
    return tuple(sorted(found, key=lambda unit: (-found[unit], unit)))


def _unit_scores(settings: Settings, matters: Mapping[str, int]) -> Counter[str]:
    units: Counter[str] = Counter()
    for code, score in matters.items():
        units[_owner(settings.matters[code])] += score
    return units


def _owner(matter: Matter) -> str:
    """Return what a leaf's score counts for: a unit, the station of the place, or the leaf itself."""
    return matter.code if matter.unit in {"unit", "window", "intake", "T3"} else matter.unit


def _best(settings: Settings, matters: Mapping[str, int], units: Mapping[str, int]) -> tuple[str | None, int, int]:
    """Return the best leaf of the best unit, the unit's score, and its lead over the next."""
    if not matters:
        return None, 0, 0
    ranked = sorted(units, key=lambda unit: (-units[unit], unit))
    owner = ranked[0]
    leaves = [code for code in matters if _owner(settings.matters[code]) == owner]
    leaf = min(leaves, key=lambda code: (-matters[code], code))
    second = units[ranked[1]] if len(ranked) > 1 else 0
    return leaf, units[owner], units[owner] - second


def _offers(
    settings: Settings,
    matters: Mapping[str, int],
    units: Mapping[str, int],
    stations: tuple[str, ...],
    named: tuple[str, ...],
) -> tuple[Offer, ...]:
    """Return up to three units for the clerk, the most probable first."""
    offers: dict[str, Offer] = {}
    for code in sorted(matters, key=lambda code: (-units[_owner(settings.matters[code])], -matters[code], code)):
        matter = settings.matters[code]
        for unit in _candidates(settings, matter, stations, named):
            offers.setdefault(unit, Offer(unit=unit, score=units[_owner(matter)], why=f"{matter.code} {matter.name}"))
    for unit in (*stations, *named):
        offers.setdefault(unit, Offer(unit=unit, score=0, why="文中提到"))
    return tuple(offers.values())[:OFFERS]


def _candidates(
    settings: Settings, matter: Matter, stations: tuple[str, ...], named: tuple[str, ...]
) -> tuple[str, ...]:
    if matter.unit in settings.units:
        return (matter.unit,)
    if matter.unit == "@":
        return stations
    return named if matter.unit in {"unit", "window"} else ()
