"""A command's transaction: what it promises about events, on both databases."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped

from restai.db.engine import Database
from restai.db.installation import Installation
from restai.db.outbox import LogRow
from restai.db.types import Key, Ref
from restai.ids import new_id
from tests.db import bells
from tests.db.bells import Bell
from tests.support.clock import ManualClock
from tests.support.databases import somebody_waits


async def test_events_carry_the_final_state_and_positions_in_order(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    bell = Bell(stream)
    async with database.transaction() as tx:
        await bells.ring(tx, bell)
        await bells.ring(tx, bell)
        bell.times = 7
    assert [row.seq for row in log] == [1, 2]
    assert all(b'"times":7' in row.draft.staff for row in log)
    assert all(row.draft.staff.startswith(b'{"v":1,') for row in log)


async def test_bodies_are_rendered_after_all_writes_are_flushed(database: Database, stream: str) -> None:
    statements: list[str] = []

    class Late(bells.Rang):
        @classmethod
        async def render(cls, tx: bells.Transaction, bell: Bell, **_extra: object) -> Late:
            statements.append("rendered")
            return cls(stream=bell.stream, bell_id=bell.id, times=bell.times)

    async with database.transaction() as tx:
        connection = await tx.session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *a: statements.append(a[2]))
        tx.emit(Late, Bell(stream))
        tx.session.add(Installation(only=1, id=new_id(), created_at=tx.now))
    flushed, rendered, *counter = [s.split()[0] for s in statements]
    assert (flushed, rendered) == ("INSERT", "rendered")
    assert len(counter) <= 2, "nothing but the counter and the events comes after the bodies"


async def test_last_writes_come_after_the_bodies_and_before_the_counter(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    seen: list[object] = []
    async with database.transaction() as tx:

        async def write() -> None:
            await tx.session.execute(text("INSERT INTO notebook VALUES ('last')"))
            seen.append(await bells.head(tx, stream))

        await bells.ring(tx, Bell(stream))
        tx.before_counter(write)
    assert seen == [0]
    assert len(log) == 1
    async with database.reading() as tx:
        assert "last" in await bells.notes(tx)


async def test_a_rolled_back_command_leaves_no_hole(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    with pytest.raises(bells.ChangedMind):
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            raise bells.ChangedMind
    async with database.transaction() as tx:
        await bells.ring(tx, Bell(stream))
    assert [row.seq for row in log] == [1]


async def test_a_commit_that_fails_raises_and_tells_nobody(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text("CREATE TABLE towers (id TEXT PRIMARY KEY)"))
        await tx.session.execute(
            text("CREATE TABLE hung (tower TEXT REFERENCES towers DEFERRABLE INITIALLY DEFERRED)")
        )
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))
            await tx.session.execute(text("INSERT INTO hung VALUES ('nowhere')"))  # found out at COMMIT
    assert log == []
    async with database.transaction() as tx:
        await bells.ring(tx, Bell(stream))
    assert [row.seq for row in log] == [1]


async def test_a_listener_that_fails_undoes_nothing_and_hides_nothing(
    database: Database, stream: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_rows: object) -> None:
        raise RuntimeError("the bell rope tore")

    database.on_commit(broken)
    log = bells.heard(database)
    async with database.transaction() as tx:
        await bells.ring(tx, Bell(stream))
    assert [row.seq for row in log] == [1]
    with caplog.at_level(logging.ERROR):
        assert "the bell rope tore" in caplog.text + capsys.readouterr().out


async def test_a_command_without_events_tells_nobody(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    told: list[object] = []
    database.on_commit(told.append)
    async with database.transaction() as tx:
        await tx.session.execute(text("INSERT INTO notebook VALUES ('quiet')"))
    assert told == []


async def test_reading_sees_one_moment(database: Database, stream: str) -> None:
    async with database.reading() as tx:
        before = await bells.head(tx, stream)
        async with database.transaction() as writing:
            await bells.ring(writing, Bell(stream))
        tx.session.expire_all()
        assert await bells.head(tx, stream) == before == 0
        assert await bells.notes(tx) == []
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == 1


async def test_reading_changes_nothing(database: Database, stream: str) -> None:
    async with database.reading() as tx:
        with pytest.raises(RuntimeError, match="bell:rang"):
            tx.emit(bells.Rang, Bell(stream))
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):  # a fault of ours, no passing one
        async with database.reading() as tx:
            await tx.session.execute(text("INSERT INTO notebook VALUES ('sneaky')"))
    async with database.reading() as tx:
        assert await bells.notes(tx) == []


class Kitchen(DeclarativeBase):
    """A schema of the test's own, which no migration knows."""


