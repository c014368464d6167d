"""Every dish has a station that cooks it, whatever becomes of the branch's stations."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.carte import Carte
from tests.support.evening import ok, refused


@pytest.fixture
async def bar(carte: Carte) -> str:
    """A category, at a branch with two stations."""
    ok(await stations(carte, "kitchen", "bar"))
    return await carte.category("Bar")


async def stations(carte: Carte, *names: str, **more: Any) -> httpx.Response:
    body = {"stations": list(names), **more}
    return await carte.manager.patch(f"/api/branches/{carte.house.branch_id}", json=body)


async def test_one_that_cooks_nothing_may_go(carte: Carte, bar: str) -> None:
    await carte.item(bar, "Lomo")
    await carte.item(bar, "Agua", station="none")
    before = await carte.read()
    assert ok(await stations(carte, "kitchen"))["stations"] == ["kitchen"]
    assert await carte.read() == before, "the menu is as it was, and no newer"


async def test_one_that_dishes_are_cooked_at_stays(carte: Carte, bar: str) -> None:
    chilcano = await carte.item(bar, "Chilcano", station="bar")
    carte.house.forget()
    problem = refused(await stations(carte, "kitchen", "grill", taxRate=0), 409, "not_empty")
    assert problem["detail"] == "The station bar still has items"
    branch = ok(await carte.manager.get(f"/api/branches/{carte.house.branch_id}"))
    assert (branch["stations"], branch["taxRate"]) == (["kitchen", "bar"], 1_800)
    assert carte.house.events() == []
    ok(await carte.manager.patch(f"/api/menu/items/{chilcano['id']}", json={"station": "kitchen"}))
    ok(await stations(carte, "kitchen", "grill"))


async def test_one_whose_dishes_were_archived_may_go(carte: Carte, bar: str) -> None:
    chilcano = await carte.item(bar, "Chilcano", station="bar")
    ok(await carte.manager.delete(f"/api/menu/items/{chilcano['id']}"))
    ok(await stations(carte, "kitchen"))


async def test_stations_may_be_put_in_another_order(carte: Carte, bar: str) -> None:
    await carte.item(bar, "Chilcano", station="bar")
    assert ok(await stations(carte, "bar", "grill", "kitchen"))["stations"] == ["bar", "grill", "kitchen"]


async def test_a_dish_that_is_added_as_its_station_goes_has_one_or_is_refused(carte: Carte, bar: str) -> None:
    for n in range(6):
        ok(await stations(carte, "kitchen", "bar", f"s{n}"))
        body = {"categoryId": bar, "name": f"Plato {n}", "price": 100, "station": f"s{n}"}
        added, gone = await asyncio.gather(
            carte.manager.post("/api/menu/items", json=body), stations(carte, "kitchen", "bar")
        )
        if added.status_code == 201:
            refused(gone, 409, "not_empty")
            ok(await carte.manager.delete(f"/api/menu/items/{added.json()['id']}"))
        else:
            refused(added, 422, "invalid")
            ok(gone)
