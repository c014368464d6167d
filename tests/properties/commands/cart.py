"""A party fills its cart, and orders what is in it."""

from __future__ import annotations

from random import Random

import httpx

from restai.ids import new_id
from tests.properties.players import Json, Players, command, pick
from tests.support.evening import Phone, ok


@command(3, after=("join", "approve"))
async def put_line(players: Players, chance: Random) -> httpx.Response | None:
    """Another line, or one that is there already."""
    found = pick(chance, players.guests(), players.strangers())
    if found is None:
        return None
    phone, _ = found
    line = pick(chance, await _lines(phone)) if chance.random() < 0.4 else None
    (body,) = await players.items(chance, most=1)
    return await phone.put(f"/api/guest/cart/lines/{line['id'] if line else new_id()}", json=body)


@command(1, after=("approve", "put_line"))
async def take_line_out(players: Players, chance: Random) -> httpx.Response | None:
    found = pick(chance, players.guests(), players.strangers())
    line = found and pick(chance, await _lines(found[0]))
    return found and line and await found[0].take_out(line["id"])


@command(2, after=("approve", "put_line"))
async def order_cart(players: Players, chance: Random) -> httpx.Response | None:
    found = pick(chance, players.guests(), players.strangers())
    return found and players.kept(await found[0].order_cart())


async def _lines(phone: Phone) -> list[Json]:
    """What is in the party's cart, if one may see it."""
    answer = await phone.get("/api/guest/snapshot")
    return ok(answer)["cart"]["lines"] if answer.is_success else []
