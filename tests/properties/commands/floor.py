"""Visits with their tables and orders."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import Players, command, pick


@command(2)
async def end(players: Players, chance: Random) -> httpx.Response | None:
    visit = pick(chance, players.visits("active"), players.visits())
    if visit is None:
        return None
    body = {"force": chance.random() < 0.8}
    return await players.evening.manager.post(f"/api/sessions/{visit['id']}/end", json=body)
