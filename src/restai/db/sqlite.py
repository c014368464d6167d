"""SQLite through SQLAlchemy's asynchronous layer: one crossing to the connection's thread a statement.

The driver crosses four times (cursor, execute, fetchall, close), and a crossing costs ten times what
a small statement does. The cursor here does all of it in one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_WATCH_EVERY = 0.05  # seconds: what two processes on one file wait for each other's commits
_CHUNK = 64  # rows: only for the driver's own iteration, which nothing here uses


def create(
    url: URL, *, begin: str, connections: int, pool_timeout: float, busy_timeout: float, read_only: bool
) -> AsyncEngine:
    """An engine of `connections`, each transaction of which opens with the statement `begin`.

    `pool_timeout` and `busy_timeout`: seconds to wait for a connection, and for the file's lock.
    Raises ValueError for a database in memory: each connection would see its own.
    """
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file")
    engine = create_async_engine(
        "sqlite+aiosqlite:///" + url.database,
        async_creator=_connector(url.database, busy_timeout, read_only=read_only),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=pool_timeout,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _connector(path: str, busy_timeout: float, *, read_only: bool) -> Callable[[], Awaitable[_Connection]]:
    def open_file() -> sqlite3.Connection:
        # The isolation level is off: the driver must not begin by itself, `begin` above does.
        file = sqlite3.connect(path, busy_timeout, isolation_level=None, check_same_thread=False)
        with ExitStack() as failing:
            failing.callback(file.close)
            for pragma in (*_PRAGMAS, f"query_only = {read_only:d}"):
                file.execute(f"PRAGMA {pragma}")
            failing.pop_all()
        return file

    async def connect() -> _Connection:
        file = await asyncio.to_thread(open_file)  # a file that cannot be opened needs no thread of its own
        connection = _Connection(lambda: file)
        await connection
        return connection

    return connect


class _Connection(aiosqlite.Connection):
    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, _CHUNK)
        self._thread.daemon = True  # a process that ends without closing it must not hang

    def cursor(self) -> _Cursor:  # type: ignore[override]
        return _Cursor(self)

    async def cross(self, function: Callable[..., None], *args: Any) -> None:
        """Call `function` in this connection's thread."""
        await self._execute(function, *args)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """A COMMIT that failed leaves the transaction open, which nobody above expects."""
        try:
            await super().commit()
        except sqlite3.Error:
            await self.rollback()
            raise

    async def rollback(self) -> None:
        """The pool asks for this at every return, when mostly there is nothing to roll back."""
        if self.in_transaction:
            await super().rollback()


class _Cursor:
    """What SQLAlchemy's adapter needs of a cursor. It holds its rows, so only executing crosses."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> _Cursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        await self._connection.cross(self._run, "execute", sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> None:
        await self._connection.cross(self._run, "executemany", sql, parameters)

    def _run(self, method: str, sql: str, parameters: Iterable[Any]) -> None:
        """In the connection's thread."""
        cursor = self._connection._conn.cursor()
        try:
            getattr(cursor, method)(sql, parameters)
            self._rows = cursor.fetchall()
            self.description = cursor.description
            self.rowcount = cursor.rowcount  # of a RETURNING, known only when all is fetched
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []


class Watch:
    """Notices commits to a file, on a connection of its own, which is never in a transaction: inside one
    it would see no others."""

    def __init__(self, url: URL, *, busy_timeout: float) -> None:
        """`busy_timeout` in seconds."""
        self._connect = _connector(url.database or "", busy_timeout, read_only=True)
        self._connection: _Connection | None = None
        self._seen: int | None = None

    async def changed(self) -> None:
        """Return soon after a commit that no earlier call returned for. Raises sqlite3.Error."""
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            before, self._seen = self._seen, await self._version()
            if before not in (None, self._seen):
                return

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _version(self) -> int:
        """A number that is another one after each commit of anybody else."""
        if self._connection is None:
            self._connection = await self._connect()
        cursor = self._connection.cursor()
        await cursor.execute("PRAGMA data_version")
        [(version,)] = await cursor.fetchall()
        return int(version)
