"""When the database is busy, full, away or torn off: the caller hears which, and nothing is half done."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from restai.db import engine
from restai.db.engine import Database
from restai.db.outbox import LogRow
from restai.errors import Busy, DatabaseAway, DiskFull
from tests.db import bells
from tests.db.bells import Bell

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture(autouse=True)
def patience() -> None:
    """As much as the program is shipped with."""


@contextmanager
def somebody_else_holds(url: str, stream: str) -> Iterator[None]:
    """The stream's row is locked by another connection."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url) as other:
            other.execute("SELECT FROM streams WHERE id = %s FOR UPDATE", [stream])
            yield


async def ring(database: Database, stream: str) -> None:
    async with database.transaction() as tx:
        await bells.ring(tx, Bell(stream))


def in_use(database: Database) -> int:
    """Connections that somebody has."""
    pools = {database._writer.pool, database._reader.pool}
    return sum(pool.checkedout() for pool in pools)  # type: ignore[attr-defined]


async def test_a_lock_that_is_not_had_in_time_is_busy(
    impatient: Database, database_url: str, stream: str
) -> None:
    log = bells.heard(impatient)
    with somebody_else_holds(database_url, stream), pytest.raises(Busy):
        await ring(impatient, stream)
    assert (log, in_use(impatient)) == ([], 0)
    await ring(impatient, stream)
    assert [row.seq for row in log] == [1]


async def test_a_queue_for_a_connection_that_is_too_long_is_busy(
    impatient: Database, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impatient._writer.pool, "_timeout", 0.2)
    async with held_connections(impatient, 1 if impatient.is_sqlite else 2 * engine.POOL_SIZE):
        with pytest.raises(Busy):
            await ring(impatient, stream)
    await ring(impatient, stream)


class held_connections:  # noqa: N801 - reads as a statement
    def __init__(self, database: Database, count: int) -> None:
        self._open = [database.transaction() for _ in range(count)]

    async def __aenter__(self) -> None:
        for transaction in self._open:
            await transaction.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        for transaction in self._open:
            await transaction.__aexit__(None, None, None)


