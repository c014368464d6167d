"""Visits with their tables and orders."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import Json, Players, command, pick


@command(3, after=("join", "approve"))
async def move(players: Players, chance: Random) -> httpx.Response | None:
    visit = pick(chance, _followed(players), players.visits("active"), players.visits())
    table = pick(chance, players.tables("available", "reserved"), players.tables())
    if visit is None or table is None:
        return None
    body = {"tableId": table["id"]}
    return await players.evening.waiter.post(f"/api/sessions/{visit['id']}/move", json=body)


@command(2, after=("seat", "join", "approve"))
async def merge(players: Players, chance: Random) -> httpx.Response | None:
    """A party joins another, and leaves its table or not."""
    visit = pick(chance, players.visits("active"), players.visits())
    into = pick(chance, [each for each in _followed(players) if each is not visit], players.visits())
    if visit is None or into is None:
        return None
    body = {"into": into["id"], "keepTable": chance.random() < 0.5}
    return await players.evening.waiter.post(f"/api/sessions/{visit['id']}/merge", json=body)


@command(1, after=("merge",))
async def free(players: Players, chance: Random) -> httpx.Response | None:
    """A table, best one that a party has beside its own."""
    own = {visit["tableId"] for visit in players.visits()}
    occupied = players.tables("occupied")
    table = pick(chance, [each for each in occupied if each["id"] not in own], occupied, players.tables())
    if table is None:
        return None
    body = {"force": chance.random() < 0.8}
    return await players.evening.manager.post(f"/api/tables/{table['id']}/free", json=body)


def _followed(players: Players) -> list[Json]:
    """The visits of which a phone hears."""
    return [visit for _, visit in players.guests()]


@command(2)
async def end(players: Players, chance: Random) -> httpx.Response | None:
    visit = pick(chance, players.visits("active"), players.visits())
    if visit is None:
        return None
    body = {"force": chance.random() < 0.8}
    return await players.evening.manager.post(f"/api/sessions/{visit['id']}/end", json=body)
