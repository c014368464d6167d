"""Whoever is cancelled in the middle leaves nothing behind: no change, no lock, no lost connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy import text

from restai.db.engine import Database
from restai.db.outbox import LogRow
from restai.db.transaction import Transaction
from tests.db import bells
from tests.db.bells import Bell
from tests.db.test_faults import cut_all, in_use, on_postgres, ring, somebody_else_holds

Opened = Callable[[], AbstractAsyncContextManager[Transaction]]


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.fixture(autouse=True)
def patience() -> None:
    """As much as the program is shipped with: SQLite's lock is waited for to the end."""


async def nothing_is_left(database: Database, stream: str, log: list[LogRow]) -> bool:
    assert in_use(database) == 0
    await ring(database, stream)
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == len(await bells.notes(tx)) == 1
    return [row.seq for row in log] == [1]


async def test_cancelled_in_its_own_work(database: Database, stream: str, log: list[LogRow]) -> None:
    working = asyncio.Event()

    async def dawdle() -> None:
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            working.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(dawdle())
    await working.wait()
    await cancelled(task)
    assert await nothing_is_left(database, stream, log)


async def test_cancelled_while_it_waits_for_a_lock(
    database: Database, database_url: str, stream: str, log: list[LogRow]
) -> None:
    with somebody_else_holds(database_url, stream):
        task = asyncio.create_task(ring(database, stream))
        await steps(50)
        assert not task.done()
        await cancelled(task)
    assert await nothing_is_left(database, stream, log)


async def test_cancelled_while_it_reads(database: Database, stream: str, log: list[LogRow]) -> None:
    reading = asyncio.Event()

    async def dawdle() -> None:
        async with database.reading() as tx:
            await bells.head(tx, stream)
            reading.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(dawdle())
    await reading.wait()
    await cancelled(task)
    assert await nothing_is_left(database, stream, log)


@on_postgres
async def test_a_cancellation_leaves_as_such_although_the_connection_is_lost(
    database: Database, database_url: str
) -> None:
    """Who goes on after any error, as the sweeps do, would else never end."""
    for opened in (database.transaction, database.reading):
        working = asyncio.Event()

        async def dawdle(opened: Opened = opened, working: asyncio.Event = working) -> None:
            async with opened() as tx:
                await tx.session.execute(text("SELECT 1"))
                working.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(dawdle())
        await working.wait()
        cut_all(database_url)
        await cancelled(task)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), opened() as tx:
                await tx.session.execute(text("SELECT 1"))
                cut_all(database_url)
                await asyncio.Event().wait()
        assert in_use(database) == 0


async def test_a_generator_that_is_dropped_in_the_middle_closes_its_transaction(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    async def stream_out() -> AsyncIterator[int]:
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            yield 1
            yield 2

    generator = stream_out()
    assert await anext(generator) == 1
    await generator.aclose()  # type: ignore[attr-defined]
    assert await nothing_is_left(database, stream, log)


async def steps(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def soon(chance: random.Random) -> None:
    """A moment within what a transaction takes, more or less."""
    await asyncio.sleep(chance.expovariate(1 / 0.004))


async def test_cancelled_at_any_moment_a_transaction_is_whole_or_not_at_all(
    database: Database, stream: str
) -> None:
    chance = random.Random(4)
    tasks: list[asyncio.Task[None]] = []

    async def interrupted() -> None:
        task = asyncio.create_task(ring(database, stream))
        tasks.append(task)
        await soon(chance)
        task.cancel()
        await asyncio.wait([task])

    await in_turns(interrupted, each=30, at_once=5)
    assert any(task.cancelled() for task in tasks)
    assert in_use(database) == 0
    await ring(database, stream)
    async with database.reading() as tx:
        first, last, events = await bells.extent(tx, stream)
        assert len(await bells.notes(tx)) == await bells.head(tx, stream) == last == events
        assert first == 1


async def in_turns(work: Callable[[], Awaitable[None]], *, each: int, at_once: int) -> None:
    async def turn() -> None:
        for _ in range(each):
            await work()

    await asyncio.gather(*(turn() for _ in range(at_once)))
