"""New epochs: for all logs, once, and only when commits may have been lost."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy import select, update

from restai.db import epochs
from restai.db.engine import Database
from restai.db.installation import Installation, identify
from restai.db.outbox import Stream
from restai.errors import Busy
from tests.db import bells
from tests.db.bells import Bell

on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


async def epochs_of(database: Database) -> dict[str, str]:
    async with database.reading() as tx:
        return dict(iter(await tx.session.execute(select(Stream.id, Stream.epoch))))


async def ring(database: Database, stream: str, times: int = 1) -> None:
    for _ in range(times):
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))


async def all_are_new(database: Database, before: dict[str, str]) -> bool:
    after = await epochs_of(database)
    assert after.keys() == before.keys()
    return not set(after.values()) & set(before.values()) and len(set(after.values())) == len(after)


# ---- a log that went back


async def test_a_log_that_ends_before_where_it_was_seen_gives_all_new_epochs(
    database: Database, stream: str
) -> None:
    await identify(database)
    await bells.new_stream(database)
    await ring(database, stream, 3)
    before = await epochs_of(database)
    await epochs.went_back(database, stream, before[stream], 4)
    assert await all_are_new(database, before)
    await ring(database, stream)
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == 4, "positions go on"


async def test_a_log_that_is_as_long_as_it_was_seen_keeps_its_epoch(database: Database, stream: str) -> None:
    await identify(database)
    await ring(database, stream, 3)
    before = await epochs_of(database)
    await epochs.went_back(database, stream, before[stream], 3)
    await epochs.went_back(database, stream, "00000000-0000-7000-8000-000000000000", 9)
    await epochs.went_back(database, bells.new_id(), before[stream], 9)
    assert await epochs_of(database) == before


async def test_many_who_find_it_out_at_once_change_it_once(database: Database, stream: str) -> None:
    await identify(database)
    await ring(database, stream, 3)
    before = await epochs_of(database)
    await epochs.went_back(database, stream, before[stream], 4)
    renewed = await epochs_of(database)
    await asyncio.gather(*(epochs.went_back(database, stream, before[stream], 4 + n) for n in range(5)))
    assert await epochs_of(database) == renewed


async def test_writers_go_on_while_epochs_change(database: Database, stream: str) -> None:
    await identify(database)
    other = await bells.new_stream(database)
    told = bells.heard(database)

    async def write() -> None:
        for _ in range(8):
            async with database.transaction() as tx:
                await bells.ring(tx, Bell(stream))
                await bells.ring(tx, Bell(other))

    async def change() -> None:
        for _ in range(3):
            async with database.transaction() as tx:
                await epochs.renew(tx, because="of a test")

    await asyncio.gather(write(), write(), change())
    rows = sorted((row.seq, row.epoch) for row in told if row.draft.stream == stream)
    assert [seq for seq, _ in rows] == list(range(1, 17))
    order = [epoch for _, epoch in rows]
    assert sorted(order, key=order.index) == order, "an epoch that was left does not come back"


# ---- another server, another life


@on_postgres
async def test_where_the_log_goes_on_is_noted_and_nothing_else_at_first(
    database: Database, database_url: str, stream: str
) -> None:
    await identify(database)
    before = await epochs_of(database)
    await epochs.settle(database)
    await epochs.settle(database)
    assert await epochs_of(database) == before
    with psycopg.connect(database_url) as admin:
        [server] = admin.execute("SELECT system_identifier FROM pg_control_system()").fetchone() or ()
    row = await identify(database)
    assert (row.system_identifier, row.timeline) == (server, "00000001")


@on_postgres
@pytest.mark.parametrize("change", [{"timeline": "00000007"}, {"system_identifier": 7}])
async def test_elsewhere_all_logs_get_new_epochs_once(
    database: Database, stream: str, change: dict[str, object]
) -> None:
    await identify(database)
    await epochs.settle(database)
    await bells.new_stream(database)
    before = await epochs_of(database)
    async with database.transaction() as tx:
        await tx.session.execute(update(Installation).values(**change))
        assert await tx.session.scalar(select(epochs.is_elsewhere(database))) is True
    await asyncio.gather(*(epochs.settle(database) for _ in range(5)))
    assert await all_are_new(database, before)
    renewed = await epochs_of(database)
    await epochs.settle(database)
    assert await epochs_of(database) == renewed
    async with database.reading() as tx:
        assert await tx.session.scalar(select(epochs.is_elsewhere(database))) is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_is_never_elsewhere(database: Database, stream: str) -> None:
    await identify(database)
    before = await epochs_of(database)
    await epochs.settle(database)
    async with database.reading() as tx:
        assert not await tx.session.scalar(select(epochs.is_elsewhere(database)))
    assert await epochs_of(database) == before


@on_postgres
async def test_a_database_that_is_locked_is_asked_again(
    database: Database, impatient: Database, database_url: str, stream: str
) -> None:
    """Nothing is half done: the row keeps its old note until the epochs are new."""
    await identify(database)
    await epochs.settle(database)
    before = await epochs_of(database)
    async with database.transaction() as tx:
        await tx.session.execute(update(Installation).values(timeline="00000007"))
    with psycopg.connect(database_url) as other:
        other.execute("SELECT FROM streams FOR UPDATE")
        with pytest.raises(Busy):
            await epochs.settle(impatient)
    assert await epochs_of(database) == before
    await epochs.settle(database)
    assert await all_are_new(database, before)
