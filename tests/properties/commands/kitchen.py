"""The kitchen says what it has seen and what is in a rush; a runner takes what is ready."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import Players, command, pick


@command(3, after=("place",))
async def see_lines(players: Players, chance: Random) -> httpx.Response | None:
    """Some lines of an order, up to all of them; and something that is no line."""
    order = pick(chance, players.orders("confirmed", "preparing"), players.orders(), players.past_orders)
    if order is None:
        return None
    lines = [line["id"] for line in order["items"]]
    body = {"lineIds": [*lines[chance.choice([0, 0, -1]) :], order["id"]]}
    return await players.evening.kitchen.post("/api/kitchen/seen", json=body)


@command(2, after=("step_order",))
async def take_order(players: Players, chance: Random) -> httpx.Response | None:
    order = pick(chance, players.orders("ready"), players.orders(), players.past_orders)
    body = {"release": chance.random() < 0.3}
    return order and await players.evening.waiter.post(f"/api/orders/{order['id']}/take", json=body)


@command(1, after=("place",))
async def set_priority(players: Players, chance: Random) -> httpx.Response | None:
    order = pick(chance, players.orders("confirmed", "preparing"), players.orders(), players.past_orders)
    if order is None:
        return None
    body = {"priority": not order["priority"] if chance.random() < 0.8 else order["priority"]}
    return await players.evening.kitchen.post(f"/api/orders/{order['id']}/priority", json=body)
