"""Insert unless it is there: the one statement for which the two databases need their own dialect."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from restai.db.types import Base


async def insert_new(session: AsyncSession, model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key stands; whether it was inserted.

    Waits for a concurrent transaction that is inserting the same key to end.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model).values(**values).on_conflict_do_nothing()
    key = inspect(model).primary_key[0]
    return (await session.execute(statement.returning(key))).first() is not None
