"""Petitions before they are cases: what arrived, from whom, through which channel."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from duban.model.clock import aware


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Somebody who speaks in a petition, as far as the channel says who it is."""

    name: str = ""
    phone: str = ""
    id_no: str = ""
    """Number of the identity document."""
    address: str = ""
    account: str = ""
    """The platform's own name for the person (``A00045581``)."""

    @property
    def is_named(self) -> bool:
        """Tell whether there is anything by which to find the person again."""
        return bool(self.name or self.phone or self.id_no or self.account)


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One item as a channel delivers it; nothing in it has been judged yet."""

    channel: str
    """Code of the channel (bureau.toml [[channels]])."""
    received_at: datetime
    """When it reached any unit or platform of the bureau (a letter: arrival, not postmark)."""
    text: str
    """What was said, byte for byte."""
    title: str = ""
    external_id: str | None = None
    """The channel's own number; with it the same item is known again."""
    people: tuple[Party, ...] = ()
    people_count: int | None = None
    """How many came or signed, where the channel says it."""
    form: str = ""
    """书面 口头 走访 电话 网络; empty: the channel's usual form."""
    place: str = ""
    about_unit: str = ""
    """Unit complained of, as the channel wrote it."""
    unit_hint: str = ""
    """Unit to which the sender wants it to go, as the sender wrote it."""
    category: tuple[str, ...] = ()
    """The channel's own classification, outermost first."""
    sender: str = ""
    """Organ that transferred or assigned it."""
    sender_no: str = ""
    sender_limit: date | None = None
    """Day by which the sender wants the report (X14)."""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Columns that the mapping keeps without reading (an earlier reply, its time)."""

    def __post_init__(self) -> None:
        """Refuse a time without zone: a day of receipt must not depend on the machine."""
        aware(self.received_at, "received_at")

    @property
    def digest(self) -> str:
        """Return what makes the item the same item when it has no number of its own.

        Spaces and width of characters do not matter; the channel, the people and the words do.
        """
        parts = [self.channel, self.received_at.date().isoformat(), self.title, self.text]
        parts += [f"{p.name}|{p.phone}|{p.id_no}|{p.account}" for p in self.people]
        plain = ("".join(unicodedata.normalize("NFKC", part).split()) for part in parts)
        return hashlib.sha256("\0".join(plain).encode()).hexdigest()

    @property
    def key(self) -> str:
        """Return the key under which the item is known: the channel's number, else its digest."""
        return self.external_id or f"sha256:{self.digest}"
