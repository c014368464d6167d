"""One way to two databases: SQLite embedded, PostgreSQL 15 and up in production.

Both give the same promises to `transaction`: a writer that waits too long gets `Busy`, a reader sees
one moment. SQLite has one write connection (a pool of writers only makes them meet at the file's
lock) and a read pool beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from restai.clock import Clock, SystemClock
from restai.db import postgres, sqlite
from restai.db.faults import translated
from restai.db.outbox import LogRow
from restai.db.transaction import Transaction
from restai.errors import DatabaseAway, DiskFull

LOCK_TIMEOUT = 2_000  # ms: a command that waits longer for another's row is told to come back
IDLE_TIMEOUT = 5_000  # ms: a frozen process must not hold a branch
POOL_TIMEOUT = 5  # seconds to wait for a connection of the pool
READERS = 4  # SQLite read connections: each is a thread
POOL_SIZE = 10  # PostgreSQL connections a process keeps; as many again when it needs them

Committed = Callable[[Sequence[LogRow]], None]

_log = structlog.get_logger(__name__)


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
        self._trouble: str | None = None
        self._writer, self._reader = self._sqlite() if self.is_sqlite else self._postgres()
        self._watch = sqlite.Watch(self.url, busy_timeout=LOCK_TIMEOUT / 1000) if self.is_sqlite else None

    def _sqlite(self) -> tuple[AsyncEngine, AsyncEngine]:
        wait = LOCK_TIMEOUT / 1000
        writer = sqlite.create(
            self.url,
            begin="BEGIN IMMEDIATE",
            connections=1,
            pool_timeout=wait,
            busy_timeout=wait,
            read_only=False,
        )
        reader = sqlite.create(
            self.url,
            begin="BEGIN",
            connections=READERS,
            pool_timeout=POOL_TIMEOUT,
            busy_timeout=wait,
            read_only=True,
        )
        return writer, reader

    def _postgres(self) -> tuple[AsyncEngine, AsyncEngine]:
        timeouts = {"lock_timeout": LOCK_TIMEOUT, "idle_in_transaction_session_timeout": IDLE_TIMEOUT}
        engine = postgres.create(
            self.url,
            settings=timeouts,
            pool_size=POOL_SIZE,
            pool_timeout=POOL_TIMEOUT,
            connect_timeout=POOL_TIMEOUT,
        )
        return engine, engine.execution_options(begin=postgres.ONE_SNAPSHOT)

    def on_commit(self, listener: Committed) -> None:
        """Call `listener` with the log rows of each transaction that committed, at once, in its task.

        Two transactions that end together may be told in either order; `seq` is the order. What a
        listener raises is logged: the command has happened.
        """
        self._listeners.append(listener)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A command's transaction. Leaving it renders the events, takes the counter and commits.

        Raises Busy when a lock was not had within `LOCK_TIMEOUT`, DatabaseAway when the database
        cannot be reached, DiskFull. On any error nothing is kept and no event is sent, except that
        of a connection lost during the commit itself nobody knows.
        """
        with self._watched(), translated():
            async with _session(self._writer) as session:
                tx = Transaction(session, await self._begin(session))
                yield tx
                rows = await tx.finish()
                await session.commit()
        self._announce(rows)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction that only reads, in one snapshot of the database. Raises Busy, DatabaseAway."""
        with self._watched(), translated(reading=True):
            async with _session(self._reader) as session:
                yield Transaction(session, await self._begin(session), read_only=True)

    async def _begin(self, session: AsyncSession) -> int:
        """Open the transaction, and with it the lock on SQLite; then read the time."""
        try:
            connection = await session.connection()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # The pool's connection had died while it lay there, and the others with it: they are
            # dropped, and as nothing has happened yet, a fresh one does.
            await session.rollback()
            connection = await session.connection()
        return self._clock.now() if self._clock is not None else _database_time(connection)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Tell the log when the database goes away or is full, and when it is well again; not each time."""
        try:
            yield
        except (DatabaseAway, DiskFull) as error:
            if self._trouble != error.code:
                _log.error("the database is in trouble", trouble=error.code, because=str(error.__cause__))
            self._trouble = error.code
            raise
        if self._trouble:
            _log.info("the database is well again", trouble=self._trouble)
            self._trouble = None

    def _announce(self, rows: Sequence[LogRow]) -> None:
        for listener in self._listeners if rows else ():
            try:
                listener(rows)
            except Exception:
                _log.exception("a listener of the log failed", stream=rows[0].draft.stream, seq=rows[0].seq)

    async def ping(self) -> None:
        """Ask the database whether it is there, and no standby. Raises DatabaseAway."""
        async with self.reading() as tx:
            if await tx.session.scalar(text("SELECT 0" if self.is_sqlite else "SELECT pg_is_in_recovery()")):
                raise DatabaseAway

    async def changed(self) -> None:
        """Return soon after any process has committed something, this one too. PostgreSQL does not tell:
        there it never returns."""
        if self._watch is None:
            await asyncio.Event().wait()
        else:
            await self._watch.changed()

    async def close(self) -> None:
        await self._writer.dispose()
        if self._watch is not None:
            await self._reader.dispose()
            await self._watch.close()


@asynccontextmanager
async def _session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A cancellation leaves it as such, whatever fails while it is closed, such as undoing the transaction of
    a connection that is lost: who goes on after any error would else never end."""
    cancellation: asyncio.CancelledError | None = None
    try:
        async with AsyncSession(engine, expire_on_commit=False, autoflush=False) as session:
            try:
                yield session
            except asyncio.CancelledError as error:
                cancellation = error
                raise
    except Exception as error:
        if cancellation is None:
            raise
        raise cancellation from error


def _database_time(connection: AsyncConnection) -> int:
    now: int = connection.sync_connection.info["now"]  # type: ignore[union-attr]
    return now
