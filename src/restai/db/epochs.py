"""Which history a log's positions belong to. When commits were lost, positions are given out a second time,
and only a new epoch keeps a screen from taking the second for the first.

They are lost when a backup comes back, and when a standby that lacks the last of them is promoted: then
it is another PostgreSQL, or another life of the same (its timeline), than the installation's row names.
"""

from __future__ import annotations

import structlog
from sqlalchemy import ColumnElement, false, func, literal_column, or_, select, text, update

from restai.db.engine import Database
from restai.db.installation import Installation
from restai.db.outbox import Stream
from restai.db.transaction import Transaction
from restai.ids import new_id

# Both functions of the log's own position fail on a standby, where nothing may be read as the newest.
_SERVER = "(SELECT system_identifier FROM pg_control_system())"
_LIFE = "left(pg_walfile_name(pg_current_wal_lsn()), 8)"

_log = structlog.get_logger(__name__)


def is_elsewhere(database: Database) -> ColumnElement[bool]:
    """For a query: whether the log goes on elsewhere than the installation's row says. An error on a
    standby; null where there is no such row."""
    if database.is_sqlite:
        return false()
    differs = or_(
        Installation.system_identifier.is_distinct_from(literal_column(_SERVER)),
        Installation.timeline.is_distinct_from(literal_column(_LIFE)),
    )
    return select(differs).scalar_subquery()


async def settle(database: Database) -> None:
    """Note where the log goes on now, and give all streams new epochs if that is elsewhere than noted.
    Once, whoever calls. Raises Busy, DatabaseAway."""
    if database.is_sqlite:
        return  # a file has no lives that it could tell of
    async with database.transaction() as tx:
        row = await _only_one(tx)
        server, life = (await tx.session.execute(text(f"SELECT {_SERVER}, {_LIFE}"))).one()
        if row is None or (row.system_identifier, row.timeline) == (server, life):
            return
        is_known = row.system_identifier is not None
        row.system_identifier, row.timeline = server, life
        if is_known:
            await renew(tx, because="the database is another one, or was promoted")


async def went_back(database: Database, stream: str, epoch: str, seq: int) -> None:
    """`stream` was seen to reach `seq` in `epoch`: if it no longer does, give all streams new epochs.
    Once, whoever calls. Raises Busy, DatabaseAway."""
    async with database.transaction() as tx:
        await _only_one(tx)
        lost = select(func.count()).where(Stream.id == stream, Stream.epoch == epoch, Stream.head < seq)
        if await tx.session.scalar(lost):
            await renew(tx, because="the log has gone back")


async def renew(tx: Transaction, *, because: str) -> None:
    """Give every stream a new epoch: all screens read their snapshots again."""
    locked = select(Stream.id).order_by(Stream.id).with_for_update()
    epochs = [{"id": stream, "epoch": new_id()} for stream in await tx.session.scalars(locked)]
    if epochs:
        await tx.session.execute(update(Stream), epochs)
    _log.warning("all logs go on in new epochs", because=because, logs=len(epochs))


async def _only_one(tx: Transaction) -> Installation | None:
    """The installation's row, locked: who else wants to decide this waits, and then finds it decided."""
    return (await tx.session.scalars(select(Installation).with_for_update())).one_or_none()
