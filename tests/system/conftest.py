from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from ssl import create_default_context

import httpx
import pytest

from restai.app import App
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from tests.support import served
from tests.support.clock import ManualClock
from tests.support.contract import Contract, contract_of
from tests.support.databases import PostgresFarm, SqliteFarm
from tests.support.house import SECRET, House
from tests.support.live import Screens, serving
from tests.support.proxy import Proxy
from tests.support.restaurant import Restaurant
from tests.support.served import Pair
from tests.support.valkey import Valkey

PATIENCE = 30  # seconds for an answer: a busy machine may not run at all for some

TLS = create_default_context()  # never needed: it takes a client longer to make than to make its calls


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_farm").database() as url:
        yield url


@pytest.fixture(scope="session")
def pair(
    postgres_farm: PostgresFarm, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two processes for all tests that leave them as they are: each founds a house of its own."""
    folder = tmp_path_factory.mktemp("served")
    with postgres_farm.database() as url, served.pair(url, valkey.url, folder) as pair:
        yield pair


@pytest.fixture
def app(database_url: str, clock: ManualClock) -> App:
    return App(Database(database_url, clock=clock), Tokens((SECRET,)), clock=clock)


@pytest.fixture
async def address(app: App) -> AsyncIterator[str]:
    async with serving(app) as address:
        yield address


@pytest.fixture
def network(address: str) -> Iterator[Proxy]:
    """A bad network between the server and who calls it by `network.address`."""
    host, port = address.split(":")
    with Proxy((host, int(port))) as proxy:
        yield proxy


@pytest.fixture
async def screens(address: str) -> AsyncIterator[Screens]:
    screens = Screens(address)
    yield screens
    await screens.close()


@pytest.fixture(scope="session")
def contract(sqlite_farm: SqliteFarm) -> Contract:
    """What every whole application publishes."""
    with sqlite_farm.database() as url:
        return contract_of(App(Database(url), Tokens((SECRET,))).asgi)


@pytest.fixture
async def client(contract: Contract, address: str) -> AsyncIterator[httpx.AsyncClient]:
    hooks = {"response": [contract.judge]}
    url = f"http://{address}"
    async with httpx.AsyncClient(
        base_url=url, trust_env=False, verify=TLS, event_hooks=hooks, timeout=PATIENCE
    ) as client:
        yield client


@pytest.fixture
async def opened(
    request: pytest.FixtureRequest, app: App, client: httpx.AsyncClient, screens: Screens
) -> House | Restaurant:
    """Where the test takes place: in a furnished restaurant if it asks for one, else in a bare house."""
    if "restaurant" in request.fixturenames:
        return await Restaurant.open(app.context, client, screens)
    return await House.open(app.context, client)


@pytest.fixture
def house(opened: House | Restaurant) -> House:
    return opened.house if isinstance(opened, Restaurant) else opened


@pytest.fixture
def restaurant(opened: House | Restaurant) -> Restaurant:
    assert isinstance(opened, Restaurant)
    return opened
