"""Post: what leaves the house. Until gateways are connected it is laid into a folder, one file per message."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from duban.errors import OutsideError


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A message that left the house."""

    way: str
    """``sms`` · ``platform`` · ``mail`` · ``notice`` …, as handlers name it."""
    to: str
    title: str
    body: str
    key: str
    """The sender's key: a message with the same key is sent once."""
    at: str
    """ISO instant."""


class Post(Protocol):
    """Something that sends."""

    def send(self, way: str, to: str, title: str, body: str, *, key: str, at: datetime) -> str:
        """Send once per *key* and return the receipt, the same at every attempt."""
        ...


class Folder:
    """Lays each message into ``folder/way/receipt.json``, for a gateway or a person to carry on."""

    def __init__(self, folder: Path) -> None:
        """*folder* is made when the first message leaves."""
        self.folder = folder

    def send(self, way: str, to: str, title: str, body: str, *, key: str, at: datetime) -> str:
        """Write the message unless a message with this key stands there already.

        Raises:
            OutsideError: The folder cannot be written.
        """
        receipt = receipt_of(way, key)
        file = self.folder / _safe(way) / f"{receipt}.json"
        try:
            if not file.exists():
                _write_once(file, Sent(way=way, to=to, title=title, body=body, key=key, at=at.isoformat()))
        except OSError as error:
            raise OutsideError(
                f"cannot lay a message into {file.parent}: {error}; free or repair the folder"
            ) from error
        return receipt


class Memory:
    """Keeps what was sent in memory: for tests and for the sample year, which must not reach anybody."""

    def __init__(self) -> None:
        """Start with nothing sent."""
        self.sent: dict[str, Sent] = {}

    def send(self, way: str, to: str, title: str, body: str, *, key: str, at: datetime) -> str:
        """Remember the message, once per *key*."""
        receipt = receipt_of(way, key)
        self.sent.setdefault(receipt, Sent(way=way, to=to, title=title, body=body, key=key, at=at.isoformat()))
        return receipt


def receipt_of(way: str, key: str) -> str:
    """Return the receipt of the message with this *key*."""
    digest = hashlib.sha256(way.encode() + b"\0" + key.encode()).hexdigest()
    return f"{_safe(way)}-{digest[:20]}"


def _safe(way: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in way) or "_"


def _write_once(file: Path, message: Sent) -> None:
    """Write beside, sync, rename: a reader never sees half a message, a crash leaves none or all of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=".")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(asdict(message), out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    Path(beside).replace(file)
