"""Which installation this database is."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.engine import Database
from restai.db.types import Base, Millis, Ref
from restai.db.upsert import insert_new
from restai.ids import new_id


class Installation(Base):
    """The table's only row. `id` keeps installations apart that share a Redis.

    `system_identifier` and `timeline` say on which PostgreSQL, and which life of it, the log was last
    known to go on: another one may lack the last commits.
    """

    __tablename__ = "installation"

    only: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    id: Mapped[Ref]
    created_at: Mapped[Millis]
    system_identifier: Mapped[int | None] = mapped_column(BigInteger)
    timeline: Mapped[str | None] = mapped_column(String(8))


async def identify(database: Database) -> Installation:
    """The installation's row, made at the first start, once whoever starts it."""
    async with database.transaction() as tx:
        await insert_new(tx.session, Installation, only=1, id=new_id(), created_at=tx.now)
        return (await tx.session.scalars(select(Installation))).one()
