"""The sweeps: each does its part, one failing never stops the others, and nothing runs for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import SelectBase, literal, select, text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from restai.clock import HOUR
from restai.db.engine import Database
from restai.db.outbox import LogEntry
from restai.db.retention import BATCH
from restai.db.transaction import Transaction
from restai.errors import Busy
from restai.http.idempotency import IdempotencyKey
from restai.ids import new_id
from restai.jobs import EVERY, MOST_BATCHES, Sweep, Sweeper, sweeps
from tests.support.clock import ManualClock


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    structlog.reset_defaults()
    with capture_logs() as lines:
        yield lines


def of(log: list[EventDict], event: str) -> list[str]:
    return [line["sweep"] for line in log if line["event"] == event]


class Chores:
    """A sweep that has some chores to do and notes when it looked for them."""

    def __init__(self, count: int = 0, *, error: Exception | None = None) -> None:
        self.left = count
        self.moments: list[int] = []
        self._error = error

    def due(self, now: int) -> SelectBase:
        self.moments.append(now)
        return select(literal(1)).where(literal(bool(self.left or self._error)))

    async def batch(self, tx: Transaction, now: int) -> int:
        if self._error:
            raise self._error
        done = min(self.left, 10)
        self.left -= done
        return done

    def sweep(self, name: str = "chores") -> Sweep:
        return Sweep(name, self.due, self.batch)


async def test_a_round_does_all_that_is_due_at_the_houses_time(
    database: Database, clock: ManualClock, logged: list[EventDict]
) -> None:
    chores = Chores(25)
    await Sweeper(database, [chores.sweep()]).sweep()
    assert chores.left == 0
    assert set(chores.moments) == {clock.now()}
    assert of(logged, "swept") == ["chores"]


async def test_a_round_with_nothing_due_says_nothing(database: Database, logged: list[EventDict]) -> None:
    await Sweeper(database, [Chores().sweep()]).sweep()
    assert logged == []


async def test_a_backlog_does_not_keep_the_others_waiting(database: Database) -> None:
    endless, quick = Chores(10**9), Chores(5)
    await Sweeper(database, [endless.sweep(), quick.sweep()]).sweep()
    assert len(endless.moments) == MOST_BATCHES
    assert quick.left == 0


@pytest.mark.parametrize(
    ("error", "said"), [(ZeroDivisionError("by nobody"), "sweep failed"), (Busy(), "sweep put off")]
)
async def test_a_sweep_that_fails_is_logged_and_the_others_go_on(
    database: Database, logged: list[EventDict], error: Exception, said: str
) -> None:
    broken, sound = Chores(error=error), Chores(5)
    sweeper = Sweeper(database, [broken.sweep("broken"), sound.sweep("sound")])
    await sweeper.sweep()
    assert sound.left == 0
    assert of(logged, said) == ["broken"]
    await sweeper.sweep()
    assert len(broken.moments) == 2, "it is tried again"


async def test_what_a_failing_batch_had_done_is_undone(database: Database) -> None:
    async def half_done(tx: Transaction, now: int) -> int:
        tx.session.add(answer(now))
        await tx.session.flush()
        raise ZeroDivisionError

    await Sweeper(database, [Sweep("half", Chores(1).due, half_done)]).sweep()
    assert await kept_keys(database) == []


async def test_a_database_that_is_away_is_waited_for(away: Database, logged: list[EventDict]) -> None:
    await Sweeper(away, [Chores().sweep("a"), Chores().sweep("b")]).sweep()
    assert of(logged, "sweep put off") == ["a", "b"]


@pytest.fixture
def away(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Database(f"sqlite:///{tmp_path_factory.mktemp('none')}/no/such/folder.db")


async def test_rounds_follow_each_other_jittered_until_it_is_cancelled(database: Database) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 20:
            enough.set()
            await asyncio.Event().wait()

    chores = Chores()
    running = asyncio.create_task(Sweeper(database, [chores.sweep()], sleep=sleep).run())
    await enough.wait()
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert len(chores.moments) == 19
    assert all(EVERY * 0.75 <= pause <= EVERY * 1.25 for pause in pauses)
    assert len(set(pauses)) > 10


async def test_a_sweep_of_a_faster_pace_waits_for_no_other(database: Database) -> None:
    enough = asyncio.Event()
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if seconds > 100:
            await asyncio.Event().wait()
        if len(pauses) > 5:
            enough.set()
            await asyncio.Event().wait()

    quick, slow = Chores(), Chores()
    both = [replace(quick.sweep(), every=1.0), replace(slow.sweep(), every=1_000.0)]
    running = asyncio.create_task(Sweeper(database, both, sleep=sleep).run())
    await enough.wait()
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert (len(quick.moments), len(slow.moments)) == (4, 0)
    assert sorted(pauses)[-1] >= 750 and sorted(pauses)[-2] <= 1.25


def test_what_somebody_waits_for_is_swept_for_every_second() -> None:
    paces = {sweep.name: sweep.every for sweep in sweeps(retention_hours=48)}
    assert paces.pop("kitchen alarms") == 1.0
    assert paces.pop("missed screens") == 1.0
    assert paces.pop("gone screens") == 1.0
    assert set(paces.values()) == {5.0}


def answer(created_at: int) -> IdempotencyKey:
    return IdempotencyKey(
        organization_id=new_id(), key=new_id(), fingerprint="", created_at=created_at, status=200, body="{}"
    )


def event(seq: int, created_at: int) -> LogEntry:
    return LogEntry(
        stream_id=STREAM, seq=seq, id=new_id(), type="t", rooms="", staff="{}", created_at=created_at
    )


STREAM = new_id()


async def kept_keys(database: Database) -> list[int]:
    async with database.reading() as tx:
        return sorted(await tx.session.scalars(select(IdempotencyKey.created_at)))


async def kept_events(database: Database) -> list[int]:
    async with database.reading() as tx:
        return sorted(await tx.session.scalars(select(LogEntry.seq)))


async def test_kept_answers_go_after_48_hours(database: Database, clock: ManualClock) -> None:
    now = clock.now()
    async with database.transaction() as tx:
        tx.session.add_all(answer(now - 48 * HOUR + late) for late in (-1, 0, 1))
    await Sweeper(database, sweeps(retention_hours=12)).sweep()
    assert await kept_keys(database) == [now - 48 * HOUR, now - 48 * HOUR + 1]


async def test_events_go_after_the_hours_that_were_set(database: Database, clock: ManualClock) -> None:
    now = clock.now()
    async with database.transaction() as tx:
        tx.session.add_all(event(seq, now - 12 * HOUR + seq - 2) for seq in (1, 2, 3))
    await Sweeper(database, sweeps(retention_hours=13)).sweep()
    assert await kept_events(database) == [1, 2, 3]
    await Sweeper(database, sweeps(retention_hours=12)).sweep()
    assert await kept_events(database) == [2, 3]


async def test_much_goes_in_small_batches(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as tx:
        tx.session.add_all(event(seq, 0) for seq in range(2 * BATCH + 10))
    (events,) = (sweep for sweep in sweeps(retention_hours=48) if sweep.name == "events")
    async with database.transaction() as tx:
        assert await events.batch(tx, clock.now()) == BATCH
    await Sweeper(database, [events]).sweep()
    assert await kept_events(database) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_take_different_rows(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as tx:
        tx.session.add_all(event(seq, 0) for seq in range(BATCH + 10))
    (events,) = (sweep for sweep in sweeps(retention_hours=48) if sweep.name == "events")
    async with database.transaction() as one, database.transaction() as other:
        await other.session.execute(text("SET LOCAL lock_timeout = 1"))
        assert await events.batch(one, clock.now()) == BATCH
        assert await events.batch(other, clock.now()) == 10
    assert await kept_events(database) == []


async def test_where_nothing_is_due_every_sweep_there_is_waits_for_no_writer(
    database: Database, database_url: str, logged: list[EventDict]
) -> None:
    other = Database(database_url)
    async with other.transaction():  # on SQLite nobody else writes now
        await Sweeper(database, sweeps(retention_hours=48)).sweep()
    await other.close()
    assert [line for line in logged if "sweep" in line] == []
