"""What bureau.toml says: frozen values, one class per table; reading.py makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from duban.model.people import Membership, Person, Unit


class Entry(StrEnum):
    """How an item legally reaches us: decides which of X2 and X3 runs (条例 23)."""

    DIRECT = "dir"
    TRANSFERRED = "tr"
    EITHER = "either"
    """Transferred when the item names a sender, else direct."""
    OWN = "own"
    """Found by ourselves: nobody waits for a notice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A way by which petitions arrive and by which their answer goes back (B8)."""

    code: str
    name: str
    receives: str
    """Code of the unit that receives; ``point``, ``unit`` or ``window``: the one where it was said."""
    entry: Entry
    form: str
    """书面 口头 走访 电话 网络."""
    anonymous: bool
    """Whether the channel takes items without a name."""
    complete_without_person: bool
    """A ticket of the sender's system identifies the petitioner: no person is needed to register."""
    reply: str
    limit: str
    """The channel's own limit, in words."""
    weighty: bool
    """Everything from here is weighty (T4)."""
    shielded: bool
    """Art. 30: never shown to the accused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """A leaf of the matter tree."""

    code: str
    name: str
    group: str
    nature: str
    """S suggestion, A accusation, 1…6 appeal by art. 31(1)…(6), C consult; empty: decided elsewhere."""
    unit: str
    """Unit code, ``@`` (station of the place), ``unit`` (the one complained of), ``window``, ``intake``, ``T3``."""
    weighty: bool
    supervise: str
    """Unit that supervises whatever the weight; empty: by weight."""


class Target(StrEnum):
    """What a row of the keyword table points at."""

    MATTER = "matter"
    OUTSIDE = "outside"
    MARK = "mark"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyword:
    """A row of the keyword table: any of the words adds the weight to the target."""

    words: tuple[str, ...]
    target: Target
    to: str
    """Matter code, outside organ or mark (secret urgent group review withdraw)."""
    weight: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place and the unit that polices it."""

    unit: str
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """How long a limit is: an amount and what is counted."""

    amount: int
    """Negative: counted back from the start (a notice before a hearing)."""
    unit: str
    """``d`` days, ``wd`` working days, ``h`` hours, ``min`` minutes, ``mo`` months, ``order`` the day that the order
    names, ``half`` the next working day's other half."""

    def __str__(self) -> str:
        return self.unit if self.unit in {"order", "half"} else f"{self.amount}{self.unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A data path and the values that satisfy it; a path that is absent satisfies nothing."""

    path: tuple[str, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """Another length, for cases that meet a condition (urgent, complex)."""

    when: Condition
    length: Length


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A row of the deadline table (processes.md §2)."""

    id: str
    name: str
    starts: tuple[tuple[str, ...], ...]
    """Data paths of the start; the first that is there counts. The path ``now``: when the timer is armed."""
    latest: bool
    """Of all paths that are there the latest counts (steps that may be repeated)."""
    not_after: tuple[str, ...]
    """Limits whose last day caps the start: acceptance counts from the day by which it was due (X2, X3)."""
    start_name: str
    """What starts it, in words: 收到之日."""
    length: Length
    length_from: tuple[tuple[str, ...], ...]
    """Data paths to a length as text (``1wd``); the first that is there counts instead of ``length``."""
    variants: tuple[Variant, ...]
    warn: tuple[int, ...]
    """Offsets before the end, in the limit's own unit, largest first."""
    extended_by: tuple[tuple[str, ...], ...]
    """Paths to days (or lists of days) of approved extensions, added to the raw end."""
    excluded_by: tuple[tuple[str, ...], ...]
    """Paths to ``{from, to}`` (or lists of them): whole days, both included, that do not count."""
    only: tuple[Condition, ...]
    """It applies only where all of these hold."""
    unless: tuple[Condition, ...]
    """It does not apply where any of these holds."""
    source: str
    """Article, or 本局规定."""
    statutory: bool
    """A bureau may shorten a statutory limit, never lengthen it."""
    chain: str
    """Escalation chain that an overdue one starts; empty: none (a right of the petitioner)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """A level of an escalation chain."""

    level: int
    who: tuple[str, ...]
    act: str
    letter: str
    wait: Length | None
    """How long before the next level; None: the chain ends here, or it is the warning level."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """Whom an overdue duty reaches, and when (processes.md §3.2)."""

    id: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of case: the process that runs it and the series that numbers it."""

    id: str
    name: str
    process: str
    series: str
    open_by: tuple[str, ...] = ()
    """Roles that may open one by hand; none: it is opened by a message, a caller or time only."""
    seen_by: tuple[str, ...] = ()
    """Only these roles see such a case anywhere (art. 30); none: whoever works here."""
    title: tuple[tuple[str, ...], ...] = ()
    """Data paths to what a case is about, in one line; the first that is there counts."""
    rhythm: str = ""
    """Rhythm at which one is opened by time; empty: none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A message that people hand on to a case: what the petitioner, a sender or another organ has said."""

    message: str
    name: str
    """What it is called on a button."""
    by: tuple[str, ...]
    """Roles that may hand it on."""
    form: str
    """Form of what it says, in bpmn/forms without ``.json``."""


class Every(StrEnum):
    """What a rhythm counts in."""

    WEEK = "w"
    MONTH = "mo"
    QUARTER = "q"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """When something returns: every second Wednesday at 15:00."""

    id: str
    amount: int
    """Every so many …"""
    every: Every
    weekday: int | None
    """1 Monday … 7 Sunday: the first such day on or after each counted one; None: the counted day itself."""
    at: time
    """Time of day, in the bureau's zone."""
    forward: bool
    """A rest day moves to the next working day, else to the one before; the rhythm itself is not shifted."""
    before: int
    """So many working days before the day that was counted."""
    first: date
    """The day from which it is counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A series of numbers, starting at 1 each year."""

    id: str
    pattern: str
    """``云信〔{year}〕{n:05}``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter that the bureau issues."""

    id: str
    title: str
    series: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """Where a field of an imported row comes from."""

    field: str
    """Field of the envelope: external_id, received_at, text, title, name, phone … or ``extra.<name>``."""
    headers: tuple[str, ...]
    """Headers, in the order in which their cells are joined."""
    match: str
    """Regular expression whose first group is the value; empty: the whole cell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMapping:
    """How the columns of a file become an envelope; chosen by its headers."""

    id: str
    headers: tuple[str, ...]
    """Headers by which a file is recognised: all must be there."""
    channel: str
    """Preferred where several mappings fit; empty: any channel."""
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarYear:
    """A year of the working calendar as the State Council ordered it, given by the bureau."""

    year: int
    off: frozenset[date]
    """Weekdays (and weekend days) that are holidays."""
    on: frozenset[date]
    """Saturdays and Sundays that are worked."""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Counting:
    """How days are counted: 民法典 201 and 203 as settings, shown in each case."""

    first_day: str
    """``excluded`` or ``included``."""
    roll: bool
    """A last day on a rest day moves to the next working day."""
    warn_hour: int
    """Hour of the day, in the bureau's time, at which warnings go out."""
    morning: int
    """Hour at which a repeated attempt in the morning is due."""
    afternoon: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicates:
    """When two texts are taken for the same matter."""

    same: float
    """At or above this likeness two items are the same matter."""
    ask: float
    """Between this and ``same`` a clerk is asked."""
    person: float
    """What the same person adds to the likeness."""
    candidates: int
    """How many earlier cases are compared at most."""
    years: int
    """How far back is looked."""
    boilerplate: tuple[str, ...]
    """Regular expressions of what a channel writes into every item."""
    new_facts: tuple[str, ...]
    """Words that announce a new fact or proof."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing:
    """How sure the house must be before it routes alone."""

    bar: float
    """Confidence at or above which nobody is asked."""
    score: int
    """Keyword score at or above which a leaf is taken as decided."""
    margin: int
    """By how much the best leaf must lead the second."""
    group: int
    """So many persons are a group visit."""
    representatives: int
    """So many may speak for a group (条例 20)."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Settings:
    """Everything in bureau.toml, checked as a whole."""

    name: str
    short: str
    first_receiver: str
    """Unit that keeps the duty until another has signed, where the channel names none (E1)."""
    units: Mapping[str, Unit]
    roles: Mapping[str, str]
    """Role id to name."""
    channels: Mapping[str, Channel]
    matters: Mapping[str, Matter]
    keywords: tuple[Keyword, ...]
    places: tuple[Place, ...]
    aliases: tuple[Place, ...]
    """What people call the units."""
    words: Mapping[str, tuple[str, ...]]
    """Words by which a text is read: consult, complaint, suggest, media, leader, lawsuit …"""
    limits: Mapping[str, Limit]
    chains: Mapping[str, Chain]
    kinds: Mapping[str, Kind]
    rhythms: Mapping[str, Rhythm]
    said: Mapping[str, Said]
    """Name of a message to who may hand it on, and how."""
    series: Mapping[str, Series]
    letters: Mapping[str, Letter]
    mappings: tuple[ColumnMapping, ...]
    people: Mapping[str, Person]
    memberships: tuple[Membership, ...]
    counting: Counting
    years: Mapping[int, CalendarYear]
    duplicates: Duplicates
    routing: Routing
    raw: Mapping[str, Any]
    """The whole file as read, for ``setting("a.b")``."""
    digest: str
    """sha256 of the file and of the calendar files beside it."""

    def __repr__(self) -> str:
        return f"Settings({self.name}, {self.digest[:12]})"
