"""Who hears what of a menu."""

from __future__ import annotations

import msgspec
import pytest

from restai.db.engine import Database
from restai.db.outbox import Draft, LogRow
from tests.support.carte import Carte


@pytest.fixture
def log(database: Database) -> list[Draft]:
    drafts: list[Draft] = []

    def hear(rows: list[LogRow]) -> None:
        drafts.extend(row.draft for row in rows)

    database.on_commit(hear)
    return drafts


async def test_sold_out_reaches_staff_and_every_guest_with_the_dish(carte: Carte, log: list[Draft]) -> None:
    group = await carte.group("Sides", "Rice")
    item = await carte.item(await carte.category(), modifierGroupIds=[group["id"]])
    await carte.sold_out(item["id"])
    told = log[-1]
    branch = carte.house.branch_id
    assert (told.stream, told.rooms, told.session_id) == (branch, (f"menu:{branch}",), None)
    stamp = {"v": 1, "id": told.id, "type": "menu:availability", "branchId": branch}
    stamp["timestamp"] = told.created_at
    fields = {"menuItemId": item["id"], "isAvailable": False}
    now = item | {"rev": 2, "isAvailable": False}
    for_guests = {key: value for key, value in now.items() if key != "station"}
    assert msgspec.json.decode(told.staff) == stamp | fields | {"item": now}
    assert told.guest is not None
    assert msgspec.json.decode(told.guest) == stamp | fields | {"item": for_guests}


async def test_an_edit_tells_staff_and_every_guest_the_version(carte: Carte, log: list[Draft]) -> None:
    await carte.category()
    (told,) = log
    branch = carte.house.branch_id
    assert (told.stream, told.rooms, told.session_id) == (branch, (f"menu:{branch}",), None)
    expected = {"v": 1, "id": told.id, "type": "menu:updated", "branchId": branch}
    expected |= {"timestamp": told.created_at, "menuVersion": 1}
    assert msgspec.json.decode(told.staff) == expected
    assert told.guest == told.staff


async def test_a_refused_edit_tells_nothing(carte: Carte, log: list[Draft]) -> None:
    await carte.manager.post("/api/menu/categories", json={"name": ""})
    await carte.house.as_(carte.house.waiter).post("/api/menu/categories", json={"name": "Grill"})
    assert log == []
