"""Ways: how a letter travels to the petitioner, from how the channel is answered and what is known of the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLATFORM = ("系统", "平台", "热线回填", "信箱", "小程序", "邮件")
"""Words in a channel's way of replying that mean: through the platform it came from."""
NOBODY = "信访人"
"""How a person without a name is addressed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way to one addressee."""

    name: str
    """``platform`` · ``sms`` · ``mail`` (printed, then handed over or posted by a clerk)."""
    to: str

    @property
    def proves_delivery(self) -> bool:
        """Tell whether its receipt proves delivery, so that no clerk has to register it."""
        return self.name in {"platform", "sms"}


def way_to(reply: str, people: Sequence[Mapping[str, Any]]) -> Way:
    """Choose the way for a channel that is answered by *reply* (channels.reply of bureau.toml)."""
    if any(word in reply for word in _PLATFORM):
        return Way(name="platform", to=names(people))
    phone = phone_of(people)
    if "短信" in reply and phone:
        return Way(name="sms", to=phone)
    return Way(name="mail", to=names(people))


def names(people: Sequence[Mapping[str, Any]]) -> str:
    """Return how a letter addresses *people*."""
    return "、".join(str(person["name"]) for person in people if person.get("name")) or NOBODY


def phone_of(people: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the first telephone number that is known."""
    return next((str(person["phone"]) for person in people if person.get("phone")), None)
