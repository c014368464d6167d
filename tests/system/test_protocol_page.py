"""docs/protocol.md: its client keeps a state equal to the real server's, and its tables leave nothing out."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from restai.app import App
from restai.db import epochs
from restai.live.catalog import EVENTS
from tests.conformance.test_coverage import CLOSE, FROM_SERVER
from tests.realtime.support import eventually
from tests.support.databases import SqliteFarm
from tests.support.proxy import Proxy
from tests.support.restaurant import Phone, Restaurant

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "protocol.md").read_text()
CLIENT, USE = re.findall(r"```python\n(.*?)```", PAGE, re.S)
LISTS = ("tables", "sessions", "orders", "requests", "screens")


@pytest.fixture
def database_url(sqlite_farm: SqliteFarm) -> Iterator[str]:
    """To a client all databases are the same."""
    with sqlite_farm.database() as url:
        yield url


@pytest.fixture
def page() -> Json:
    """What a reader has who copied the page's Python."""
    namespace: Json = {}
    exec(compile(CLIENT + USE, "docs/protocol.md", "exec"), namespace)
    return namespace


class Reader:
    """The page's client, following a branch through a network, and the restaurant that it must show."""

    def __init__(self, page: Json, restaurant: Restaurant, network: Proxy) -> None:
        async def token() -> str:
            return restaurant.token(restaurant.house.kitchen)

        class Branch(page["Branch"]):  # type: ignore[misc]
            reads = 0

            async def read(self, least: Json) -> None:
                self.reads += 1
                await super().read(least)

        self.restaurant = restaurant
        self.client = Branch("http://{}:{}".format(*network.address), restaurant.branch_id, token)

    async def shows_the_branch(self) -> None:
        """Its state becomes the server's, and its position not less than that of what concerned it."""
        there = await self.restaurant.snapshot(self.restaurant.house.kitchen)
        try:
            await eventually(lambda: self.client.state and comparable(self.client.state) == comparable(there))
        except TimeoutError:
            assert comparable(self.client.state) == comparable(there)


def comparable(state: Json) -> Json:
    """Without order, which is a screen's own affair, and without the position, which may have holes."""
    lists = {name: {resource["id"]: resource for resource in state[name]} for name in LISTS}
    return state | lists | {"stream": state["stream"]["epoch"]}


async def much_happens(restaurant: Restaurant) -> None:
    """Something of everything that a snapshot holds comes, changes and goes."""
    house, does = restaurant.house, restaurant.does
    phone = await restaurant.seats("Ana", table=1)
    await does(phone, "POST", "/guest/requests", kind="waiter")
    gone: Phone = await restaurant.scans("Bea", table=2)
    await does(house.waiter, "POST", f"/sessions/{gone.session_id}/reject")
    staying, paid = await restaurant.orders(), await restaurant.orders(type="takeout", tableId=None)
    await does(
        house.waiter, "POST", f"/orders/{staying['id']}/items", items=restaurant.items(restaurant.drink)
    )
    await does(house.cashier, "POST", "/till/open", openingFloat=100)
    await does(house.cashier, "POST", "/payments", orderId=paid["id"], method="cash", all=True)
    await does(house.kitchen, "PATCH", f"/orders/{paid['id']}/status", status="served")
    await does(house.manager, "DELETE", f"/tables/{restaurant.tables[3]['id']}")
    await does(house.manager, "PATCH", f"/branches/{restaurant.branch_id}", name="Casa Nueva")
    await does(house.manager, "PATCH", f"/menu/items/{restaurant.dish['id']}", price=3500)


async def test_sixty_lines_keep_a_state_equal_to_the_servers(
    page: Json, restaurant: Restaurant, network: Proxy, app: App
) -> None:
    reader = Reader(page, restaurant, network)
    client, house = reader.client, restaurant.house
    following = asyncio.create_task(client.follow())
    await reader.shows_the_branch()
    await much_happens(restaurant)
    await reader.shows_the_branch()
    assert {order["status"] for order in client.state["orders"]} == {"confirmed"}

    network.refuse()
    network.cut()
    await restaurant.orders(type="takeout", tableId=None)
    await restaurant.does(house.cashier, "POST", "/till/close", counted=100)
    network.accept()
    await reader.shows_the_branch()
    assert client.reads == 1, "what it missed came as events"

    async with app.database.transaction() as tx:
        await epochs.renew(tx, because="a test")
    await restaurant.orders(type="takeout", tableId=None)
    await reader.shows_the_branch()
    assert client.reads == 2, "and after a new beginning of the log there was another snapshot to read"

    await restaurant.does(house.manager, "PATCH", f"/staff/{house.kitchen.user_id}", active=False)
    assert await asyncio.wait_for(following, 10) == 4503


def test_they_are_sixty() -> None:
    lines = [line for line in CLIENT.splitlines() if line.strip() and "import" not in line]
    assert len(lines) <= 60


def test_what_belongs_to_a_snapshot(page: Json) -> None:
    for rows in json.loads((ROOT / "protocol" / "membership.json").read_text()).values():
        for row in rows:
            kept = page["newer"](None, {"id": "x", "rev": 1} | row["resource"])
            assert (kept is not None) == row["belongs"], row


def test_its_tables_have_every_message_close_code_and_kind_of_event() -> None:
    first_cells = re.findall(r"^\| ([^|]+) \|", PAGE, re.M)
    named = " ".join(first_cells)
    codes = {int(code) for code in re.findall(r"\b\d{4}\b", named)}
    messages = set(re.findall(r"`([a-z]+(?::[a-z]+)?)`", named))
    kinds = set(re.findall(r"`([a-z]+):…`", named))
    assert codes == CLOSE
    assert messages == {"auth", "ping"} | FROM_SERVER - {"event", "signal"}
    assert kinds == {event.type.partition(":")[0] for event in EVENTS}
