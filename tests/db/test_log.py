"""The log's promise: `seq` is 1..N without holes and in commit order, whoever writes and whatever fails."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from restai.db.engine import Database
from restai.db.outbox import LogRow
from tests.db import bells
from tests.db.bells import Bell

ROOT = Path(__file__).parents[2]


class Watcher:
    """Reads log and notebook again and again while others write, each time in one snapshot, and checks
    that what it sees is a beginning of the final log. So what commits later has a higher `seq`."""

    def __init__(self, database: Database, stream: str) -> None:
        self._database = database
        self._stream = stream
        self.heads: list[int] = []

    async def watch(self, until: asyncio.Event) -> None:
        while not until.is_set():
            await self.look()
        await self.look()

    async def look(self) -> None:
        async with self._database.reading() as tx:
            first, last, events = await bells.extent(tx, self._stream)
            noted = len(await bells.notes(tx))
            head = await bells.head(tx, self._stream)
        assert (first, last) == (min(1, head), head)
        assert events == noted == head
        self.heads.append(head)

    def saw_it_grow(self) -> bool:
        return len(set(self.heads)) > 5 and self.heads == sorted(self.heads)


async def is_what_was_noted(database: Database, stream: str) -> bool:
    async with database.reading() as tx:
        rung = Counter(bell_of(entry.staff) for entry in await bells.entries(tx, stream))
        return rung == Counter(await bells.notes(tx))


def bell_of(body: str) -> str:
    return body.split('"bellId":"')[1][:36]


async def watched(watcher: Watcher, writing: asyncio.Future[int]) -> int:
    done = asyncio.Event()
    watching = asyncio.create_task(watcher.watch(done))
    rung = await writing
    done.set()
    await watching
    return rung


async def test_fifty_writers_with_rollbacks_leave_one_order_without_holes(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    watcher = Watcher(database, stream)
    writing = asyncio.ensure_future(bells.writers(database, stream, count=50, transactions=12, seed=1))
    rung = await watched(watcher, writing)
    assert rung > 500
    assert watcher.heads[-1] == rung
    assert watcher.saw_it_grow()
    assert await is_what_was_noted(database, stream)
    assert sorted(row.seq for row in log) == list(range(1, rung + 1)), "the listener is told of each once"


async def test_two_processes_write_into_one_order_without_holes(
    database: Database, database_url: str, stream: str
) -> None:
    watcher = Watcher(database, stream)
    processes = [writing_process(database_url, stream, seed) for seed in (2, 3)]
    for process in processes:
        assert process.stdout and await asyncio.to_thread(process.stdout.readline) == "ready\n"
    rung = await watched(watcher, asyncio.ensure_future(let_them_write(processes)))
    assert rung > 300
    assert watcher.heads[-1] == rung
    assert watcher.saw_it_grow()
    assert await is_what_was_noted(database, stream)


def writing_process(url: str, stream: str, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.db.bells", url, stream, "25", "8", str(seed)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


async def let_them_write(processes: list[subprocess.Popen[str]]) -> int:
    said = await asyncio.gather(
        *(asyncio.to_thread(process.communicate, "go\n", timeout=90) for process in processes)
    )
    assert [process.returncode for process in processes] == [0, 0]
    return sum(int(out) for out, _err in said)


async def test_who_began_first_and_commits_last_comes_last(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    first, second = Bell(stream), Bell(stream)
    async with database.transaction() as slow:
        await bells.ring(slow, first)
        quick = asyncio.create_task(ring_once(database, second))
        if not database.is_sqlite:  # there the second cannot even begin before the first has ended
            await quick
    await quick
    expected = [first, second] if database.is_sqlite else [second, first]
    assert [bell_of(row.draft.staff.decode()) for row in log] == [bell.id for bell in expected]
    assert [row.seq for row in log] == [1, 2]


async def ring_once(database: Database, *each: Bell) -> None:
    async with database.transaction() as tx:
        for bell in each:
            await bells.ring(tx, bell)


async def test_streams_taken_in_opposite_orders_never_wait_for_each_other(
    database: Database, stream: str
) -> None:
    other = await bells.new_stream(database)
    here, there = Bell(stream), Bell(other)
    await asyncio.gather(
        *(ring_once(database, *pair) for _ in range(20) for pair in ((here, there), (there, here)))
    )
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == await bells.head(tx, other) == 40


async def test_each_stream_has_positions_of_its_own(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    other = await bells.new_stream(database)
    await ring_once(database, Bell(other))
    await ring_once(database, Bell(stream), Bell(other), Bell(stream))
    assert [(row.draft.stream, row.seq) for row in log if row.draft.stream == stream] == [
        (stream, 1),
        (stream, 2),
    ]
    assert [row.seq for row in log if row.draft.stream == other] == [1, 2]


async def test_what_is_told_is_what_is_written(database: Database, stream: str, log: list[LogRow]) -> None:
    await ring_once(database, Bell(stream), Bell(stream))
    async with database.reading() as tx:
        written = await bells.entries(tx, stream)
        epoch = (await tx.session.get_one(bells.Stream, stream)).epoch
    for told, entry in zip(log, written, strict=True):
        draft = told.draft
        assert (told.epoch, told.seq, draft.stream) == (epoch, entry.seq, entry.stream_id)
        assert (draft.id, draft.type, " ".join(draft.rooms)) == (entry.id, entry.type, entry.rooms)
        assert (draft.staff.decode(), draft.guest) == (entry.staff, entry.guest)
        assert (draft.session_id, draft.guest_id) == (entry.session_id, entry.guest_id)
        assert draft.created_at == entry.created_at


async def test_a_stream_that_was_never_opened_is_an_error_of_ours(
    database: Database, stream: str, log: list[LogRow]
) -> None:
    nowhere = Bell(bells.new_id())
    with pytest.raises(LookupError, match=nowhere.stream):
        await ring_once(database, Bell(stream), nowhere)
    assert log == []
    async with database.reading() as tx:
        assert await bells.head(tx, stream) == 0
