"""What Alembic runs: with the runner's connection, or for a developer with one to the settings' database."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Enum, create_engine

from restai.migrations.models import metadata
from restai.settings import load


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A state's column is plain text in the history: a new state needs no new revision."""
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, render_item=render_item, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = create_engine(load().database)
    with engine.begin() as ours:
        migrate(ours)
    engine.dispose()
