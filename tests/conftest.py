from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from restai.db import engine
from restai.db.engine import Database
from restai.http.deps import Context
from tests.support.clock import ManualClock
from tests.support.databases import PostgresFarm, SqliteFarm
from tests.support.evening import Evening
from tests.support.house import House, api_client, api_of, new_context
from tests.support.valkey import Valkey

settings.register_profile("restai", deadline=None)  # a busy machine is no finding
settings.load_profile("restai")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first, so that nobody waits for it alone at the end."""
    items.sort(key=_allowed, reverse=True)


def _allowed(item: pytest.Item) -> float:
    """Seconds that a test has been given; 0 if it was given none of its own."""
    timeout = item.get_closest_marker("timeout")
    return float(timeout.args[0]) if timeout else 0.0


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is sent away because this machine stood still for seconds: that is no finding."""
    monkeypatch.setattr(engine, "LOCK_TIMEOUT", 60_000)
    monkeypatch.setattr(engine, "IDLE_TIMEOUT", 60_000)


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


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A server for all tests that leave it as it is."""
    server = Valkey().start()
    yield server
    server.close()


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


@pytest.fixture
def context(database: Database, clock: ManualClock) -> Context:
    return new_context(database, clock)


@pytest.fixture
async def api(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the API as nobody. An error that it did not foresee fails the test."""
    async with api_client(api_of(context)) as client:
        yield client


@pytest.fixture
async def opened(request: pytest.FixtureRequest, context: Context, api: httpx.AsyncClient) -> House | Evening:
    """Where the test takes place: at an evening if it asks for one, else in a bare house."""
    place = Evening if "evening" in request.fixturenames else House
    return await place.open(context, api)


@pytest.fixture
def house(opened: House | Evening) -> House:
    return opened.house if isinstance(opened, Evening) else opened


@pytest.fixture
def evening(opened: House | Evening) -> Evening:
    assert isinstance(opened, Evening)
    return opened


@pytest.fixture
async def rival(house: House, context: Context, api: httpx.AsyncClient) -> House:
    """Another organization in the same installation, to which nothing of `house` may leak."""
    return await House.open(context, api, name="La Competencia")
