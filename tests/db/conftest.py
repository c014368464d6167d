from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from restai.db import engine
from restai.db.engine import Database
from restai.db.outbox import LogRow
from tests.db import bells


@pytest.fixture
async def stream(database: Database) -> str:
    """A stream of an otherwise empty database, and a notebook beside it."""
    await bells.new_notebook(database)
    return await bells.new_stream(database)


@pytest.fixture
def log(database: Database, stream: str) -> list[LogRow]:
    """What this process hears of its own commits."""
    return bells.heard(database)


@pytest.fixture
async def impatient(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The same database, for somebody who waits 200 ms for a lock."""
    monkeypatch.setattr(engine, "LOCK_TIMEOUT", 200)
    database = Database(database_url)
    yield database
    await database.close()
