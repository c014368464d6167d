"""Commands whose answers are lost on the way: a client of the SDK sends them again, and they apply once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from restai_sdk import Api, fixed
from tests.realtime.support import eventually
from tests.support.house import House
from tests.support.proxy import Proxy
from tests.support.restaurant import Restaurant

Json = dict[str, Any]


@pytest.fixture
async def till(restaurant: Restaurant, network: Proxy) -> AsyncIterator[Api]:
    """The cashier's program, behind a bad network."""
    token = fixed(restaurant.token(restaurant.house.cashier))
    async with Api("http://{}:{}".format(*network.address), token) as api:
        yield api


async def unanswered(call: Coroutine[Any, Any, Any], house: House, network: Proxy) -> tuple[Any, list[Json]]:
    """What a call gave in the end whose first answer was lost after all had happened, and what was told of
    it from first to last."""
    house.forget()
    tries = network.accepted
    network.hold(to_server=False)
    calling = asyncio.ensure_future(call)
    await eventually(house.events)
    network.cut()
    network.release()
    answer = await calling
    assert network.accepted > tries, "it was sent again"
    return answer, house.events()


async def test_each_applies_once(restaurant: Restaurant, till: Api, network: Proxy) -> None:
    house = restaurant.house
    draft: Any = {"type": "takeout", "items": restaurant.items(restaurant.dish, restaurant.drink)}
    order, told = await unanswered(till.orders.place(draft), house, network)
    assert [(event["type"], event["order"]) for event in told] == [("order:created", order)]

    more: Any = restaurant.items(restaurant.drink)
    order, told = await unanswered(till.orders.add_lines(order["id"], more), house, network)
    assert [event["order"] for event in told] == [order]
    assert len(order["items"]) == 3

    cash: Any = {"orderId": order["id"], "method": "cash", "all": True}
    payment, told = await unanswered(till.payments.take(cash), house, network)
    assert [event["payment"] for event in told if event["type"] == "payment:recorded"] == [payment]
    assert (await till.orders.get(order["id"]))["balance"] == 0

    payment, told = await unanswered(till.payments.void(payment["id"], "a mistake"), house, network)
    assert [event["payment"] for event in told if event["type"] == "payment:voided"] == [payment]
    assert [each["id"] async for each in till.payments.each()] == [payment["id"]]
    assert [each["id"] async for each in till.orders.each()] == [order["id"]]
