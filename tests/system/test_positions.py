"""Clients on real sockets that are cut again and again while the restaurant works: in the end each of
them shows exactly what the database holds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from restai_sdk import Client
from restai_sdk.client import Listener
from tests.support.live import PATIENCE
from tests.support.restaurant import Phone, Restaurant

COMMANDS = 60  # a round of the evening
CLIENTS_CUT_EVERY = 0.03  # seconds, on average


class Watched(Listener):
    """What one screen was told, connection by connection."""

    def __init__(self) -> None:
        self.positions: list[int] = []

    def applied(self, branch: str, event: dict[str, Any], replay: bool) -> None:
        self.positions.append(event["seq"])


class Evening:
    """People who do whatever comes to their mind, one thing after another."""

    def __init__(self, restaurant: Restaurant, chance: random.Random) -> None:
        self.restaurant = restaurant
        self.chance = chance
        self.orders: list[dict[str, Any]] = []

    async def work(self, commands: int) -> None:
        for _ in range(commands):
            await self.chance.choice(self.acts)()

    @property
    def acts(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self.order, self.order, self.cook, self.cook, self.add, self.cancel, self.menu, self.scan)

    async def order(self) -> None:
        table = self.chance.choice(self.restaurant.tables[:2])
        self.orders.append(await self.restaurant.orders(tableId=table["id"]))

    async def cook(self) -> None:
        if self.orders:
            order = self.chance.choice(self.orders)
            status = self.chance.choice(["preparing", "ready", "served"])
            await self._tries("PATCH", f"/orders/{order['id']}/status", status=status)

    async def add(self) -> None:
        if self.orders:
            order = self.chance.choice(self.orders)
            items = self.restaurant.items(self.restaurant.drink)
            await self._tries("POST", f"/orders/{order['id']}/items", items=items)

    async def cancel(self) -> None:
        if self.orders:
            order = self.chance.choice(self.orders)
            line = self.chance.choice(order["items"])["id"]
            await self._tries("POST", f"/orders/{order['id']}/items/{line}/cancel")

    async def menu(self) -> None:
        price = self.chance.randint(500, 5_000)
        await self.restaurant.does(
            self.restaurant.house.manager, "PATCH", f"/menu/items/{self.restaurant.drink['id']}", price=price
        )

    async def scan(self) -> None:
        """Somebody scans the last table; the waiter lets him in or not, and in time he leaves."""
        phone = await self.restaurant.scans("Paco", table=3)
        verb = self.chance.choice(["approve", "reject"])
        await self._tries("POST", f"/sessions/{phone.session_id}/{verb}")
        await self._tries("POST", f"/sessions/{phone.session_id}/end")

    async def _tries(self, method: str, path: str, **body: Any) -> None:
        """A command that may come too late: what is refused changes nothing."""
        waiter = self.restaurant.house.as_(self.restaurant.house.waiter)
        answer = await waiter.request(method, f"/api{path}", json=body)
        assert answer.status_code < 300 or answer.status_code in (409, 422), answer.text


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_any_drops_every_screen_equals_the_database(
    restaurant: Restaurant, address: str, seed: int
) -> None:
    chance = random.Random(seed)
    house = restaurant.house
    people = [house.kitchen, house.waiter, await restaurant.seats("Ana", 0), await restaurant.seats("Bea", 1)]
    async with AsyncExitStack() as stack:
        clients = []
        for person in people:
            client = Client(
                f"http://{address}",
                always(restaurant.token(person)),
                guest=isinstance(person, Phone),
                listener=Watched(),
            )
            clients.append(await stack.enter_async_context(client))
        cutting = asyncio.create_task(cut(clients, chance))
        await asyncio.gather(*(Evening(restaurant, random.Random(seed + n)).work(COMMANDS) for n in range(3)))
        cutting.cancel()
        for person, client in zip(people, clients, strict=True):
            await ends_equal(restaurant, person, client)
            assert client.reconnects > 5


def always(token: str) -> Callable[[bool], Awaitable[str]]:
    async def provide(_fresh: bool) -> str:
        return token

    return provide


async def cut(clients: Sequence[Client], chance: random.Random) -> None:
    """Cut connections without a word, and let their owners come back at once."""
    while True:
        await asyncio.sleep(chance.expovariate(1 / CLIENTS_CUT_EVERY))
        client = chance.choice(clients)
        if client._socket is not None:
            client._socket.transport.abort()
        await asyncio.sleep(0.001)
        client.wake()


async def ends_equal(restaurant: Restaurant, person: Any, client: Client) -> None:
    """The client comes to show what the server's snapshot says, and applied nothing twice."""
    expected = await restaurant.snapshot(person)
    branch = restaurant.branch_id
    async with asyncio.timeout(PATIENCE):
        while (shown := client.snapshots.get(branch)) is None or position(shown) < position(expected):
            client.wake()
            await asyncio.sleep(0.02)
            expected = await restaurant.snapshot(person) if shown is None else expected
            if shown is not None and same_data(shown, expected):
                break
    assert comparable(client.snapshots[branch]) == comparable(expected)
    listener = client._listener
    assert isinstance(listener, Watched)
    assert len(set(listener.positions)) == len(listener.positions)
    assert listener.positions == sorted(listener.positions)


def position(snapshot: dict[str, Any]) -> int:
    return int(snapshot["stream"]["seq"])


def same_data(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return comparable(one) == comparable(other)


def comparable(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot without its position (a guest is not told of all) and without the order of lists."""
    return {
        name: sorted(value, key=lambda each: each["id"]) if isinstance(value, list) else value
        for name, value in snapshot.items()
        if name != "stream"
    }