@on_postgres
async def test_a_deadlock_is_busy_for_one_and_passes_for_the_other(database: Database, stream: str) -> None:
    other = await bells.new_stream(database)
    first_locks = {stream: asyncio.Event(), other: asyncio.Event()}

    async def take(mine: str, theirs: str) -> str:
        async with database.transaction() as tx:
            await tx.session.execute(LOCK, {"id": mine})
            first_locks[mine].set()
            await first_locks[theirs].wait()
            await tx.session.execute(LOCK, {"id": theirs})
        return "done"

    ends = await asyncio.gather(take(stream, other), take(other, stream), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Busy", "str"]


LOCK = text("SELECT FROM streams WHERE id = CAST(:id AS uuid) FOR UPDATE")


async def test_a_database_that_is_not_there_is_away(tmp_path: Path, away_url: str) -> None:
    database = Database(away_url)
    with pytest.raises(DatabaseAway):
        async with database.transaction():
            pytest.fail("nothing can begin")
    with pytest.raises(DatabaseAway):
        async with database.reading():
            pytest.fail("nothing can begin")
    with pytest.raises(DatabaseAway):
        await database.ping()
    await database.close()


async def test_trouble_is_logged_once_and_so_is_its_end(database: Database, tmp_path: Path) -> None:
    structlog.reset_defaults()
    lost = Database(f"sqlite:///{tmp_path}/later/restai.db")
    with capture_logs() as lines:
        for _ in range(3):
            with pytest.raises(DatabaseAway):
                await lost.ping()
        (tmp_path / "later").mkdir()
        for _ in range(3):
            await lost.ping()
    await lost.close()
    assert [line["event"] for line in lines] == ["the database is in trouble", "the database is well again"]
    assert lines[0]["trouble"] == "database_away"
    assert "unable to open database file" in lines[0]["because"]


@pytest.fixture(params=["sqlite", "postgres"])
def away_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/no/such/folder/restai.db"
    return f"postgresql://restai@/restai?host={tmp_path}"


@on_sqlite
async def test_a_full_disk_is_said_so_and_keeps_nothing(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    async with database.transaction() as tx:
        pages = await tx.session.scalar(text("PRAGMA page_count"))
        await tx.session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DiskFull):
        async with database.transaction() as tx:
            for _ in range(2000):
                await bells.ring(tx, Bell(stream))
    assert log == []
    async with database.transaction() as tx:
        await tx.session.execute(text("PRAGMA max_page_count = 100000"))
        await bells.ring(tx, Bell(stream))
    assert [row.seq for row in log] == [1]


def cut_all(url: str) -> None:
    """Every other connection to this PostgreSQL database is torn off."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@on_postgres
async def test_a_connection_cut_in_a_transaction_is_away_and_nothing_of_it_stays(
    database: Database, database_url: str, stream: str, log: list[LogRow]
) -> None:
    with pytest.raises(DatabaseAway):
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            cut_all(database_url)
    assert (log, in_use(database)) == ([], 0)
    await ring(database, stream)
    assert [row.seq for row in log] == [1]


@on_postgres
async def test_connections_that_died_in_the_pool_are_replaced_unnoticed(
    database: Database, database_url: str, stream: str, log: list[LogRow]
) -> None:
    async with held_connections(database, 5):
        pass
    cut_all(database_url)
    await asyncio.gather(*(ring(database, stream) for _ in range(10)))
    assert len(log) == 10
    cut_all(database_url)
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == 10


@on_postgres
async def test_a_standby_is_as_good_as_away(database: Database, database_url: str, stream: str) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text("SET default_transaction_read_only = on"))
    with pytest.raises(DatabaseAway):
        await ring(database, stream)


async def test_an_error_that_does_not_pass_stays_what_it_is(database: Database, stream: str) -> None:
    with pytest.raises(Exception, match="nowhere") as error:
        async with database.transaction() as tx:
            await tx.session.execute(text("SELECT 1 FROM nowhere"))
    assert not isinstance(error.value, Busy | DatabaseAway)
    assert in_use(database) == 0


@on_postgres
async def test_a_frozen_process_cannot_hold_a_branch(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.session.scalar(text("SHOW lock_timeout")) == "2s"
        assert await tx.session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5s"
        assert await tx.session.scalar(text("SHOW transaction_isolation")) == "read committed"
    async with database.reading() as tx:
        assert await tx.session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        assert await tx.session.scalar(text("SHOW transaction_read_only")) == "on"


@on_postgres
async def test_who_stands_still_with_a_lock_loses_it(
    database: Database, database_url: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "IDLE_TIMEOUT", 500)
    frozen = Database(database_url)
    with pytest.raises(DatabaseAway):
        async with frozen.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            await tx.session.execute(text("SELECT FROM streams WHERE id = :id FOR UPDATE"), {"id": stream})
            await ring(database, stream)
    await frozen.close()
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == 1, "what it had begun is undone"


@on_postgres
async def test_options_in_the_url_count_beside_ours(database: Database, database_url: str) -> None:
    join = "&" if "?" in database_url else "?"
    database = Database(f"{database_url}{join}options=-c%20work_mem%3D7MB&application_name=till")
    async with database.transaction() as tx:
        assert await tx.session.scalar(text("SHOW work_mem")) == "7MB"
        assert await tx.session.scalar(text("SHOW lock_timeout")) == "2s"
        assert await tx.session.scalar(text("SHOW application_name")) == "till"
    await database.close()


@on_sqlite
async def test_sqlite_is_durable_and_shared(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await tx.session.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert await tx.session.scalar(text("PRAGMA foreign_keys")) == 1
        assert await tx.session.scalar(text("PRAGMA busy_timeout")) == 2000


def test_sqlite_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="file"):
        Database("sqlite://")
