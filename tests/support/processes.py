"""Several processes of one restaurant, as far as one process of Python can be several: each is a whole
server on a port of its own, with its own connections to the database and its own broker."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from restai.app import App
from restai.auth.principal import Staff
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from restai.realtime.ports import Broker
from tests.support.clock import ManualClock
from tests.support.house import SECRET, House
from tests.support.live import Screen, Screens, serving
from tests.support.restaurant import Restaurant


class Process:
    """One server, and the restaurant as whoever talks to this server finds it."""

    app: App
    client: httpx.AsyncClient
    screens: Screens
    restaurant: Restaurant

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /ready."""
        answer = await self.client.get("/ready")
        return answer.status_code, answer.json()


@asynccontextmanager
async def processes(
    url: str | Sequence[str], clock: ManualClock, *brokers: Broker | None, name: str = "Casa Lola"
) -> AsyncIterator[list[Process]]:
    """A furnished restaurant, called `name`, served by as many processes as there are `brokers`. `url` is
    the database's, or one for each process that is another way to the same."""
    urls = [url] * len(brokers) if isinstance(url, str) else url
    async with AsyncExitStack() as stack:
        made = [await _served(stack, each, clock, broker) for each, broker in zip(urls, brokers, strict=True)]
        first = made[0]
        house = await House.open(first.app.context, first.client, name=name)
        first.restaurant = await Restaurant.furnish(house, first.screens)
        for other in made[1:]:
            other.restaurant = _seen_from(first.restaurant, other)
        yield made


async def _served(stack: AsyncExitStack, url: str, clock: ManualClock, broker: Broker | None) -> Process:
    process = Process()
    process.app = App(Database(url, clock=clock), Tokens((SECRET,)), clock=clock, broker=broker)
    address = await stack.enter_async_context(serving(process.app))
    process.client = await stack.enter_async_context(
        httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=30)
    )
    process.screens = Screens(address)
    stack.push_async_callback(process.screens.close)
    return process


def _seen_from(restaurant: Restaurant, process: Process) -> Restaurant:
    there = copy.copy(restaurant)
    there.screens = process.screens
    there.house = restaurant.house.at(process.client)
    return there


async def sees_all_in_order(screen: Screen, first: int, last: int) -> None:
    """Wait for a branch's events `first` to `last` on a screen of its staff: these and no others."""
    await screen.sees(lambda message: message.get("seq") == last and "v" in message)
    assert [event["seq"] for event in screen.events] == list(range(first, last + 1))


async def takeout(process: Process, who: Staff | None = None) -> dict[str, Any]:
    """An order that changes nothing but itself, so that it is one event."""
    return await process.restaurant.orders(who, type="takeout", tableId=None)
