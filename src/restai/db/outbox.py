"""The log: events as rows, written in the transaction that made the change.

A stream is one row, `epoch` and `head`; its events are rows `(stream_id, seq)`. The counter is taken
in the last statement before COMMIT and nothing after it waits for a lock, so commit order is `seq`
order and a rollback leaves no hole. There is no foreign key, trigger or deferred constraint here,
for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, Row, String, Table, Text, bindparam, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, Key, Millis, Ref
from restai.ids import new_id


class Stream(Base):
    """A branch's log, or an organization's internal one (its id is the branch's or organization's)."""

    __tablename__ = "streams"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    epoch: Mapped[Ref]
    head: Mapped[int] = mapped_column(BigInteger, default=0)


class LogEntry(Base):
    """An event in the log. Bodies lack `seq`: whoever frames them splices it in."""

    __tablename__ = "events"

    stream_id: Mapped[Key]
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[Ref]
    type: Mapped[str] = mapped_column(String(40))
    rooms: Mapped[str] = mapped_column(Text)  # names, separated by one space
    session_id: Mapped[Ref | None]
    guest_id: Mapped[Ref | None]
    staff: Mapped[str] = mapped_column(Text)
    guest: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Millis] = mapped_column(BigInteger, index=True)


class Draft(NamedTuple):
    """A rendered event that has no position yet."""

    stream: str
    id: str
    type: str
    rooms: tuple[str, ...]
    session_id: str | None
    guest_id: str | None
    staff: bytes
    guest: bytes | None
    created_at: int


class LogRow(NamedTuple):
    """An event at its position, as written."""

    epoch: str
    seq: int
    draft: Draft


def open_stream(session: AsyncSession, stream_id: str, organization_id: str) -> None:
    """Begin the log of a new branch or organization, in the transaction that makes it."""
    session.add(Stream(id=stream_id, organization_id=organization_id, epoch=new_id(), head=0))


async def append(session: AsyncSession, drafts: Iterable[Draft]) -> list[LogRow]:
    """Give `drafts` their positions and write them; the last statements before COMMIT.

    Several streams are taken in sorted order, so that two transactions cannot wait for each other.
    """
    rows: list[LogRow] = []
    ordered = sorted(drafts, key=lambda d: d.stream)  # stable: order within a stream is kept
    for stream, group in groupby(ordered, key=lambda d: d.stream):
        rows += await _append_to(session, stream, list(group))
    return rows


async def _append_to(session: AsyncSession, stream: str, drafts: Sequence[Draft]) -> list[LogRow]:
    write = _append_postgres if session.get_bind().dialect.name == "postgresql" else _append_sqlite
    epoch, head = await write(session, stream, [_columns(draft) for draft in drafts])
    first = head - len(drafts) + 1
    return [LogRow(epoch, first + i, draft) for i, draft in enumerate(drafts)]


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "type": draft.type,
        "rooms": " ".join(draft.rooms),
        "session_id": draft.session_id,
        "guest_id": draft.guest_id,
        "staff": draft.staff.decode(),
        "guest": draft.guest.decode() if draft.guest is not None else None,
        "created_at": draft.created_at,
    }


# One statement: between taking the counter and COMMIT nothing else crosses the wire.
_POSTGRES = text("""
WITH counter AS (
  UPDATE streams SET head = head + :count WHERE id = CAST(:stream AS uuid) RETURNING epoch, head
), written AS (
  INSERT INTO events (stream_id, seq, id, type, rooms, session_id, guest_id, staff, guest, created_at)
  SELECT CAST(:stream AS uuid), counter.head - :count + d.ordinal,
         d.id, d.type, d.rooms, d.session_id, d.guest_id, d.staff, d.guest, d.created_at
  FROM counter, unnest(
    CAST(:id AS uuid[]), CAST(:type AS text[]), CAST(:rooms AS text[]), CAST(:session_id AS uuid[]),
    CAST(:guest_id AS uuid[]), CAST(:staff AS text[]), CAST(:guest AS text[]), CAST(:created_at AS bigint[])
  ) WITH ORDINALITY AS d(id, type, rooms, session_id, guest_id, staff, guest, created_at, ordinal)
)
SELECT epoch::text, head FROM counter
""")


async def _append_postgres(
    session: AsyncSession, stream: str, rows: Sequence[dict[str, Any]]
) -> tuple[str, int]:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    answer = await session.execute(_POSTGRES, columns | {"stream": stream, "count": len(rows)})
    return _counter(answer.one_or_none(), stream)


_streams = cast(Table, Stream.__table__)
_SQLITE_COUNTER = (
    update(_streams)
    .where(_streams.c.id == bindparam("stream"))
    .values(head=_streams.c.head + bindparam("count"))
    .returning(_streams.c.epoch, _streams.c.head)
)
_SQLITE_EVENTS = insert(cast(Table, LogEntry.__table__))


async def _append_sqlite(
    session: AsyncSession, stream: str, rows: Sequence[dict[str, Any]]
) -> tuple[str, int]:
    answer = await session.execute(_SQLITE_COUNTER, {"stream": stream, "count": len(rows)})
    epoch, head = _counter(answer.one_or_none(), stream)
    first = head - len(rows) + 1
    await session.execute(
        _SQLITE_EVENTS, [row | {"stream_id": stream, "seq": first + i} for i, row in enumerate(rows)]
    )
    return epoch, head


def _counter(row: Row[Any] | None, stream: str) -> tuple[str, int]:
    if row is None:
        raise LookupError(f"the stream {stream} was never opened")
    return row.epoch, row.head
