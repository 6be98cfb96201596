"""Structured values in the database: JSON text, written once and read back as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from duban.errors import BureauError


def _plain(value: Any) -> Any:
    """Turn what JSON has no word for into what it has."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(value)
    raise NotImplementedError(f"a {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def packed(value: Any) -> bytes:
    """Return *value* as compact JSON in UTF-8; dates and instants become ISO text.

    Raises:
        BureauError: It holds something that JSON cannot hold; the message says what.
    """
    try:
        return _encoder.encode(value)
    except (NotImplementedError, TypeError, ValueError, RecursionError) as error:
        raise BureauError(
            f"the record cannot keep this value: {error}. "
            "Data of a case is text, numbers, yes or no, dates, lists and mappings with text keys"
        ) from error


def text(value: Any) -> str:
    """Return *value* as JSON text."""
    return packed(value).decode()


def unpacked(stored: str) -> Any:
    """Return what was stored."""
    return msgspec.json.decode(stored)
