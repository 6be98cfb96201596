"""Personal values in what people write: found, and masked where they are only shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PATTERNS = {
    "id_no": r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)",
    "card": r"(?<!\d)(?:62|4\d|5[1-5])\d{14,17}(?!\d)",
    "phone": r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)",
    "landline": r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)",
    "plate": r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}(?![A-Z0-9])",
    "mail": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_HEAD, _TAIL = 3, 2
"""Characters that stay visible, so that two values can be told apart by somebody who knows them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Personal:
    """A personal value in a text."""

    kind: str
    """id_no · card · phone · landline · plate · mail."""
    start: int
    end: int


def personal(text: str) -> Iterator[Personal]:
    """Find the personal values in *text*, in order."""
    for found in _ANY.finditer(text):
        yield Personal(kind=str(found.lastgroup), start=found.start(), end=found.end())


def mask(text: str) -> str:
    """Return *text* with every personal value masked: ``138******78``."""
    return _ANY.sub(lambda found: mask_value(found[0]), text)


def mask_value(value: str) -> str:
    """Return *value* with its middle hidden."""
    if len(value) <= _HEAD + _TAIL:
        return value[:1] + "*" * (len(value) - 1)
    return value[:_HEAD] + "*" * (len(value) - _HEAD - _TAIL) + value[-_TAIL:]


def mask_name(name: str) -> str:
    """Return a person's name as lists show it: 王** for 王小明, 王* for 王明."""
    return name[:1] + "*" * (len(name) - 1)
