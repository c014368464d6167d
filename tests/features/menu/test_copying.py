"""A new branch may begin with the menu of another one."""

from __future__ import annotations

from typing import Any

import httpx

from restai.ids import new_id
from tests.support.carte import Carte
from tests.support.house import House

Json = dict[str, Any]

IDS = {"id", "rev"}


async def opens(house: House, **more: Any) -> httpx.Response:
    body = {"name": "Casa Lola Sur", "copyMenuFrom": house.branch_id, **more}
    return await house.as_(house.admin).post("/api/branches", json=body)


async def menu_of(house: House, branch_id: str) -> Json:
    answer = await house.as_(house.admin).get("/api/menu", params={"branchId": branch_id})
    assert answer.status_code == 200, answer.text
    return answer.json()


def without_ids(part: Any) -> Any:
    """A menu without what is each branch's own."""
    if isinstance(part, list):
        return [without_ids(each) for each in part]
    if isinstance(part, dict):
        return {name: without_ids(value) for name, value in part.items() if name not in IDS}
    return part


async def furnished(house: House) -> Json:
    """A carte with everything that can be on one, and something that was taken off."""
    carte = Carte(house)
    side = await carte.group("Side", "Rice", "Yuca")
    await carte.group("Size", "Large")
    grill, drinks = await carte.category("Grill"), await carte.category("Drinks")
    lomo = await carte.item(grill, "Lomo", modifierGroupIds=[side["id"]], allergens=["soy"], tags=["hot"])
    await carte.item(grill, "Papas", price=1_550)
    gone = await carte.item(drinks, "Gone")
    await carte.item(drinks, "Agua", station="none")
    await house.as_(house.manager).delete(f"/api/menu/items/{gone['id']}")
    menu = await carte.read()
    await carte.sold_out(lomo["id"])
    return menu


async def test_all_of_it_and_everything_available(house: House) -> None:
    there = await furnished(house)
    before = (await Carte(house).read())["version"]
    answer = await opens(house)
    assert answer.status_code == 201, answer.text
    branch = answer.json()
    here = await menu_of(house, branch["id"])
    assert without_ids(here["categories"]) == without_ids(there["categories"])
    ids = [item["id"] for each in (here, there) for part in each["categories"] for item in part["items"]]
    assert len(set(ids)) == 6, "they are dishes of its own"
    groups = (await house.as_(house.admin).get(f"/api/menu/modifier-groups?branchId={branch['id']}")).json()
    assert [group["name"] for group in groups["items"]] == ["Side", "Size"]
    assert (here["version"], (await Carte(house).read())["version"]) == (1, before)


async def test_neither_menu_knows_of_the_other_then(house: House) -> None:
    await furnished(house)
    branch = (await opens(house)).json()["id"]
    before = await Carte(house).read()
    lomo = (await menu_of(house, branch))["categories"][0]["items"][0]
    group = lomo["modifierGroups"][0]
    admin = house.as_(house.admin)
    assert (await admin.patch(f"/api/menu/items/{lomo['id']}", json={"price": 1})).status_code == 200
    renamed = await admin.patch(f"/api/menu/modifier-groups/{group['id']}", json={"name": "With"})
    assert renamed.status_code == 200
    order = {"branchId": branch, "type": "takeout", "items": [{"menuItemId": lomo["id"], "quantity": 1}]}
    side = [group["modifiers"][0]["id"]] if group["min"] else []
    order["items"][0]["modifierIds"] = side  # type: ignore[index]
    assert (await admin.post("/api/orders", json=order)).status_code == 201
    assert await Carte(house).read() == before


async def test_stations_and_what_prices_mean_come_along(house: House) -> None:
    await house.as_(house.manager).patch(
        f"/api/branches/{house.branch_id}",
        json={
            "stations": ["kitchen", "grill"],
            "taxRate": 1_000,
            "currency": "EUR",
            "timeZone": "Europe/Madrid",
        },
    )
    await furnished(house)
    branch = (await opens(house, taxRate=500)).json()
    assert (branch["stations"], branch["taxRate"], branch["currency"]) == (["kitchen", "grill"], 500, "EUR")
    assert branch["dayStartsAt"] == 240


async def test_what_the_dishes_could_not_do_with(house: House) -> None:
    await furnished(house)
    before = (await house.as_(house.admin).get("/api/branches")).json()
    for more in ({"stations": ["bar"]}, {"currency": "EUR"}):
        answer = await opens(house, **more)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await house.as_(house.admin).get("/api/branches")).json() == before


async def test_of_another_house_or_of_nothing_there_is_no_copy(house: House, rival: House) -> None:
    for source in (rival.branch_id, new_id()):
        answer = await opens(house, copyMenuFrom=source)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
