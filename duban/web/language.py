"""The two languages of the pages: Chinese is the source, English is said from the catalogue beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CODES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Language:
    """What a page is spoken in."""

    code: str

    @property
    def tag(self) -> str:
        """The HTML language tag."""
        return {"zh": "zh-CN", "en": "en"}[self.code]

    def say(self, text: str, /, **values: Any) -> str:
        """Return *text* (Chinese, with ``{names}``) in this language, its names filled in.

        English that changes with the number ``n`` has both forms in the catalogue: ``{n} day left|{n} days left``.
        """
        spoken = text if self.code == "zh" else catalogue().get(text, text)
        if self.code == "en" and "|" in spoken:
            one, many = spoken.split("|")
            spoken = one if values.get("n") == 1 else many
        return spoken.format(**values) if values else spoken


@cache
def catalogue() -> Mapping[str, str]:
    """Return every Chinese sentence of the pages with its English."""
    known: dict[str, str] = json.loads(files("duban.web").joinpath("english.json").read_text("utf-8"))
    return known


def chosen(asked: str | None, kept: str | None, accepted: str | None) -> Language:
    """Choose the language: what the address asks, else what the cookie keeps, else what the browser accepts."""
    for code in (asked, kept):
        if code in CODES:
            return Language(code)
    return Language(_accepted(accepted or ""))


def _accepted(header: str) -> str:
    """Return the first of our languages that an Accept-Language header prefers; Chinese when it names none."""
    preferred = sorted(
        (part.partition(";q=") for part in header.replace(" ", "").split(",") if part),
        key=lambda part: -_weight(part[2]),
    )
    return next((tag[:2].lower() for tag, _, _ in preferred if tag[:2].lower() in CODES), "zh")


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
