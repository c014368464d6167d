"""The menu over the API: reading, editing, and what cannot be accepted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from restai.features.menu import service
from restai.features.menu.schemas import GroupPatch, ModifierDraft
from restai.http.deps import Context
from restai.ids import new_id
from tests.support.carte import Carte
from tests.support.house import House


async def test_a_menu_nobody_wrote_is_empty(carte: Carte) -> None:
    assert await carte.read() == {"version": 0, "categories": []}


async def test_the_menu_reads_whole(carte: Carte) -> None:
    category = await carte.category("Fondos")
    point = await carte.group("Término", "Jugoso", "Bien cocido", min=1)
    item = await carte.item(
        category,
        "Lomo saltado",
        description="Strips of beef from the wok",
        price=4_200,
        allergens=["soy", "gluten"],
        tags=["signature"],
        imageUrl="https://example.com/lomo.webp",
        prepMinutes=15,
        modifierGroupIds=[point["id"]],
    )
    assert await carte.read() == {
        "version": 3,
        "categories": [
            {
                "id": category,
                "name": "Fondos",
                "items": [
                    {
                        "id": item["id"],
                        "rev": 1,
                        "name": "Lomo saltado",
                        "description": "Strips of beef from the wok",
                        "price": 4_200,
                        "isAvailable": True,
                        "station": "kitchen",
                        "allergens": ["soy", "gluten"],
                        "tags": ["signature"],
                        "imageUrl": "https://example.com/lomo.webp",
                        "prepMinutes": 15,
                        "modifierGroups": [
                            {
                                "id": point["id"],
                                "name": "Término",
                                "min": 1,
                                "max": 1,
                                "modifiers": [
                                    {
                                        "id": point["modifiers"][0]["id"],
                                        "name": "Jugoso",
                                        "price": 0,
                                        "isAvailable": True,
                                    },
                                    {
                                        "id": point["modifiers"][1]["id"],
                                        "name": "Bien cocido",
                                        "price": 0,
                                        "isAvailable": True,
                                    },
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
    }


# ---- order


async def test_things_stand_in_the_order_they_were_put(carte: Carte) -> None:
    grill = await carte.category("Grill")
    await carte.category("Bar")
    await carte.category("Starters", position=0)
    for name in ("Anticuchos", "Bife"):
        await carte.item(grill, name)
    await carte.item(grill, "Chuleta", position=1)
    assert await carte.names() == {"Starters": [], "Grill": ["Anticuchos", "Chuleta", "Bife"], "Bar": []}


async def test_a_category_moves(carte: Carte) -> None:
    ids = [await carte.category(name) for name in ("A", "B", "C")]
    await carte.manager.patch(f"/api/menu/categories/{ids[2]}", json={"position": 0})
    assert list(await carte.names()) == ["C", "A", "B"]
    await carte.manager.patch(f"/api/menu/categories/{ids[2]}", json={"position": 900})
    assert list(await carte.names()) == ["A", "B", "C"]


async def test_an_item_moves_within_its_category_and_to_another(carte: Carte) -> None:
    grill, bar = await carte.category("Grill"), await carte.category("Bar")
    items = {name: (await carte.item(grill, name))["id"] for name in ("A", "B", "C")}
    await carte.item(bar, "Chilcano")
    await carte.manager.patch(f"/api/menu/items/{items['C']}", json={"position": 1})
    assert await carte.names() == {"Grill": ["A", "C", "B"], "Bar": ["Chilcano"]}
    await carte.manager.patch(f"/api/menu/items/{items['A']}", json={"categoryId": bar})
    assert await carte.names() == {"Grill": ["C", "B"], "Bar": ["Chilcano", "A"]}
    await carte.manager.patch(f"/api/menu/items/{items['B']}", json={"categoryId": bar, "position": 0})
    assert await carte.names() == {"Grill": ["C"], "Bar": ["B", "Chilcano", "A"]}


async def test_an_items_groups_stand_in_the_order_named(carte: Carte) -> None:
    point, sides = await carte.group("Point", "Rare"), await carte.group("Sides", "Rice")
    item = await carte.item(await carte.category(), modifierGroupIds=[sides["id"], point["id"]])
    assert [group["name"] for group in item["modifierGroups"]] == ["Sides", "Point"]
    answer = await carte.manager.patch(
        f"/api/menu/items/{item['id']}", json={"modifierGroupIds": [point["id"], sides["id"]]}
    )
    assert [group["name"] for group in answer.json()["modifierGroups"]] == ["Point", "Sides"]


# ---- edits


async def test_an_edit_raises_the_items_rev_and_the_menus_version_and_tells(carte: Carte) -> None:
    item = await carte.item(await carte.category())
    answer = await carte.manager.patch(
        f"/api/menu/items/{item['id']}", json={"price": 4_500, "name": " Lomo fino "}
    )
    assert answer.json() == item | {"rev": 2, "price": 4_500, "name": "Lomo fino"}
    assert (await carte.read())["version"] == 3
    assert carte.versions() == [1, 2, 3]


async def test_what_is_left_out_stays_and_an_image_can_be_taken_away(carte: Carte) -> None:
    item = await carte.item(await carte.category(), imageUrl="/images/lomo", tags=["signature"])
    url = f"/api/menu/items/{item['id']}"
    unchanged = await carte.manager.patch(url, json={"tags": None, "price": None})
    assert unchanged.json() == item
    assert (await carte.manager.patch(url, json={"imageUrl": None})).json()["imageUrl"] is None


async def test_an_edit_that_changes_nothing_is_silent(carte: Carte) -> None:
    category = await carte.category("Grill")
    group = await carte.group("Sides", "Rice")
    item = await carte.item(category, modifierGroupIds=[group["id"]])
    before = await carte.read()
    for url, same in (
        (f"categories/{category}", {"name": "Grill", "position": 0}),
        (f"modifier-groups/{group['id']}", {"name": "Sides", "min": 0, "modifiers": group["modifiers"]}),
        (f"items/{item['id']}", {"price": 4_200, "categoryId": category, "modifierGroupIds": [group["id"]]}),
    ):
        body = _without_availability(same)
        assert (await carte.manager.patch(f"/api/menu/{url}", json=body)).status_code == 200
    assert await carte.read() == before
    assert carte.versions() == [1, 2, 3]


async def test_the_same_category_named_again_moves_nothing(carte: Carte) -> None:
    category = await carte.category("Grill")
    first = await carte.item(category, "A")
    await carte.item(category, "B")
    await carte.manager.patch(f"/api/menu/items/{first['id']}", json={"categoryId": category, "price": 1})
    assert await carte.names() == {"Grill": ["A", "B"]}


async def test_an_archived_item_is_gone(carte: Carte) -> None:
    item = await carte.item(await carte.category("Grill"))
    url = f"/api/menu/items/{item['id']}"
    assert (await carte.manager.delete(url)).status_code == 200
    assert await carte.names() == {"Grill": []}
    for answer in (
        await carte.manager.get(url),
        await carte.manager.delete(url),
        await carte.manager.patch(url, json={"price": 1}),
        await carte.manager.post(f"{url}/availability", json={"isAvailable": False}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert carte.versions() == [1, 2, 3]


async def test_a_category_goes_only_when_it_is_empty(carte: Carte) -> None:
    category = await carte.category("Grill")
    item = await carte.item(category)
    refused = await carte.manager.delete(f"/api/menu/categories/{category}")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_empty")
    await carte.manager.delete(f"/api/menu/items/{item['id']}")
    assert (await carte.manager.delete(f"/api/menu/categories/{category}")).status_code == 200
    assert await carte.names() == {}
    assert (await carte.manager.get(f"/api/menu/categories/{category}")).status_code == 404


async def test_a_groups_list_is_replaced_and_who_stays_keeps_its_availability(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice", "Fries", "Salad")
    rice, fries, _ = group["modifiers"]
    await carte.manager.post(f"/api/menu/modifiers/{fries['id']}/availability", json={"isAvailable": False})
    answer = await carte.manager.patch(
        f"/api/menu/modifier-groups/{group['id']}",
        json={
            "modifiers": [
                {"name": "Yuca", "price": 300},
                {"id": fries["id"], "name": "Papas fritas", "price": 500},
                {"id": rice["id"], "name": "Rice"},
            ]
        },
    )
    listed = answer.json()["modifiers"]
    assert [(each["name"], each["price"], each["isAvailable"]) for each in listed] == [
        ("Yuca", 300, True),
        ("Papas fritas", 500, False),
        ("Rice", 0, True),
    ]
    assert [each["id"] for each in listed[1:]] == [fries["id"], rice["id"]]


async def test_a_groups_change_is_a_change_of_every_item_that_offers_it(carte: Carte) -> None:
    category, group = await carte.category(), await carte.group("Sides", "Rice")
    offering = await carte.item(category, "Lomo", modifierGroupIds=[group["id"]])
    other = await carte.item(category, "Ceviche")
    await carte.manager.patch(f"/api/menu/modifier-groups/{group['id']}", json={"name": "Guarnición"})
    revs = {item["id"]: item["rev"] for item in (await carte.read())["categories"][0]["items"]}
    assert revs == {offering["id"]: 2, other["id"]: 1}


async def test_a_removed_group_leaves_its_items(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice")
    item = await carte.item(await carte.category(), modifierGroupIds=[group["id"]])
    assert (await carte.manager.delete(f"/api/menu/modifier-groups/{group['id']}")).status_code == 200
    read = await carte.manager.get(f"/api/menu/items/{item['id']}")
    assert (read.json()["modifierGroups"], read.json()["rev"]) == ([], 2)
    assert (await carte.manager.get("/api/menu/modifier-groups")).json()["items"] == []
    modifier = group["modifiers"][0]["id"]
    gone = await carte.manager.post(
        f"/api/menu/modifiers/{modifier}/availability", json={"isAvailable": False}
    )
    assert gone.status_code == 404


async def test_groups_are_listed_page_by_page(carte: Carte) -> None:
    made = [(await carte.group(name, "x"))["id"] for name in ("A", "B", "C")]
    first = (await carte.manager.get("/api/menu/modifier-groups?limit=2")).json()
    rest = (await carte.manager.get(f"/api/menu/modifier-groups?limit=2&cursor={first['nextCursor']}")).json()
    assert [group["id"] for group in first["items"] + rest["items"]] == made
    assert rest["nextCursor"] is None


async def test_what_a_location_names_can_be_read(carte: Carte) -> None:
    category, group = await carte.category(), await carte.group("Sides", "Rice")
    item = await carte.item(category)
    waiter = carte.house.as_(carte.house.waiter)
    assert (await waiter.get(f"/api/menu/categories/{category}")).json()["items"] == [item]
    assert (await waiter.get(f"/api/menu/modifier-groups/{group['id']}")).json() == group
    assert (await waiter.get(f"/api/menu/items/{item['id']}")).json() == item


# ---- availability


async def test_the_kitchen_marks_a_dish_as_sold_out(carte: Carte) -> None:
    item = await carte.item(await carte.category())
    assert await carte.sold_out(item["id"]) == item | {"rev": 2, "isAvailable": False}
    assert await carte.sold_out(item["id"], back=True) == item | {"rev": 3}
    assert (await carte.read())["version"] == 2, "availability is no new version of the menu"


async def test_sold_out_already_is_no_news(carte: Carte) -> None:
    item = await carte.item(await carte.category())
    first = await carte.sold_out(item["id"])
    assert await carte.sold_out(item["id"]) == first
    assert len(carte.house.events("menu:availability")) == 1


async def test_a_modifier_that_is_sold_out_is_a_new_version(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice", "Fries")
    item = await carte.item(await carte.category(), modifierGroupIds=[group["id"]])
    fries = group["modifiers"][1]
    kitchen = carte.house.as_(carte.house.kitchen)
    for _ in range(2):  # the second time it is so already
        answer = await kitchen.post(
            f"/api/menu/modifiers/{fries['id']}/availability", json={"isAvailable": False}
        )
        assert answer.json() == fries | {"isAvailable": False}
    read = (await kitchen.get(f"/api/menu/items/{item['id']}")).json()
    assert read["rev"] == 2
    assert [each["isAvailable"] for each in read["modifierGroups"][0]["modifiers"]] == [True, False]
    assert carte.versions() == [1, 2, 3, 4]


# ---- who may


EDITS = [
    ("POST", "/api/menu/categories", {"name": "X"}),
    ("PATCH", "/api/menu/categories/{category}", {"name": "X"}),
    ("DELETE", "/api/menu/categories/{category}", None),
    ("POST", "/api/menu/items", {"categoryId": "{category}", "name": "X", "price": 1, "station": "none"}),
    ("PATCH", "/api/menu/items/{item}", {"price": 1}),
    ("DELETE", "/api/menu/items/{item}", None),
    ("POST", "/api/menu/modifier-groups", {"name": "X", "modifiers": [{"name": "x"}]}),
    ("PATCH", "/api/menu/modifier-groups/{group}", {"name": "X"}),
    ("DELETE", "/api/menu/modifier-groups/{group}", None),
]
MARKS = [
    ("POST", "/api/menu/items/{item}/availability", {"isAvailable": False}),
    ("POST", "/api/menu/modifiers/{modifier}/availability", {"isAvailable": False}),
]
READS = [
    ("GET", "/api/menu/categories/{category}", None),
    ("GET", "/api/menu/items/{item}", None),
    ("GET", "/api/menu/modifier-groups/{group}", None),
]
Call = tuple[str, str, dict[str, Any] | None]


async def _small_menu(carte: Carte) -> dict[str, str]:
    category, group = await carte.category(), await carte.group("Sides", "Rice")
    item = await carte.item(category)
    modifier = group["modifiers"][0]
    return {"category": category, "item": item["id"], "group": group["id"], "modifier": modifier["id"]}


def _filled(call: Call, ids: dict[str, str]) -> tuple[str, str, dict[str, Any] | None]:
    method, url, body = call
    if body is not None:
        body = {k: v.format(**ids) if isinstance(v, str) else v for k, v in body.items()}
    return method, url.format(**ids), body


@pytest.mark.parametrize("role", ["waiter", "cashier", "kitchen"])
async def test_only_managers_edit(carte: Carte, role: str) -> None:
    ids = await _small_menu(carte)
    caller = carte.house.as_(getattr(carte.house, role))
    for call in EDITS:
        method, url, body = _filled(call, ids)
        answer = await caller.request(method, url, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), url
    assert carte.versions() == [1, 2, 3]


@pytest.mark.parametrize("role", ["waiter", "cashier"])
async def test_the_floor_marks_nothing_as_sold_out(carte: Carte, role: str) -> None:
    ids = await _small_menu(carte)
    for call in MARKS:
        method, url, body = _filled(call, ids)
        answer = await carte.house.as_(getattr(carte.house, role)).request(method, url, json=body)
        assert answer.status_code == 403, url


async def test_another_tenants_menu_does_not_exist(
    carte: Carte, context: Context, api: httpx.AsyncClient
) -> None:
    ids = await _small_menu(carte)
    stranger = await House.open(context, api, name="Casa Ajena")
    calls = [call for call in READS + EDITS + MARKS if "{" in call[1] or "categoryId" in (call[2] or {})]
    for call in calls:
        method, url, body = _filled(call, ids)
        answer = await stranger.as_(stranger.admin).request(method, url, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), url
    answer = await stranger.as_(stranger.admin).get(f"/api/menu?branchId={carte.house.branch_id}")
    assert answer.status_code == 404
    assert carte.versions() == [1, 2, 3]


async def test_another_branchs_menu_does_not_exist_for_who_is_not_of_it(carte: Carte) -> None:
    house = carte.house
    north = await house.open_branch()
    admin = house.as_(house.admin)
    category = (await admin.post("/api/menu/categories", json={"branchId": north, "name": "N"})).json()["id"]
    assert (await carte.manager.get(f"/api/menu/categories/{category}")).status_code == 404
    assert (await carte.manager.get(f"/api/menu?branchId={north}")).status_code == 404
    assert (await admin.get(f"/api/menu?branchId={north}")).json()["version"] == 1
    assert (await admin.get("/api/menu")).json()["code"] == "invalid", "one of two must be named"


async def test_what_stands_on_another_menu_cannot_be_put_on_this_one(carte: Carte) -> None:
    house = carte.house
    north = await house.open_branch()
    admin = house.as_(house.admin)
    category, group = await carte.category(), await carte.group("Sides", "Rice")
    answer = await admin.post(
        "/api/menu/items",
        json={"branchId": north, "categoryId": category, "name": "X", "price": 1, "station": "none"},
    )
    assert answer.status_code == 404
    there = (await admin.post("/api/menu/categories", json={"branchId": north, "name": "N"})).json()["id"]
    answer = await admin.post(
        "/api/menu/items",
        json={"branchId": north, "categoryId": there, "name": "X", "price": 1, "station": "none"}
        | {"modifierGroupIds": [group["id"]]},
    )
    assert answer.status_code == 404


# ---- what cannot be accepted


WRONG_FIELDS = [
    ("price", -1),
    ("price", 10**9 + 1),
    ("price", 10**30),
    ("price", 12.5),
    ("price", "4200"),
    ("price", True),
    ("price", None),
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 81),
    ("name", "a\x00b"),
    ("name", "\ud800"),
    ("description", "x" * 1_001),
    ("station", "sauna"),
    ("station", ""),
    ("allergens", ["moonlight"]),
    ("allergens", ["milk", "milk"]),
    ("tags", ["UPPER"]),
    ("tags", ["a", "a"]),
    ("tags", [f"t{n}" for n in range(21)]),
    ("imageUrl", "javascript:alert(1)"),
    ("imageUrl", "//elsewhere.example/x"),
    ("imageUrl", "https://x/" + "y" * 500),
    ("prepMinutes", -1),
    ("prepMinutes", 10**6),
    ("position", -1),
    ("position", 10**12),
    ("categoryId", "not an id"),
    ("modifierGroupIds", ["not an id"]),
    ("id", "00000000-0000-4000-8000-000000000000"),
    ("rev", 7),
    ("isAvailable", False),
]


async def test_an_item_with_a_wrong_field_is_refused(carte: Carte) -> None:
    body = {"categoryId": await carte.category(), "name": "X", "price": 1, "station": "none"}
    for field, value in WRONG_FIELDS:
        answer = await _sent(carte, "POST", "/api/menu/items", body | {field: value})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (field, value)
        assert field in answer.json()["detail"]
    assert carte.versions() == [1]


async def test_an_item_needs_a_category_and_groups_that_stand(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice")
    category = await carte.category()
    body = {"categoryId": category, "name": "X", "price": 1, "station": "none"}
    for wrong in (
        {"categoryId": new_id()},
        {"modifierGroupIds": [new_id()]},
        {"modifierGroupIds": [group["id"], new_id()]},
    ):
        answer = await carte.manager.post("/api/menu/items", json=body | wrong)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    twice = body | {"modifierGroupIds": [group["id"], group["id"]]}
    assert (await carte.manager.post("/api/menu/items", json=twice)).status_code == 422


WRONG_GROUPS: list[dict[str, Any]] = [
    {"min": 2, "max": 1},
    {"min": 3, "max": 5},
    {"min": -1},
    {"max": 0},
    {"max": 51},
    {"max": 10**20},
    {"min": True},
    {"modifiers": []},
    {"modifiers": [{"name": "x"}] * 51},
    {"modifiers": [{"name": "x", "price": -1}]},
    {"modifiers": [{"name": "x", "price": 10**12}]},
    {"modifiers": [{"name": ""}]},
    {"modifiers": [{"name": "x", "isAvailable": False}]},
]


async def test_a_group_that_cannot_be_answered_is_refused(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice", "Fries", max=2)
    url = "/api/menu/modifier-groups"
    body = {"name": "Sides", "modifiers": [{"name": "Rice"}, {"name": "Fries"}]}
    for wrong in WRONG_GROUPS:
        for answer in (
            await carte.manager.post(url, json=body | wrong),
            await carte.manager.patch(f"{url}/{group['id']}", json=wrong),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
    assert (await carte.manager.get(url)).json()["items"] == [group]


async def test_a_patch_is_judged_with_what_stays(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice", "Fries", min=2, max=2)
    url = f"/api/menu/modifier-groups/{group['id']}"
    for wrong in ({"max": 1}, {"modifiers": [{"name": "Rice"}]}):
        answer = await carte.manager.patch(url, json=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "min")
    assert (await carte.manager.get(url)).json() == group


async def test_ids_can_be_made_by_the_client_once(carte: Carte) -> None:
    category, item, group, modifier = (new_id() for _ in range(4))
    calls = [
        ("categories", {"id": category, "name": "Grill"}),
        ("items", {"id": item, "categoryId": category, "name": "X", "price": 1, "station": "none"}),
        ("modifier-groups", {"id": group, "name": "G", "modifiers": [{"id": modifier, "name": "x"}]}),
    ]
    for what, body in calls:
        assert (await carte.manager.post(f"/api/menu/{what}", json=body)).json()["id"] == body["id"]
    for what, body in calls:
        again = await carte.manager.post(f"/api/menu/{what}", json=body)
        assert (again.status_code, again.json()["code"]) == (409, "taken")
    body = {"name": "H", "modifiers": [{"id": modifier, "name": "x"}]}
    assert (await carte.manager.post("/api/menu/modifier-groups", json=body)).status_code == 409
    body = {"name": "H", "modifiers": [{"id": new, "name": "x"} for new in [new_id()] * 2]}
    assert (await carte.manager.post("/api/menu/modifier-groups", json=body)).status_code == 422
    assert carte.versions() == [1, 2, 3]


async def test_a_call_repeated_with_its_key_applies_once(carte: Carte) -> None:
    body = {"name": "Grill"}
    first = await carte.manager.post("/api/menu/categories", json=body, key="one tap")
    second = await carte.manager.post("/api/menu/categories", json=body, key="one tap")
    assert second.json() == first.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert await carte.names() == {"Grill": []}


# ---- at once


async def test_versions_rise_one_by_one_however_many_edit_at_once(carte: Carte) -> None:
    await asyncio.gather(*(carte.category(f"C{n}") for n in range(8)))
    assert carte.versions() == list(range(1, 9))
    assert sorted(await carte.names()) == [f"C{n}" for n in range(8)]


async def test_marking_a_dish_waits_for_an_edit_that_is_under_way(carte: Carte) -> None:
    """Else its body could show a price from before the edit, told after the edit."""
    house = carte.house
    group = await carte.group("Sides", "Rice")
    item = await carte.item(await carte.category(), modifierGroupIds=[group["id"]])
    dearer = GroupPatch(modifiers=[ModifierDraft(id=group["modifiers"][0]["id"], name="Rice", price=700)])
    async with house.database.transaction() as tx:
        await service.change_group(tx, house.manager, group["id"], dearer)
        await tx.session.flush()
        marking = asyncio.create_task(carte.sold_out(item["id"]))
        done, _ = await asyncio.wait({marking}, timeout=0.3)
        assert not done
    marked = await marking
    assert marked["modifierGroups"][0]["modifiers"][0]["price"] == 700
    assert [event["type"] for event in house.events()[-2:]] == ["menu:updated", "menu:availability"]
    assert (
        house.events()[-1]["item"]
        == marked
        == (await carte.manager.get(f"/api/menu/items/{item['id']}")).json()
    )


async def _sent(carte: Carte, method: str, url: str, body: dict[str, Any]) -> httpx.Response:
    """Like a careless client: also text that UTF-8 cannot carry, escaped."""
    return await carte.manager.request(
        method, url, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )


def _without_availability(body: dict[str, Any]) -> dict[str, Any]:
    """A body as it was read, as it may be written."""
    if "modifiers" not in body:
        return body
    return body | {"modifiers": [{k: m[k] for k in ("id", "name", "price")} for m in body["modifiers"]]}
