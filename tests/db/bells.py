"""The smallest domain: bells that ring in a stream. What rang is also noted in a table of its own, in the
same transaction, so that tests can compare the log with something that is not the log."""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import dataclass, field
from typing import ClassVar, Self

from sqlalchemy import func, select, text

from restai.db.engine import Database
from restai.db.outbox import LogEntry, LogRow, Stream, open_stream
from restai.db.transaction import Transaction
from restai.errors import Busy
from restai.events import Address, Event
from restai.ids import new_id


@dataclass
class Bell:
    stream: str
    id: str = field(default_factory=new_id)
    times: int = 0


class Rang(Event):
    type: ClassVar[str] = "bell:rang"
    stream: str
    bell_id: str
    times: int

    @classmethod
    async def render(cls, tx: Transaction, bell: Bell, **_extra: object) -> Self:
        return cls(stream=bell.stream, bell_id=bell.id, times=bell.times)

    def address(self) -> Address:
        return Address(self.stream, (f"branch:{self.stream}",))


async def new_stream(database: Database) -> str:
    stream = new_id()
    async with database.transaction() as tx:
        open_stream(tx.session, stream, new_id())
    return stream


async def new_notebook(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text("CREATE TABLE notebook (bell_id TEXT NOT NULL)"))


async def ring(tx: Transaction, bell: Bell) -> None:
    """Ring once more, and note it."""
    bell.times += 1
    tx.emit(Rang, bell)
    await tx.session.execute(text("INSERT INTO notebook VALUES (:bell)"), {"bell": bell.id})


async def notes(tx: Transaction) -> list[str]:
    return list(await tx.session.scalars(text("SELECT bell_id FROM notebook")))


async def entries(tx: Transaction, stream: str) -> list[LogEntry]:
    query = select(LogEntry).where(LogEntry.stream_id == stream).order_by(LogEntry.seq)
    return list(await tx.session.scalars(query))


async def extent(tx: Transaction, stream: str) -> tuple[int, int, int]:
    """The first and the last position of the events, 0 if there is none, and how many they are."""
    seq = LogEntry.seq
    query = select(func.coalesce(func.min(seq), 0), func.coalesce(func.max(seq), 0), func.count())
    first, last, count = (await tx.session.execute(query.where(LogEntry.stream_id == stream))).one()
    return first, last, count


async def head(tx: Transaction, stream: str) -> int:
    return (await tx.session.get_one(Stream, stream)).head


def heard(database: Database) -> list[LogRow]:
    """The rows that `database` tells of, from now on."""
    rows: list[LogRow] = []
    database.on_commit(rows.extend)
    return rows


class ChangedMind(Exception):
    """Why a transaction is rolled back."""


async def keep_ringing(database: Database, stream: str, *, transactions: int, chance: random.Random) -> int:
    """Ring bells in many transactions, a third of which are rolled back, some after they have emitted and
    some when all is rendered. Returns how often a bell rang for good."""
    rung = 0
    for _ in range(transactions):
        times = chance.randint(1, 3)
        fate = chance.choice(["kept", "kept", "kept", "kept", "dropped", "dropped late"])
        bell = Bell(stream)
        try:
            async with database.transaction() as tx:
                for _ in range(times):
                    await ring(tx, bell)
                if fate == "dropped":
                    raise ChangedMind
                if fate == "dropped late":
                    tx.before_counter(change_mind)
        except (ChangedMind, Busy):
            continue
        rung += times
    return rung


async def change_mind() -> None:
    raise ChangedMind


async def writers(database: Database, stream: str, *, count: int, transactions: int, seed: int) -> int:
    """`count` of them at once. Returns how often a bell rang for good."""
    rung = await asyncio.gather(
        *(
            keep_ringing(database, stream, transactions=transactions, chance=random.Random(seed * 1000 + n))
            for n in range(count)
        )
    )
    return sum(rung)


async def main(url: str, stream: str, count: str, transactions: str, seed: str) -> None:
    """A process of writers: says that it is ready, begins at a word, prints how often a bell rang."""
    database = Database(url)
    await database.ping()
    print("ready", flush=True)
    await asyncio.to_thread(input)
    rung = await writers(database, stream, count=int(count), transactions=int(transactions), seed=int(seed))
    await database.close()
    print(rung)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
