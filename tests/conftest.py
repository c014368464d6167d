from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from restai.db.engine import Database
from tests.support.clock import ManualClock
from tests.support.databases import PostgresFarm, SqliteFarm


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def sqlite_farm(tmp_path_factory: pytest.TempPathFactory) -> SqliteFarm:
    return SqliteFarm(Path(tmp_path_factory.mktemp("sqlite")))


@pytest.fixture(scope="session")
def postgres_farm() -> Iterator[PostgresFarm]:
    farm = PostgresFarm()
    yield farm
    farm.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database with the schema, once on SQLite and once on a real PostgreSQL."""
    with request.getfixturevalue(f"{request.param}_farm").database() as url:
        yield url


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    database = Database(database_url, clock=clock)
    yield database
    await database.close()
