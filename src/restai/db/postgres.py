"""PostgreSQL: the engine, and its transactions, which begin and ask the time in one round trip."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

READ_WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
ONE_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TIME = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"

_KEEPALIVES = {  # a connection whose other end is gone without a word is given up after 25 s
    "keepalives": 1,
    "keepalives_idle": 10,  # s
    "keepalives_interval": 5,  # s
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms, while something sent is not acknowledged
}


def create(
    url: URL, *, settings: dict[str, int], pool_size: int, pool_timeout: float, connect_timeout: int
) -> AsyncEngine:
    """An engine whose connections have `settings`, unless the URL itself says otherwise.

    A transaction opens as the execution option `begin` says, and leaves the database's time, in ms,
    in its connection's `info["now"]`.
    """
    defaults = {"application_name": "restai", "connect_timeout": connect_timeout, **_KEEPALIVES}
    engine = create_async_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=pool_timeout,
        isolation_level="AUTOCOMMIT",  # of the driver: it must not begin by itself
        hide_parameters=True,
        connect_args={name: value for name, value in defaults.items() if name not in url.query}
        | {"options": _options(url, settings), "cursor_factory": _Cursor},
    )

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        begin = connection.get_execution_options().get("begin", READ_WRITE)
        connection.info["now"] = connection.exec_driver_sql(begin).scalar_one()

    return engine


def _options(url: URL, settings: dict[str, int]) -> str:
    ours = [f"-c {name}={value}" for name, value in settings.items()]
    theirs = url.query.get("options", "")
    return " ".join([*ours, theirs if isinstance(theirs, str) else " ".join(theirs)])


class _Cursor(psycopg.AsyncCursor[Any]):
    async def execute(self, query: Any, params: Any = None, **how: Any) -> _Cursor:
        """As psycopg's; a transaction's opening brings the time along, as its result."""
        if query not in (READ_WRITE, ONE_SNAPSHOT):
            return await super().execute(query, params, **how)
        # Two statements in one message: possible only without parameters and preparation.
        await super().execute(f"{query}; {_TIME}", prepare=False)
        self.nextset()
        return self
