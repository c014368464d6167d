"""What visits do with tables."""

from __future__ import annotations

import pytest

from restai.errors import NotFound, TableUnavailable
from restai.features.tables import service
from restai.ids import new_id
from tests.support.floor_plan import FloorPlan


async def test_a_party_sits_down_and_leaves(plan: FloorPlan) -> None:
    table = await plan.table("1")
    visit = await plan.sit(table["id"])
    assert await plan.read(table["id"]) == table | {"rev": 2, "status": "occupied", "sessionId": visit}
    await plan.leave(table["id"])
    assert await plan.read(table["id"]) == table | {"rev": 3}


async def test_a_reserved_table_waits_for_a_party(plan: FloorPlan) -> None:
    table = await plan.table("1")
    await plan.manager.patch(f"/api/tables/{table['id']}/status", json={"status": "reserved"})
    await plan.sit(table["id"])
    assert (await plan.read(table["id"]))["status"] == "occupied"


async def test_nobody_sits_down_where_a_party_sits(plan: FloorPlan) -> None:
    table = await plan.table("1")
    visit = await plan.sit(table["id"])
    with pytest.raises(TableUnavailable, match="Table 1 is occupied"):
        await plan.sit(table["id"], new_id())
    assert (await plan.read(table["id"]))["sessionId"] == visit
    assert len(plan.house.events("table:occupied")) == 1


async def test_nobody_sits_down_at_a_closed_table(plan: FloorPlan) -> None:
    table = await plan.table("1")
    await plan.manager.patch(f"/api/tables/{table['id']}/status", json={"status": "maintenance"})
    with pytest.raises(TableUnavailable, match="maintenance"):
        await plan.sit(table["id"])


async def test_nobody_sits_down_at_a_table_that_was_taken_away(plan: FloorPlan) -> None:
    table = await plan.table("1")
    await plan.manager.delete(f"/api/tables/{table['id']}")
    with pytest.raises(TableUnavailable, match="archived"):
        await plan.sit(table["id"])


async def test_a_table_is_found_by_its_code_however_it_is_typed(plan: FloorPlan) -> None:
    table = await plan.table("1")
    code = table["code"]
    async with plan.house.database.reading() as tx:
        for typed in (code, code.lower(), f"{code[:4]}-{code[4:]}"):
            assert (await service.by_code(tx, typed)).id == table["id"]
        for wrong in ("", "ZZZZZZZZ", code + "0", "x" * 10_000, code[:7] + "\x00"):
            with pytest.raises(NotFound):
                await service.by_code(tx, wrong)


async def test_the_code_of_a_table_that_was_taken_away_is_dead(plan: FloorPlan) -> None:
    table = await plan.table("1")
    await plan.manager.delete(f"/api/tables/{table['id']}")
    async with plan.house.database.reading() as tx:
        with pytest.raises(NotFound):
            await service.by_code(tx, table["code"])
