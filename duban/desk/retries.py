"""Retries: how long to wait before something that failed is tried again."""

from __future__ import annotations

from datetime import timedelta

from duban.bureau import Bureau


def wait_after(bureau: Bureau, attempts: int) -> timedelta | None:
    """Return how long to wait after the *attempts*-th attempt failed, or None when it was the last.

    ``outbox.retry_minutes`` of bureau.toml lists the waits.
    """
    minutes = bureau.setting("outbox.retry_minutes")
    return timedelta(minutes=minutes[attempts - 1]) if attempts <= len(minutes) else None
