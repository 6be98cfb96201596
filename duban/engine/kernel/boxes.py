"""Boxes in a stored state: tasks share most of their data, so every top-level value is stored once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from duban.engine.kernel.tasks import EMPTY, pack

_split = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
Stored = tuple[list[str], list[bytes], list[bytes | list[int]]]
_FIXMAP: Final = 0x80
_SMALL: Final = 15
"""Most keys of a map whose header is one byte."""


class Packing:
    """Collects the boxes of a state while it is dumped."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {EMPTY: -1}

    def place(self, box: bytes) -> int:
        """Return the number of a box; -1 for an empty one."""
        return self._places.setdefault(box, len(self._places) - 1)

    def stored(self) -> Stored:
        """Return keys, values and boxes; a single box shares nothing and is stored whole."""
        boxes = list(self._places)[1:]
        if len(boxes) <= 1:
            return [], [], list(boxes)
        keys: dict[str, int] = {}
        values: dict[bytes, int] = {}
        taken_apart: list[bytes | list[int]] = [_parts(box, keys, values) for box in boxes]
        return list(keys), list(values), taken_apart


def _parts(box: bytes, keys: dict[str, int], values: dict[bytes, int]) -> list[int]:
    """Return key, value, key, value … of a box, as numbers of keys and values."""
    parts: list[int] = []
    for key, raw in _split(box).items():
        parts += (keys.setdefault(key, len(keys)), values.setdefault(bytes(raw), len(values)))
    return parts


def unpacked(keys: Sequence[str], values: Sequence[bytes], boxes: Sequence[bytes | Sequence[int]]) -> list[bytes]:
    """Return the boxes as they were before they were taken apart."""
    packed_keys = [pack(key) for key in keys]
    return [box if isinstance(box, bytes) else _whole(packed_keys, values, box) for box in boxes]


def _whole(keys: Sequence[bytes], values: Sequence[bytes], box: Sequence[int]) -> bytes:
    count = len(box) // 2
    head = bytes([_FIXMAP | count]) if count <= _SMALL else b"\xde" + count.to_bytes(2, "big")
    pairs = zip(box[::2], box[1::2], strict=True)
    return head + b"".join([keys[key] + values[value] for key, value in pairs])
