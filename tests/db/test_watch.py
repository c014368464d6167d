"""Noticing that somebody committed, where the database lets one notice it cheaply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from restai.db.engine import Database
from tests.db import bells
from tests.db.bells import Bell

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Database]:
    """Another process's way to the same database."""
    other = Database(database_url)
    yield other
    await other.close()


async def ring(database: Database, stream: str) -> None:
    async with database.transaction() as tx:
        await bells.ring(tx, Bell(stream))


async def watching(database: Database) -> asyncio.Task[None]:
    """Somebody who waits for a change and has looked once by now."""
    task = asyncio.create_task(database.changed())
    await asyncio.sleep(0.3)
    assert not task.done(), "nothing has happened yet"
    return task


@on_sqlite
async def test_a_commit_of_another_process_is_noticed_each_time(
    database: Database, other: Database, stream: str
) -> None:
    for _ in range(3):
        watch = await watching(database)
        await ring(other, stream)
        await asyncio.wait_for(watch, 5)


@on_sqlite
async def test_what_is_rolled_back_or_only_read_is_no_change(
    database: Database, other: Database, stream: str
) -> None:
    watch = await watching(database)
    with pytest.raises(bells.ChangedMind):
        async with other.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            raise bells.ChangedMind
    async with other.reading() as tx:
        await bells.notes(tx)
    await asyncio.sleep(0.3)
    assert not watch.done()
    await ring(other, stream)
    await asyncio.wait_for(watch, 5)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_postgresql_does_not_tell(database: Database, other: Database, stream: str) -> None:
    watch = await watching(database)
    await ring(other, stream)
    await asyncio.sleep(0.3)
    assert not watch.done()
    watch.cancel()
