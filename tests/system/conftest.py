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
async def house(app: App, address: str) -> AsyncIterator[House]:
    hooks = {"response": [contract_of(app.asgi).judge]}
    url = f"http://{address}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, event_hooks=hooks) as client:
        yield await House.open(app.context, client)


@pytest.fixture
async def restaurant(house: House, screens: Screens) -> Restaurant:
    return await Restaurant.furnish(house, screens)
