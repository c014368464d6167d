"""Forgetting what has been kept long enough, a little at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, inspect, select, tuple_

from restai.db.outbox import LogEntry
from restai.db.transaction import Transaction
from restai.db.types import Base

BATCH = 500  # rows: some milliseconds, for SQLite's other writers wait that long


async def forget(tx: Transaction, model: type[Base], due: Select[*tuple[Any, ...]]) -> int:
    """Delete a batch of the rows whose keys `due` selects; how many it were. Others who forget take other
    rows."""
    key = inspect(model).primary_key
    batch = due.limit(BATCH).with_for_update(skip_locked=True)
    chosen = [tuple(row) for row in await tx.session.execute(batch)]
    if chosen:
        gone = delete(model).where(tuple_(*key).in_(chosen))
        await tx.session.execute(gone, execution_options={"synchronize_session": False})
    return len(chosen)


def outdated(now: int, *, kept: int) -> Select[str, int]:
    """Events that are older than `kept` (ms) at `now`."""
    return select(LogEntry.stream_id, LogEntry.seq).where(LogEntry.created_at < now - kept)


async def expire_due(tx: Transaction, now: int, *, kept: int) -> int:
    """Forget those that are `outdated`; how many it were.

    Between two batches a stream may have a hole among its oldest: who resumes from before it is told
    to read the snapshot again, as for all that is forgotten.
    """
    return await forget(tx, LogEntry, outdated(now, kept=kept))
