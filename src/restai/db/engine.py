"""One way to two databases: SQLite embedded, PostgreSQL 15 and up in production.

Both give the same promises to `transaction`: a writer that waits too long gets `Busy`, a reader sees
one moment. SQLite has one write connection (a pool of writers only makes them meet at the file's
lock) and a read pool beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from restai.clock import Clock, SystemClock
from restai.db.outbox import LogRow
from restai.db.transaction import Transaction
from restai.errors import Busy, DatabaseAway

LOCK_TIMEOUT = 2_000  # ms: a command that waits longer for another's row is told to come back
IDLE_TIMEOUT = 5_000  # ms: a frozen process must not hold a branch
POOL_TIMEOUT = 5  # seconds to wait for a connection of the pool
READERS = 4  # SQLite read connections: each is a thread
POOL_SIZE = 10  # PostgreSQL connections a process keeps

Committed = Callable[[Sequence[LogRow]], None]


class Database:
    """The engines, and the only two ways to use them: `transaction()` and `reading()`.

    `clock`: whose time the restaurant goes by. None is the database's own (SQLite's is this
    machine's); tests inject theirs.
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._clock = clock or (SystemClock() if self.is_sqlite else None)
        self._listeners: list[Committed] = []
        if self.is_sqlite:
            url_ = self.url.set(drivername="sqlite+aiosqlite")
            self._writer = _sqlite_engine(url_, pool_size=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(url_, pool_size=READERS, begin="BEGIN")
        else:
            self._writer = self._reader = _postgres_engine(self.url.set(drivername="postgresql+psycopg"))

    def on_commit(self, listener: Committed) -> None:
        """Call `listener` with the log rows of each transaction that committed, at once, in this task."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A command's transaction. Leaving it renders the events, takes the counter and commits.

        Raises Busy when a lock was not had within `LOCK_TIMEOUT`, DatabaseAway when the database
        cannot be reached. On any error nothing is kept and no event is sent.
        """
        with _translated():
            async with AsyncSession(self._writer, expire_on_commit=False, autoflush=False) as session:
                tx = Transaction(session, await self._now(session))
                yield tx
                rows = await tx.finish()
                await session.commit()
        if rows:
            for listener in self._listeners:
                listener(rows)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction that only reads, in one snapshot of the database. Raises DatabaseAway."""
        with _translated():
            async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
                if not self.is_sqlite:
                    await session.connection(
                        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                    )
                yield Transaction(session, await self._now(session))
                await session.rollback()

    async def _now(self, session: AsyncSession) -> int:
        if self._clock is not None:
            await session.connection()  # the lock is taken before the time is read
            return self._clock.now()
        now = await session.scalar(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"))
        return int(now)

    async def ping(self) -> None:
        """Ask the database anything. Raises DatabaseAway."""
        async with self.reading() as tx:
            await tx.session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


class _translated:  # noqa: N801 - reads as a statement at the call
    """Database errors become ours: what can pass is Busy or DatabaseAway."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _tb: Any) -> None:
        if isinstance(error, PoolTimeout):
            raise Busy from error
        if not isinstance(error, DBAPIError):
            return
        cause = error.orig
        if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise Busy from error
        if isinstance(cause, sqlite3.OperationalError):
            code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Busy from error
            if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL):
                raise DatabaseAway from error
        if error.connection_invalidated or (
            isinstance(error, OperationalError) and isinstance(cause, psycopg.OperationalError)
        ):
            raise DatabaseAway from error


_POSTGRES_SETTINGS = {
    "lock_timeout": LOCK_TIMEOUT,
    "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
}


def _postgres_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in _POSTGRES_SETTINGS.items()),
            "connect_timeout": POOL_TIMEOUT,
            "keepalives": 1,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "application_name": "restai",
        },
    )


def _sqlite_engine(url: URL, *, pool_size: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        connect_args={"timeout": LOCK_TIMEOUT / 1000},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself: `begin` below does
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
