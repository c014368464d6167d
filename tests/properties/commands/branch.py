"""The branch is set up: its settings, its spaces, its tables."""

from __future__ import annotations

from random import Random

import httpx

from tests.properties.players import PLENTY, Players, any_of, command, maybe, pick

STATES = ("available", "reserved", "maintenance")


@command(3)
async def change_branch(players: Players, chance: Random) -> httpx.Response:
    now = players.branch["branch"]
    patch = any_of(
        chance,
        name=players.name(chance),
        currency=_another(chance, now["currency"], "PEN", "EUR", "CLP"),
        taxRate=_another(chance, now["taxRate"], 0, 1_000, 1_800),
        pricesIncludeTax=not now["pricesIncludeTax"],
        autoConfirm=not now["autoConfirm"] and chance.random() < 0.4,
        autoApprove=not now["autoApprove"] and chance.random() < 0.6,
        timeZone=_another(chance, now["timeZone"], "America/Lima", "Europe/Madrid"),
        dayStartsAt=_another(chance, now["dayStartsAt"], 0, 240, 360),
        stations=["kitchen", *chance.sample(["bar", "grill"], chance.randint(0, 2))],
    )
    return await players.evening.manager.patch(f"/api/branches/{now['id']}", json=patch)


@command(1)
async def open_branch(players: Players, chance: Random) -> httpx.Response:
    """Another branch, of which nothing may be heard in this one."""
    house = players.evening.house
    body = {"name": players.name(chance), **maybe(chance, copyMenuFrom=house.branch_id)}
    return await house.as_(house.admin).post("/api/branches", json=body)


# ---- spaces


@command(2)
async def add_space(players: Players, chance: Random) -> httpx.Response:
    body = {"name": players.name(chance), **maybe(chance, position=0)}
    return await players.evening.manager.post("/api/spaces", json=body)


@command(1)
async def change_space(players: Players, chance: Random) -> httpx.Response | None:
    space = pick(chance, players.branch["branch"]["spaces"])
    if space is None:
        return None
    patch = any_of(chance, name=players.name(chance), position=chance.randint(0, 3))
    return await players.evening.manager.patch(f"/api/spaces/{space['id']}", json=patch)


@command(1, after=("add_space",))
async def remove_space(players: Players, chance: Random) -> httpx.Response | None:
    space = pick(chance, players.branch["branch"]["spaces"])
    return space and await players.evening.manager.delete(f"/api/spaces/{space['id']}")


# ---- tables


@command(2)
async def add_table(players: Players, chance: Random) -> httpx.Response | None:
    if len(players.tables()) >= PLENTY:
        return None
    body = {"number": players.name(chance)[-12:], **_table(players, chance)}
    return await players.evening.manager.post("/api/tables", json=body)


@command(2)
async def change_table(players: Players, chance: Random) -> httpx.Response | None:
    table = pick(chance, players.tables("occupied"), players.tables())
    if table is None:
        return None
    patch = _table(players, chance) | maybe(chance, number=players.name(chance)[-12:])
    return await players.evening.manager.patch(f"/api/tables/{table['id']}", json=patch)


@command(1, after=("add_table",))
async def archive_table(players: Players, chance: Random) -> httpx.Response | None:
    table = pick(chance, players.tables(*STATES), players.tables())
    return table and await players.evening.manager.delete(f"/api/tables/{table['id']}")


@command(2)
async def set_table_status(players: Players, chance: Random) -> httpx.Response | None:
    table = pick(chance, players.tables(*STATES), players.tables())
    if table is None:
        return None
    body = {"status": chance.choice(["available", *STATES]), "from": chance.choice([table["status"], None])}
    return await players.evening.manager.patch(f"/api/tables/{table['id']}/status", json=body)


def _table(players: Players, chance: Random) -> dict[str, object]:
    space = pick(chance, players.branch["branch"]["spaces"])
    position = {
        "x": chance.randint(0, 500),
        "y": chance.randint(0, 500),
        "width": chance.randint(50, 200),
        "height": chance.randint(50, 200),
        "rotation": chance.randint(0, 359),
        "shape": chance.choice(["square", "round"]),
    }
    return maybe(chance, spaceId=space and space["id"], capacity=chance.randint(1, 10), position=position)


def _another(chance: Random, now: object, *values: object) -> object:
    return chance.choice([value for value in values if value != now])