class Kettle(Kitchen):
    __tablename__ = "kettles"

    id: Mapped[Key]
    rev: Mapped[int]
    organization_id: Mapped[Ref]
    water: Mapped[int]


@pytest.fixture
async def kettle(database: Database) -> Kettle:
    kettle = Kettle(id=new_id(), organization_id=new_id(), rev=1, water=0)
    async with database.transaction() as tx:
        connection = await tx.session.connection()
        await connection.run_sync(Kitchen.metadata.create_all)
        tx.session.add(kettle)
    return kettle


async def test_locking_raises_the_rev_and_reads_afresh(database: Database, kettle: Kettle) -> None:
    async with database.transaction() as tx:
        stale = await tx.session.get_one(Kettle, kettle.id)
        await tx.session.execute(text("UPDATE kettles SET water = 5"))
        locked = await tx.lock(Kettle, Kettle.id == kettle.id)
        assert locked is stale
        assert (locked.rev, locked.water) == (2, 5)


async def test_a_row_locked_again_keeps_what_was_changed_on_it(database: Database, kettle: Kettle) -> None:
    async with database.transaction() as tx:
        locked = await tx.lock(Kettle, Kettle.id == kettle.id)
        assert locked
        locked.water = 9
        again = await tx.lock(Kettle, Kettle.id == kettle.id)
        assert again is locked
        assert again.water == 9
    async with database.reading() as tx:
        assert (await tx.session.get_one(Kettle, kettle.id)).water == 9


async def test_nothing_is_locked_where_nothing_fits(database: Database, kettle: Kettle) -> None:
    async with database.transaction() as tx:
        assert await tx.lock(Kettle, Kettle.id == new_id()) is None
        assert await tx.lock(Kettle, Kettle.id == kettle.id, Kettle.organization_id == new_id()) is None


async def test_all_that_fit_are_locked_and_no_others(database: Database, kettle: Kettle) -> None:
    others = [
        Kettle(id=new_id(), organization_id=kettle.organization_id, rev=1, water=water) for water in (0, 7)
    ]
    async with database.transaction() as tx:
        tx.session.add_all(others)
    async with database.transaction() as tx:
        locked = await tx.lock_all(Kettle, Kettle.water == 0)
        assert {(row.id, row.rev) for row in locked} == {(kettle.id, 2), (others[0].id, 2)}
        assert await tx.lock_all(Kettle, Kettle.water == 99) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_who_locks_several_waits_for_one_and_holds_those_before_it(
    database: Database, kettle: Kettle
) -> None:
    """Else two who lock the same ones could wait for each other."""
    earlier = "00000000" + kettle.id[8:]  # before the kettle, though it is written after it
    first = Kettle(id=earlier, organization_id=new_id(), rev=1, water=0)
    async with database.transaction() as tx:
        tx.session.add(first)

    async def lock_both() -> None:
        async with database.transaction() as tx:
            await tx.lock_all(Kettle, Kettle.id.in_([kettle.id, first.id]))

    async with database.transaction() as tx:
        await tx.lock(Kettle, Kettle.id == kettle.id)
        waiting = asyncio.create_task(lock_both())
        await somebody_waits(database)
        skipping = select(Kettle.id).with_for_update(skip_locked=True)
        assert list(await tx.session.scalars(skipping)) == [kettle.id], "the first one is held"
    await waiting


async def test_what_is_kept_has_its_rev_back(database: Database, kettle: Kettle) -> None:
    async with database.transaction() as tx:
        locked = await tx.lock(Kettle, Kettle.id == kettle.id)
        assert locked
        await tx.keep(locked)
        assert locked.rev == 1
    async with database.reading() as tx:
        assert (await tx.session.get_one(Kettle, kettle.id)).rev == 1


async def test_the_time_is_the_clocks(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as tx, database.reading() as reading:
        assert tx.now == reading.now == clock.now()
    clock.advance(5)
    async with database.transaction() as tx:
        assert tx.now == clock.now()


async def test_without_a_clock_the_time_is_the_databases(database_url: str) -> None:
    database = Database(database_url)
    before = time.time_ns() // 1_000_000
    async with database.transaction() as tx:
        written = tx.now
    async with database.reading() as tx:
        read = tx.now
    after = time.time_ns() // 1_000_000
    await database.close()
    assert before - 1 <= written <= read <= after + 1  # one machine, so one clock


async def test_a_savepoint_undoes_its_part_alone(database: Database, stream: str) -> None:
    async with database.transaction() as tx:
        await bells.ring(tx, Bell(stream))
        with contextlib.suppress(DBAPIError):
            async with tx.session.begin_nested():
                await tx.session.execute(text("INSERT INTO notebook VALUES (NULL)"))
    async with database.reading() as tx:
        assert len(await bells.notes(tx)) == await bells.head(tx, stream) == 1
