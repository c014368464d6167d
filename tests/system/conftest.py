from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from restai.app import App
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from tests.support.clock import ManualClock
from tests.support.contract import contract_of
from tests.support.house import SECRET, House
from tests.support.live import Screens, serving
from tests.support.restaurant import Restaurant


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_farm").database() as url:
        yield url


@pytest.fixture
def app(database_url: str, clock: ManualClock) -> App:
    return App(Database(database_url, clock=clock), Tokens((SECRET,)), clock=clock)


@pytest.fixture
async def address(app: App) -> AsyncIterator[str]:
    async with serving(app) as address:
        yield address


@pytest.fixture
async def screens(address: str) -> AsyncIterator[Screens]:
    screens = Screens(address)
    yield screens
    await screens.close()


@pytest.fixture
async def client(app: App, address: str) -> AsyncIterator[httpx.AsyncClient]:
    hooks = {"response": [contract_of(app.asgi).judge]}
    url = f"http://{address}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, event_hooks=hooks) as client:
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
