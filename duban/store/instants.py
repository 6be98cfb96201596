"""Instants in the database: whole microseconds since 1970 in UTC, on both databases; days as ISO text.

One representation sorts, compares and indexes alike on SQLite and PostgreSQL and costs neither parsing nor a driver's
time zone. To read it by hand: ``datetime(at / 1e6, 'unixepoch')`` on SQLite, ``to_timestamp(at / 1e6)`` on PostgreSQL.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from duban.model.clock import aware

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return *at* as it is stored.

    Raises:
        ValueError: *at* carries no time zone.
    """
    return (aware(at) - EPOCH) // MICROSECOND


def instant(stored: int) -> datetime:
    """Return what was stored, aware, in UTC."""
    return EPOCH + timedelta(microseconds=stored)


def micros_or_none(at: datetime | None) -> int | None:
    """Return *at* as it is stored, None for none."""
    return None if at is None else micros(at)


def instant_or_none(stored: int | None) -> datetime | None:
    """Return what was stored, None for none."""
    return None if stored is None else instant(stored)


def day_or_none(stored: str | None) -> date | None:
    """Return the day that was stored, None for none."""
    return None if stored is None else date.fromisoformat(stored)
