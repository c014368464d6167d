"""A party calls for the waiter or the bill, and one of the staff goes."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import Players, command, pick


@command(2, after=("join", "approve"))
async def ask(players: Players, chance: Random) -> httpx.Response | None:
    found = pick(chance, players.guests(), players.strangers())
    return found and await found[0].ask(chance.choice(["waiter", "bill"]))


@command(1, after=("ask",))
async def acknowledge(players: Players, chance: Random) -> httpx.Response | None:
    request = pick(chance, players.requests("pending"), players.requests())
    return request and await players.evening.waiter.post(f"/api/requests/{request['id']}/acknowledge")


@command(1, after=("ask",))
async def resolve(players: Players, chance: Random) -> httpx.Response | None:
    request = pick(chance, players.requests("acknowledged"), players.requests())
    return request and await players.evening.waiter.post(f"/api/requests/{request['id']}/resolve")


@command(1, after=("ask",))
async def take_back(players: Players, chance: Random) -> httpx.Response | None:
    own = {visit["id"]: phone for phone, visit in players.guests()}
    asked = [(own[each["sessionId"]], each) for each in players.requests() if each["sessionId"] in own]
    anything = [(phone, each) for phone, _ in players.strangers() for each in players.requests()]
    found = pick(chance, asked, anything)
    return found and await found[0].delete(f"/api/guest/requests/{found[1]['id']}")
