"""The sample bureau's year: its petitions, run by scripted staff, so that every page has something true to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from duban.desk.desk import Desk
from duban.desk.rights import day_of
from duban.desk.year import DAYS, Year, days
from duban.errors import Conflict, NotFound
from duban.model.petition import Envelope
from duban.petitions.rows import read_rows

SEED = 20260101
LIVED = "sample/lived"
"""Number series that says, by standing at 1, that the year has been lived to its end."""
LEASE = "sample"
HELD = timedelta(minutes=1)
"""How long a process that died keeps others from going on; renewed long before."""
LEAD = timedelta(days=2)
"""How long before today the last petition arrives."""
RUSH = timedelta(days=16)
"""How long the rush at the end lasts, so that every stage has open work to show."""
WEEK = 7

Progress = Callable[[str, int, int], None]


def load(desk: Desk, progress: Progress | None = None) -> int:
    """Live the sample year up to today and return how many petitions there are; interrupted, it goes on.

    The petitions are moved by whole weeks so that the year ends today, whenever today is.

    Raises:
        NotFound: The bureau's folder has no sample/.
        Conflict: Another process is at it.
    """
    if is_loaded(desk):
        return _count(desk)
    petitions = _moved(list(read_sample(desk)), day_of(desk.now()))
    first = day_of(petitions[0].received_at)
    all_days = list(days(first, day_of(desk.now())))
    year = Year(desk, petitions, first=first, rush=all_days[-1] - RUSH, last=all_days[-1], seed=SEED)
    _take_lease(desk)
    try:
        with desk.store.remade_if_lost():
            for n in range(desk.store.read(lambda record: record.numbers.last(DAYS)), len(all_days)):
                year.live(all_days[n])
                _take_lease(desk)
                if progress:
                    progress("sample", n + 1, len(all_days))
        desk.store.write(lambda record: record.numbers.next(LIVED))
    finally:
        desk.store.write(lambda record: record.leases.release(LEASE, desk.name))
    return _count(desk)


def is_loaded(desk: Desk) -> bool:
    """Tell whether the sample year has been lived to its end."""
    return desk.store.read(lambda record: record.numbers.last(LIVED)) > 0


def is_living(desk: Desk) -> bool:
    """Tell whether a sample year has begun and not ended: until then its virtual clock alone moves its cases."""
    return desk.store.read(lambda record: record.numbers.last(DAYS) > 0 and record.numbers.last(LIVED) == 0)


def read_sample(desk: Desk) -> Iterator[Envelope]:
    """Yield the petitions of sample/, oldest first.

    Raises:
        NotFound: The bureau's folder has no sample/, or a row of it cannot be read.
    """
    folder = desk.bureau.folder / "sample"
    if not folder.is_dir():
        raise NotFound(f"{folder} is missing: it holds the sample petitions")
    found = [envelope for path in _files(folder) for envelope in _read(desk, path)]
    yield from sorted(found, key=lambda envelope: (envelope.received_at, envelope.key))


def _files(folder: Path) -> list[Path]:
    files = [path for path in sorted(folder.iterdir()) if path.suffix in {".csv", ".xlsx", ".jsonl"}]
    return [path for path in files if not path.name.endswith(".refused.csv")]


def _read(desk: Desk, path: Path) -> Iterator[Envelope]:
    for row in read_rows(path, desk.bureau.settings, None, desk.now()):
        if row.envelope is None:
            raise NotFound(f"{path}: row {row.n}: {'; '.join(row.problems)}")
        yield row.envelope


def _moved(petitions: Sequence[Envelope], today: date) -> list[Envelope]:
    """Move the petitions by whole weeks, so that weekdays stay and the last one arrives shortly before *today*."""
    if not petitions:
        raise NotFound("sample/ holds no petitions")
    last = day_of(petitions[-1].received_at)
    by = timedelta(days=(today - LEAD - last).days // WEEK * WEEK)
    return [
        replace(
            petition,
            received_at=petition.received_at + by,
            sender_limit=petition.sender_limit and petition.sender_limit + by,
        )
        for petition in petitions
    ]


def _take_lease(desk: Desk) -> None:
    now = desk.now()
    if not desk.store.write(lambda record: record.leases.take(LEASE, desk.name, now=now, until=now + HELD)):
        raise Conflict("another process is living the sample year; wait for it")


def _count(desk: Desk) -> int:
    return desk.store.read(lambda record: record.register.count())
