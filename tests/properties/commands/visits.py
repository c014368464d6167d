"""Parties come, are let in or turned away, and take part."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import Players, command, maybe, pick
from tests.support.evening import Phone
from tests.support.house import Caller


@command(6)
async def join(players: Players, chance: Random) -> httpx.Response | None:
    asked_for = {visit["tableId"] for visit in players.visits("pending")}
    free = [table for table in players.tables("available") if table["id"] not in asked_for]
    taken = players.tables("occupied")
    table = pick(chance, *([free, taken] if chance.random() < 0.6 else [taken, free]), players.tables())
    if table is None:
        return None
    url = f"/api/guest/tables/{table['code']}/join"
    answer = await players.evening.nobody.post(url, json={"name": players.name(chance)})
    if answer.status_code == httpx.codes.CREATED:
        players.phones.append(Phone(players.evening.house.client, players.evening, answer.json()))
    return answer


@command(1, after=("end",))
async def seat(players: Players, chance: Random) -> httpx.Response | None:
    table = pick(chance, players.tables("available"), players.tables())
    return table and await players.evening.waiter.post("/api/sessions", json={"tableId": table["id"]})


@command(6, after=("join",))
async def approve(players: Players, chance: Random) -> httpx.Response | None:
    visit = pick(chance, players.visits("pending"), players.visits())
    return visit and await players.evening.waiter.post(f"/api/sessions/{visit['id']}/approve")


@command(1, after=("join", "end", "change_branch"))
async def reject(players: Players, chance: Random) -> httpx.Response | None:
    visit = pick(chance, players.visits("pending"), players.visits())
    if visit is None:
        return None
    body = maybe(chance, reason="we are full")
    return await players.evening.waiter.post(f"/api/sessions/{visit['id']}/reject", json=body)


@command(3)
async def admit(players: Players, chance: Random) -> httpx.Response | None:
    return await _guest(players, chance, "admit", "waiting")


@command(3, after=("approve", "join"))
async def admit_as_guest(players: Players, chance: Random) -> httpx.Response | None:
    """Somebody lets another phone into his visit."""
    waiting = players.phones_of("waiting")
    pairs = [(host, phone) for host, at in players.phones_of("in") for phone, to in waiting if at is to]
    found = pick(chance, pairs, [(phone, phone) for phone in players.phones])
    return found and await players.evening.admits(*found)


@command(1)
async def remove(players: Players, chance: Random) -> httpx.Response | None:
    return await _guest(players, chance, "remove", chance.choice(["waiting", "in"]))


async def _guest(players: Players, chance: Random, what: str, state: str) -> httpx.Response | None:
    found = pick(chance, players.phones_of(state), players.phones_of("waiting", "in", "out"))
    if found is None:
        return None
    phone, visit = found
    waiter: Caller = players.evening.waiter
    return await waiter.post(f"/api/sessions/{visit['id']}/guests/{phone.id}/{what}")
