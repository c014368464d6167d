"""Which pages of other hosts may use the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from restai.http.api import create_api
from restai.http.deps import Context
from tests.support.databases import SqliteFarm
from tests.support.house import ROUTERS, api_client

FRIEND, STRANGER = "https://wall.example", "https://elsewhere.example"


@pytest.fixture
def database_url(sqlite_farm: SqliteFarm) -> Iterator[str]:
    """No database has to do with it."""
    with sqlite_farm.database() as url:
        yield url


@pytest.fixture
async def site(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(create_api(context, ROUTERS, origins=[FRIEND])) as client:
        yield client


async def asks_before(site: httpx.AsyncClient, origin: str) -> httpx.Response:
    """What a browser asks before it sends a command of a page of `origin`."""
    wanted = {
        "Origin": origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return await site.options("/api/orders/x/status", headers=wanted)


async def test_a_page_that_is_allowed_may_send_commands_and_read_every_answer(
    site: httpx.AsyncClient,
) -> None:
    assert (await asks_before(site, FRIEND)).headers["Access-Control-Allow-Origin"] == FRIEND
    refused = await site.get("/api/orders", headers={"Origin": FRIEND})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == FRIEND
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in refused.headers, "no cookie goes with it"


async def test_a_page_of_a_stranger_may_not(site: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    for place, origin in ((site, STRANGER), (api, FRIEND)):
        before, read = (
            await asks_before(place, origin),
            await place.get("/health", headers={"Origin": origin}),
        )
        assert not before.is_success
        assert "Access-Control-Allow-Origin" not in before.headers
        assert "Access-Control-Allow-Origin" not in read.headers
