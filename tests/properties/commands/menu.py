"""The menu is written, and dishes run out."""

from __future__ import annotations

import io
from random import Random

import httpx
from PIL import Image

from tests.properties.players import PLENTY, Json, Players, any_of, command, maybe, pick

ALLERGENS = ("fish", "gluten", "milk", "soy")


@command(2)
async def set_item_availability(players: Players, chance: Random) -> httpx.Response | None:
    dish = pick(chance, *_sold_out_first(await players.dishes()))
    if dish is None:
        return None
    body = {"isAvailable": not dish["isAvailable"]}
    return await players.evening.kitchen.post(f"/api/menu/items/{dish['id']}/availability", json=body)


@command(1)
async def set_modifier_availability(players: Players, chance: Random) -> httpx.Response | None:
    modifiers = [modifier for group in await players.groups() for modifier in group["modifiers"]]
    modifier = pick(chance, *_sold_out_first(modifiers))
    if modifier is None:
        return None
    url = f"/api/menu/modifiers/{modifier['id']}/availability"
    return await players.evening.kitchen.post(url, json={"isAvailable": not modifier["isAvailable"]})


def _sold_out_first(things: list[Json]) -> tuple[list[Json], list[Json]]:
    """There should be something to eat."""
    return [each for each in things if not each["isAvailable"]], things


# ---- categories


@command(1)
async def add_category(players: Players, chance: Random) -> httpx.Response:
    body = {"name": players.name(chance), **maybe(chance, position=0)}
    return await players.evening.manager.post("/api/menu/categories", json=body)


@command(1)
async def change_category(players: Players, chance: Random) -> httpx.Response | None:
    category = pick(chance, await players.menu())
    if category is None:
        return None
    patch = any_of(chance, name=players.name(chance), position=chance.randint(0, 3))
    return await players.evening.manager.patch(f"/api/menu/categories/{category['id']}", json=patch)


@command(1, after=("add_category",))
async def remove_category(players: Players, chance: Random) -> httpx.Response | None:
    menu = await players.menu()
    category = pick(chance, [each for each in menu if not each["items"]], menu)
    return category and await players.evening.manager.delete(f"/api/menu/categories/{category['id']}")


# ---- items


@command(2)
async def add_item(players: Players, chance: Random) -> httpx.Response | None:
    category = pick(chance, await players.menu())
    if category is None or len(await players.dishes()) >= PLENTY:
        return None
    body = {"categoryId": category["id"], "name": players.name(chance), "price": 1_290, "station": "kitchen"}
    return await players.evening.manager.post("/api/menu/items", json=body | await _item(players, chance))


@command(2)
async def change_item(players: Players, chance: Random) -> httpx.Response | None:
    dish = pick(chance, await players.dishes())
    if dish is None:
        return None
    patch = await _item(players, chance) | maybe(chance, name=players.name(chance))
    return await players.evening.manager.patch(f"/api/menu/items/{dish['id']}", json=patch)


@command(1, after=("add_item",))
async def archive_item(players: Players, chance: Random) -> httpx.Response | None:
    dishes = await players.dishes()
    if len(dishes) < PLENTY // 2:
        return None
    return await players.evening.manager.delete(f"/api/menu/items/{chance.choice(dishes)['id']}")


async def _item(players: Players, chance: Random) -> Json:
    groups = await players.groups()
    chosen = chance.sample(groups, min(len(groups), chance.choice([1, 1, 2])))
    return maybe(
        chance,
        price=chance.randint(0, 9_000),
        station=chance.choice([*players.branch["branch"]["stations"], "none"]),
        description="with lime",
        allergens=chance.sample(ALLERGENS, chance.randint(0, 2)),
        tags=["new"],
        prepMinutes=chance.randint(1, 30),
    ) | {"modifierGroupIds": [group["id"] for group in chosen]}


# ---- modifier groups


@command(1)
async def add_group(players: Players, chance: Random) -> httpx.Response | None:
    if len(await players.groups()) >= PLENTY:
        return None
    modifiers = [{"name": players.name(chance), "price": price} for price in (0, chance.randint(1, 900))]
    body = {"name": players.name(chance), "modifiers": modifiers, **maybe(chance, min=1)}
    return await players.evening.manager.post("/api/menu/modifier-groups", json=body)


@command(1)
async def change_group(players: Players, chance: Random) -> httpx.Response | None:
    group = pick(chance, await players.groups())
    if group is None:
        return None
    patch = any_of(chance, name=players.name(chance), max=2, min=chance.randint(0, 1))
    return await players.evening.manager.patch(f"/api/menu/modifier-groups/{group['id']}", json=patch)


@command(1, after=("add_group",))
async def remove_group(players: Players, chance: Random) -> httpx.Response | None:
    groups = await players.groups()
    group = pick(chance, groups) if len(groups) > 2 else None  # something is left to choose
    return group and await players.evening.manager.delete(f"/api/menu/modifier-groups/{group['id']}")


# ---- pictures


@command(1)
async def show_a_picture(players: Players, chance: Random) -> httpx.Response | None:
    dish = pick(chance, await players.dishes())
    if dish is None:
        return None
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), (chance.randrange(256), 0, 0)).save(drawn, "PNG")
    files = {"file": ("dish.png", drawn.getvalue(), "image/png")}
    kept = await players.evening.manager.post("/api/menu/images", files=files)
    if kept.is_success:
        patch = {"imageUrl": kept.json()["url"]}
        await players.evening.manager.patch(f"/api/menu/items/{dish['id']}", json=patch)
    return kept
