"""Transactions: run a job and commit, or undo what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from duban.errors import OutsideError
from duban.store.databases import Database
from duban.store.unit import Unit
from duban.store.wire import DRIVER_ERRORS

T = TypeVar("T")


def committed(database: Database, unit: Unit, fn: Callable[[Unit], T]) -> T:
    """Run *fn* in the transaction that was begun and commit; undo everything when it fails."""
    try:
        result = fn(unit)
        unit.wire.say("COMMIT")
    except BaseException:
        undo(database, unit)
        raise
    return result


def undo(database: Database, unit: Unit) -> None:
    """Roll back, unless the database has done it; a connection that cannot even do that is broken."""
    try:
        if database.in_transaction(unit.wire):
            unit.wire.say("ROLLBACK")
    except DRIVER_ERRORS:
        unit.wire.broken = True


def check_standing(database: Database, unit: Unit, cause: BaseException | None) -> None:
    """Go no further when *cause* made the database end the whole transaction (a full disk does)."""
    if not database.in_transaction(unit.wire):
        raise OutsideError("the database undid the whole transaction; nothing was written. Repeat the step") from cause


def glimpsed(database: Database, unit: Unit, fn: Callable[[Unit], T]) -> T:
    """Run *fn* in the reading transaction that was begun, and end it."""
    try:
        return fn(unit)
    finally:
        try:
            database.end_reading(unit.wire)
        except DRIVER_ERRORS:
            unit.wire.broken = True
