"""What the drivers' errors mean to a caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import OperationalError, errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from restai.errors import Busy, DatabaseAway, DiskFull, RestaiError

_SQLITE: dict[int, type[RestaiError]] = {
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_CANTOPEN: DatabaseAway,
    sqlite3.SQLITE_IOERR: DatabaseAway,
}

_POSTGRES: tuple[tuple[type[Exception], type[RestaiError]], ...] = (  # the first that fits
    (errors.LockNotAvailable, Busy),
    (errors.DeadlockDetected, Busy),
    (errors.SerializationFailure, Busy),
    (errors.QueryCanceled, Busy),
    (errors.DiskFull, DiskFull),
    (errors.ReadOnlySqlTransaction, DatabaseAway),  # a standby: the primary is elsewhere, or not yet
    (OperationalError, DatabaseAway),
)


def meaning(error: DBAPIError | PoolTimeout, *, reading: bool) -> type[RestaiError] | None:
    """Our error for one of the database that can pass by itself; None for any other.

    `reading`: nothing may be written, so a refusal to write is a fault of ours and no standby's.
    """
    if isinstance(error, PoolTimeout):
        return Busy
    if reading and isinstance(error.orig, errors.ReadOnlySqlTransaction):
        return None
    if isinstance(error.orig, sqlite3.Error):
        found = _SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)  # the primary code
    else:
        found = next((ours for theirs, ours in _POSTGRES if isinstance(error.orig, theirs)), None)
    return found or (DatabaseAway if error.connection_invalidated else None)


@contextmanager
def translated(*, reading: bool = False) -> Iterator[None]:
    """Errors of the database leave as ours. Raises Busy, DiskFull, DatabaseAway; others as they are."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        ours = meaning(error, reading=reading)
        if ours is None:
            raise
        raise ours() from error
