"""The log as the real-time core reads it: rows of the database as events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import Select, select
from sqlalchemy.engine import Row

from restai.db import epochs
from restai.db.engine import Database
from restai.db.outbox import LogEntry, LogRow, Stream
from restai.db.transaction import Transaction
from restai.realtime.patience import within
from restai.realtime.ports import Event, Head, Opening

Ts = TypeVarTuple("Ts")

DEADLINE = 5.0  # seconds for one answer: a database that hangs is as good as away
STAFF, GUEST = 0, 1  # the places of an event's two bodies

Accept = Callable[[str, str, Sequence[Event]], None]
"""Takes a stream, its epoch and some of its events, oldest first."""


class About(NamedTuple):
    """Whose an event is, as the access policy needs it."""

    session_id: str | None
    guest_id: str | None


_COLUMNS = (
    LogEntry.seq,
    LogEntry.type,
    LogEntry.rooms,
    LogEntry.session_id,
    LogEntry.guest_id,
    LogEntry.staff,
    LogEntry.guest,
)


class EventLog:
    """Implements the core's `Log`. A stream that does not exist raises LookupError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, stream: str, count: int, size: int) -> Opening:
        opening = await within(DEADLINE, self._open(stream, count, size))
        if opening is None:
            await within(DEADLINE, epochs.settle(self._database))
            return await self.open(stream, count, size)
        return opening

    async def _open(self, stream: str, count: int, size: int) -> Opening | None:
        """None if the log goes on elsewhere than was noted."""
        async with self._database.reading() as tx:
            found = (await tx.session.execute(self._heads([stream]))).one_or_none()
            if found is None:
                raise LookupError(stream)
            if found.is_elsewhere:
                return None
            head = Head(found.epoch, found.head)
            return Opening(head, await _newest(tx, stream, head.seq, count, size))

    async def heads(self, streams: Collection[str]) -> Mapping[str, Head]:
        rows = await within(DEADLINE, self._rows(self._heads(streams)))
        if any(row.is_elsewhere for row in rows):
            await within(DEADLINE, epochs.settle(self._database))
            return await self.heads(streams)
        return {row.id: Head(row.epoch, row.head) for row in rows}

    async def _rows(self, query: Select[*Ts]) -> Sequence[Row[*Ts]]:
        async with self._database.reading() as tx:
            return (await tx.session.execute(query)).all()

    def _heads(self, streams: Collection[str]) -> Select[str, str, int, bool]:
        is_elsewhere = epochs.is_elsewhere(self._database).label("is_elsewhere")
        return select(Stream.id, Stream.epoch, Stream.head, is_elsewhere).where(Stream.id.in_(list(streams)))

    async def read(self, stream: str, after: int, limit: int) -> Sequence[Event]:
        behind = select(*_COLUMNS).where(LogEntry.stream_id == stream, LogEntry.seq > after)
        rows = await within(DEADLINE, self._rows(behind.order_by(LogEntry.seq).limit(limit)))
        return [_event(row) for row in rows]

    async def went_back(self, stream: str, seen: Head) -> None:
        await within(DEADLINE, epochs.went_back(self._database, stream, *seen))

    async def changed(self) -> None:
        await self._database.changed()


def hand_over(rows: Sequence[LogRow], accept: Accept) -> None:
    """Give a transaction's events, just committed, to the own process's tail."""
    for (stream, epoch), group in groupby(rows, key=lambda row: (row.draft.stream, row.epoch)):
        accept(stream, epoch, [_committed(row) for row in group])


async def _newest(tx: Transaction, stream: str, head: int, count: int, size: int) -> list[Event]:
    """At most `count` and `size` bytes, oldest first, without a hole up to `head`: old events are deleted by
    their time, and where the clock had gone back, a young one may be gone before an older one."""
    newest = select(*_COLUMNS).where(LogEntry.stream_id == stream).order_by(LogEntry.seq.desc()).limit(count)
    kept: list[Event] = []
    for event in map(_event, await tx.session.execute(newest)):
        size -= event.size
        if size < 0 or event.seq != head - len(kept):
            break
        kept.append(event)
    return kept[::-1]


def _event(row: Row[int, str, str, str | None, str | None, str, str | None]) -> Event:
    seq, type_, rooms, session_id, guest_id, staff, guest = row
    bodies = (staff.encode(), None if guest is None else guest.encode())
    return Event(seq, type_, tuple(rooms.split()), About(session_id, guest_id), bodies)


def _committed(row: LogRow) -> Event:
    draft = row.draft
    about = About(draft.session_id, draft.guest_id)
    return Event(row.seq, draft.type, draft.rooms, about, (draft.staff, draft.guest))
