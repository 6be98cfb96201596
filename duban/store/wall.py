"""The wall: drivers' exceptions end here and become errors that say whose move it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from duban.errors import BureauError, Conflict, Corrupted, DubanError, NotFound, OutsideError, Refused

NO_TABLES = "the database {where} has no tables of this release; run `duban init`"
UNWRITABLE = (
    "the record cannot keep a text of this step ({error}); nothing was written. "
    "Take out the character NUL or the half of a surrogate pair, then repeat the step"
)
AWAY = "the database {where} cannot be used now ({error}); nothing was written. {remedy}"

_SQLITE_REMEDIES = {
    "SQLITE_BUSY": "Another process holds it; end that one or repeat the step",
    "SQLITE_LOCKED": "Another process holds it; end that one or repeat the step",
    "SQLITE_CANTOPEN": "Check that the folder exists and may be written, or run `duban init`",
    "SQLITE_READONLY": "It may only be read here: write inside store.write, and give the right to write to the file",
    "SQLITE_FULL": "The disk is full; make room",
    "SQLITE_IOERR": "The disk fails; look at the system's log",
}


def shown(url: URL) -> str:
    """Return *url* as people wrote it, without the password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


@contextmanager
def wall(url: URL) -> Generator[None]:
    """Let no driver exception through."""
    try:
        yield
    except (sqlite3.Error, psycopg.Error, DBAPIError) as error:
        raise translated(error, url) from error
    except UnicodeEncodeError as error:
        raise Refused(UNWRITABLE.format(error=error.reason)) from error
    except OSError as error:
        raise OutsideError(_away(url, error, "Check that the folder exists and may be written")) from error


def translated(error: Exception, url: URL) -> DubanError:
    """Return what *error* of a driver means in our words."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, url)
    return _of_postgres(cause, url)


def is_passing(error: BaseException | None) -> bool:
    """Tell whether the database undid the transaction only because of another one, so that it may be run again."""
    return isinstance(error, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected)


def is_missing_table(error: BaseException) -> bool:
    """Tell whether a table or column is not there."""
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return True
    words = str(error)
    return isinstance(error, sqlite3.OperationalError) and (
        words.startswith(("no such table", "no such column")) or "has no column" in words
    )


def _of_sqlite(error: sqlite3.Error, url: URL) -> DubanError:
    name: str = getattr(error, "sqlite_errorname", "")
    words = str(error)
    if name == "SQLITE_CONSTRAINT_TRIGGER":
        return Refused(f"the record refuses this: {words}")
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return NotFound("the record has no such case, definition or person; write that first")
    if name.startswith("SQLITE_CONSTRAINT"):
        return Conflict(f"the record has this already ({words}); look again")
    if name in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}:
        return Corrupted(f"the file {shown(url)} is damaged or no database ({words}); keep it and restore a backup")
    if is_missing_table(error):
        return BureauError(NO_TABLES.format(where=shown(url)))
    base = "_".join(name.split("_")[:2])
    return OutsideError(_away(url, error, _SQLITE_REMEDIES.get(base, "Repeat the step")))


def _of_postgres(error: BaseException, url: URL) -> DubanError:
    words = str(error).strip().partition("\n")[0]
    if isinstance(error, psycopg.errors.RaiseException | psycopg.errors.InsufficientPrivilege):
        return Refused(f"the record refuses this: {words}")
    if isinstance(error, psycopg.errors.ForeignKeyViolation):
        return NotFound("the record has no such case, definition or person; write that first")
    if isinstance(error, psycopg.errors.IntegrityError):
        return Conflict(f"the record has this already ({words}); look again")
    if isinstance(error, psycopg.DataError):
        return Refused(UNWRITABLE.format(error=words))
    if is_missing_table(error):
        return BureauError(NO_TABLES.format(where=shown(url)))
    if is_passing(error):
        return Conflict(f"another transaction was in the way ({words}); repeat the step")
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return Refused("this may only be read here; write inside store.write")
    return OutsideError(_away(url, words, "Check that the server runs and that DUBAN_DATABASE_URL names it"))


def _away(url: URL, error: object, remedy: str) -> str:
    return AWAY.format(where=shown(url), error=error, remedy=remedy)
