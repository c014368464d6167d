"""Staff come and go."""

from __future__ import annotations

from random import Random

import httpx

from restai.ids import new_id
from tests.properties.players import Players, any_of, command, maybe, pick
from tests.support.house import PASSWORD

ROLES = ("waiter", "kitchen", "cashier")


@command(1)
async def hire(players: Players, chance: Random) -> httpx.Response:
    body = {
        "name": players.name(chance),
        "email": f"{new_id()}@restai.example",
        "password": PASSWORD,
        "role": chance.choice(ROLES),
    }
    answer = await players.evening.manager.post("/api/staff", json=body)
    if answer.status_code == httpx.codes.CREATED:
        players.hired.append(answer.json())
    return answer


@command(1, after=("hire",))
async def change_staff(players: Players, chance: Random) -> httpx.Response | None:
    person = pick(chance, players.hired)
    if person is None:
        return None
    patch = any_of(chance, name=players.name(chance), role=chance.choice(ROLES), active=chance.random() < 0.5)
    return await players.evening.manager.patch(f"/api/staff/{person['id']}", json=patch)


@command(1, after=("hire",))
async def set_password(players: Players, chance: Random) -> httpx.Response | None:
    person = pick(chance, players.hired)
    if person is None:
        return None
    body = {"password": f"{PASSWORD} {chance.randint(1, 9)}"} | maybe(chance, currentPassword=PASSWORD)
    return await players.evening.manager.post(f"/api/staff/{person['id']}/password", json=body)
