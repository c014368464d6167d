"""Orders are placed, grow, move on and back, and are cancelled."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import PLENTY, Json, Players, command, maybe, pick
from tests.properties.reference import LINE_COURSE, LINE_STATES, ORDER_STATES

COURSE = ORDER_STATES[:5]  # as screens move them: completing comes by itself
UNDER_WAY = ORDER_STATES[:4]


@command(5)
async def place(players: Players, chance: Random) -> httpx.Response | None:
    """Staff take an order: at a table, on a visit's bill, or for somebody at the counter."""
    if len(players.orders(*UNDER_WAY)) >= PLENTY:
        return None
    body: Json = {"items": await players.items(chance)}
    body |= maybe(chance, priority=True, notes="birthday", customerName=players.name(chance))
    table = pick(chance, players.tables("available", "occupied"), players.tables())
    visit = pick(chance, players.visits("active"))
    match chance.randrange(4):
        case 0 | 1 if table is not None:
            body |= {"type": "dine_in", "tableId": table["id"]}
        case 2 if visit is not None:
            body |= {"type": chance.choice(["dine_in", "takeout", "takeout"]), "sessionId": visit["id"]}
        case _:
            body |= {"type": chance.choice(["takeout", "delivery"])}
    return players.kept(await players.evening.waiter.post("/api/orders", json=body))


@command(7, after=("join", "approve"))
async def place_as_guest(players: Players, chance: Random) -> httpx.Response | None:
    taking_part = players.phones_of("in")
    found = pick(chance, taking_part[:2], taking_part, [(phone, {}) for phone in players.phones])
    if found is None or len(players.orders(*UNDER_WAY)) >= PLENTY:
        return None
    body = {"items": await players.items(chance), **maybe(chance, notes="we are in a hurry")}
    return players.kept(await found[0].post("/api/guest/orders", json=body))


@command(2, after=("join", "approve", "place_as_guest"))
async def cancel_as_guest(players: Players, chance: Random) -> httpx.Response | None:
    pending = {order["sessionId"]: order for order in players.orders("pending")}
    own = [
        (phone, pending[visit["id"]]) for phone, visit in players.phones_of("in") if visit["id"] in pending
    ]
    anything = [(phone, order) for phone in players.phones for order in players.past_orders]
    found = pick(chance, own, anything)
    return found and await found[0].post(f"/api/guest/orders/{found[1]['id']}/cancel")


@command(3, after=("place",))
async def add_lines(players: Players, chance: Random) -> httpx.Response | None:
    open_ = players.orders(*COURSE)
    order = pick(chance, [each for each in open_ if each["sessionId"]], open_, players.past_orders)
    if order is None:
        return None
    body = {"items": await players.items(chance, most=2)}
    return await players.evening.waiter.post(f"/api/orders/{order['id']}/items", json=body)


@command(8)
async def step_order(players: Players, chance: Random) -> httpx.Response | None:
    """One step on, or back, from where an order is: what screens do."""
    order = pick(chance, players.orders(*COURSE))
    if order is None:
        return None
    place = COURSE.index(order["status"]) + chance.choice([1, 1, 1, -1])
    body = {"status": COURSE[max(0, min(place, len(COURSE) - 1))], "from": order["status"]}
    return await players.evening.kitchen.patch(f"/api/orders/{order['id']}/status", json=body)


@command(3)
async def set_order_status(players: Players, chance: Random) -> httpx.Response | None:
    """Any state, whatever the caller saw, as a manager may."""
    order = pick(chance, players.orders(), players.past_orders)
    if order is None:
        return None
    body = {"status": chance.choice(ORDER_STATES), "force": chance.random() < 0.7}
    body |= maybe(chance, reason="changed their mind") | {"from": chance.choice([order["status"], None])}
    return await players.evening.manager.patch(f"/api/orders/{order['id']}/status", json=body)


@command(6)
async def set_line_status(players: Players, chance: Random) -> httpx.Response | None:
    order = pick(chance, players.orders("confirmed", "preparing", "ready"), players.past_orders)
    if order is None:
        return None
    line = chance.choice(order["items"])
    on = LINE_COURSE.index(line["status"]) + 1 if line["status"] in LINE_COURSE else 0
    to = LINE_COURSE[min(on, len(LINE_COURSE) - 1)] if chance.random() < 0.7 else chance.choice(LINE_STATES)
    body = {"status": to} | maybe(chance, from_=line["status"])
    url = f"/api/orders/{order['id']}/items/{line['id']}/status"
    return await players.evening.kitchen.patch(
        url, json={name.rstrip("_"): value for name, value in body.items()}
    )


@command(2)
async def cancel_line(players: Players, chance: Random) -> httpx.Response | None:
    order = pick(chance, players.orders(), players.past_orders)
    if order is None:
        return None
    url = f"/api/orders/{order['id']}/items/{chance.choice(order['items'])['id']}/cancel"
    return await players.evening.waiter.post(url, json=maybe(chance, reason="burnt"))
