"""The inbox: folders into which others lay files for the house, and what becomes of a file that was taken.

``var/in/<channel>/`` holds petitions of a channel, ``var/in/business/`` business of other systems to be sampled for
callbacks. A file that was read goes to ``done/`` beside it, one that cannot be read to ``refused/`` with the reason;
refused rows stand there too. A file is taken once nobody has written to it for a while.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from duban.desk.desk import Desk
from duban.errors import OutsideError
from duban.model.clock import SHANGHAI

INBOX = "in"
BUSINESS = "business"
DONE, REFUSED = "done", "refused"
READABLE = frozenset({".csv", ".xlsx", ".jsonl"})
STILL = timedelta(seconds=5)
"""How long nobody may have written to a file before it is taken."""
HELD = timedelta(minutes=10)
"""How long a process that died with a folder in hand keeps the others away."""


def inbox(desk: Desk) -> Path:
    """Return the folder of folders."""
    return desk.files / INBOX


def waiting(desk: Desk, folder: Path) -> list[Path]:
    """Return the files of *folder* that may be taken, in order of name.

    Raises:
        OutsideError: The folder cannot be read.
    """
    before = (desk.now() - STILL).timestamp()
    try:
        if not folder.is_dir():
            return []
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        return [path for path in files if path.stat().st_mtime <= before]
    except OSError as error:
        raise OutsideError(f"cannot read {folder}: {error}; mend the folder, what lies in it waits") from error


def put_aside(desk: Desk, path: Path, where: str, why: str = "") -> None:
    """Move a file to *where* beside it, under the time and its name; *why* is written down beside it.

    Raises:
        OutsideError: The folder cannot be written.
    """
    stamp = f"{desk.now().astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    target = path.parent / where / f"{stamp}-{path.name}"
    try:
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
        if why:
            target.with_name(f"{target.name}.why.txt").write_text(why + "\n", encoding="utf-8")
    except OSError as error:
        raise OutsideError(f"cannot move {path} to {where}/: {error}; make the folder writable") from error


@contextmanager
def alone(desk: Desk, what: str) -> Generator[bool]:
    """Let one process at a time take files of *what*; False: another one is at it."""
    name, now = f"inbox/{what}", desk.now()
    if not desk.store.write(lambda record: record.leases.take(name, desk.name, now=now, until=now + HELD)):
        yield False
        return
    try:
        yield True
    finally:
        desk.store.write(lambda record: record.leases.release(name, desk.name))


def old(desk: Desk, before: datetime) -> list[Path]:
    """Return the files that were put aside before an instant."""
    limit = before.timestamp()
    found = (path for where in (DONE, REFUSED) for path in inbox(desk).glob(f"*/{where}/*"))
    try:
        return sorted(path for path in found if path.is_file() and path.stat().st_mtime < limit)
    except OSError as error:
        raise OutsideError(f"cannot read {inbox(desk)}: {error}; mend the folder") from error
