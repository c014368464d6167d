from __future__ import annotations

import pytest

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
