"""The rows of the log as the core asks for them."""

from __future__ import annotations

from sqlalchemy import delete

from restai.db.engine import Database
from restai.db.outbox import LogEntry
from restai.live.eventlog import EventLog
from restai.realtime.ports import Head
from tests.db import bells
from tests.db.bells import Bell

PLENTY = 1_000_000  # bytes


async def test_the_newest_events_have_no_hole_however_old_ones_were_deleted(database: Database) -> None:
    await bells.new_notebook(database)
    stream = await bells.new_stream(database)
    for _ in range(6):
        async with database.transaction() as tx:
            await bells.ring(tx, Bell(stream))
    log = EventLog(database)
    kept = {}
    for deleted in (1, 3, 6):
        async with database.transaction() as tx:
            await tx.session.execute(delete(LogEntry).where(LogEntry.seq == deleted))
        opening = await log.open(stream, 100, PLENTY)
        kept[deleted] = [event.seq for event in opening.newest]
        assert opening.head == Head(opening.head.epoch, 6)
    assert kept == {1: [2, 3, 4, 5, 6], 3: [4, 5, 6], 6: []}
