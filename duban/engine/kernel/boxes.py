"""Boxes in a stored state: tasks share most of their data, so every top-level value is stored once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from duban.engine.kernel.tasks import EMPTY, pack

_split = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_FIXMAP: Final = 0x80
_SMALL: Final = 15
"""Most keys of a map whose header is one byte."""


class Packing:
    """Collects the boxes of a state while it is dumped."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {EMPTY: -1}
        self._keys: dict[str, int] = {}
        self._values: dict[bytes, int] = {}
        self.boxes: list[list[int]] = []
        """One box: key, value, key, value … as numbers of keys and values."""

    def place(self, box: bytes) -> int:
        """Return the number of a box; -1 for an empty one."""
        place = self._places.get(box)
        if place is None:
            place = self._places[box] = len(self.boxes)
            self.boxes.append(self._parts(box))
        return place

    def _parts(self, box: bytes) -> list[int]:
        keys, values = self._keys, self._values
        parts: list[int] = []
        for key, raw in _split(box).items():
            value = bytes(raw)
            parts.append(keys.setdefault(key, len(keys)))
            parts.append(values.setdefault(value, len(values)))
        return parts

    def stored(self) -> tuple[list[str], list[bytes], list[list[int]]]:
        """Return keys, values and boxes."""
        return list(self._keys), list(self._values), self.boxes


def unpacked(keys: Sequence[str], values: Sequence[bytes], boxes: Sequence[Sequence[int]]) -> list[bytes]:
    """Return the boxes as they were before they were taken apart."""
    packed_keys = [pack(key) for key in keys]
    return [_whole(packed_keys, values, box) for box in boxes]


def _whole(keys: Sequence[bytes], values: Sequence[bytes], box: Sequence[int]) -> bytes:
    count = len(box) // 2
    parts: list[Any] = [bytes([_FIXMAP | count]) if count <= _SMALL else b"\xde" + count.to_bytes(2, "big")]
    for place in range(0, len(box), 2):
        parts.append(keys[box[place]])
        parts.append(values[box[place + 1]])
    return b"".join(parts)
