"""What a command pays for its transaction, counted, since times differ from machine to machine."""

from __future__ import annotations

import subprocess
import sys

import aiosqlite
import psycopg
import pytest

from restai.db.engine import Database
from tests.db import bells
from tests.db.bells import Bell
from tests.db.test_faults import on_postgres, on_sqlite


async def emit_one(database: Database, stream: str) -> None:
    async with database.transaction() as tx:
        tx.emit(bells.Rang, Bell(stream))


@on_sqlite
async def test_on_sqlite_a_statement_crosses_to_the_connections_thread_once(
    database: Database, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossings: list[object] = []
    execute = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, function: object, *arguments: object) -> object:
        crossings.append(arguments[1] if arguments else function)
        return await execute(self, function, *arguments)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    await emit_one(database, stream)
    begin, counter, events, _commit = crossings
    assert [str(sql).split()[0] for sql in (begin, counter, events)] == ["BEGIN", "UPDATE", "INSERT"]


@on_postgres
async def test_on_postgresql_an_emit_is_three_round_trips(
    database: Database, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips: list[object] = []
    wait = psycopg.AsyncConnection.wait

    async def counted(self: psycopg.AsyncConnection, generator: object, *more: object) -> object:
        trips.append(generator)
        return await wait(self, generator, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.AsyncConnection, "wait", counted)
    for _ in range(10):  # more often than it takes psycopg to prepare a statement
        trips.clear()
        await emit_one(database, stream)
    begun_with_the_time, counter_with_events, commit, *more = [str(trip) for trip in trips]
    assert "execute" in begun_with_the_time and "execute" in counter_with_events and "commit" in commit
    assert all("rollback" in nothing_to_do for nothing_to_do in more), "the pool asks, and nothing is sent"


@on_sqlite
def test_a_process_that_forgets_to_close_ends(database_url: str) -> None:
    program = f"""
import asyncio
from restai.db.engine import Database

async def main():
    await Database({database_url!r}).ping()

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60, check=True)
