"""Insert unless it is there, or else: what the two databases say in dialects of their own."""

from typing import Any, cast

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from restai.db.types import Base


def insert(session: AsyncSession, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in the session's dialect; both have the same ON CONFLICT."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return cast("postgresql.Insert | sqlite.Insert", dialect.insert(model))


async def insert_new(session: AsyncSession, model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key stands; whether it was inserted.

    Waits for a concurrent transaction that is inserting the same key to end.
    """
    statement = insert(session, model).values(**values).on_conflict_do_nothing()
    key = inspect(model).primary_key[0]
    return (await session.execute(statement.returning(key))).first() is not None
