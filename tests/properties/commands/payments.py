"""Money is taken, in every way there is, and given back; the till is opened and closed."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import Json, Players, command, maybe, pick
from tests.support.evening import ok


@command(4, after=("place",))
async def pay(players: Players, chance: Random) -> httpx.Response | None:
    """All of an order or a visit, or some of it."""
    owed = [order for order in players.orders() if order["balance"] > 0]
    order = pick(chance, owed, players.past_orders)
    if order is None:
        return None
    visit = {"id": order["sessionId"]}
    what = visit if order["sessionId"] and chance.random() < 0.4 else order
    how: Json = {"method": chance.choice(["cash", "card", "other"]), **maybe(chance, tip=150)}
    match chance.randrange(5):
        case 0:
            how |= {"amount": max(1, order["balance"] // 2)}
        case 1 if what is order:
            how |= {"lines": [chance.choice(order["items"])["id"]]}
        case 2 if what is order:
            how |= {"share": {"number": 1, "of": 2}, "balance": order["balance"]}
    return await players.evening.pay(what, **how)


@command(1)
async def sell(players: Players, chance: Random) -> httpx.Response:
    """At the counter: ordered and paid at once."""
    draft = {"type": "takeout", "items": await players.items(chance)}
    payment = {"method": "card", **maybe(chance, tip=100)}
    return await players.evening.cashier.post("/api/payments/sale", json={"order": draft, "payment": payment})


@command(1, after=("pay",))
async def void(players: Players, chance: Random) -> httpx.Response | None:
    taken = ok(await players.evening.cashier.get("/api/payments"))["items"]
    payment = pick(chance, [each for each in taken if each["voidedAt"] is None], taken)
    return payment and await players.evening.void(payment)


@command(1)
async def open_till(players: Players, chance: Random) -> httpx.Response:
    body = {"openingFloat": chance.randint(0, 30_000)}
    return await players.evening.cashier.post("/api/till/open", json=body)


@command(1, after=("open_till",))
async def close_till(players: Players, chance: Random) -> httpx.Response:
    body = {"counted": chance.randint(0, 30_000)}
    return await players.evening.manager.post("/api/till/close", json=body)
