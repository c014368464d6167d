"""Who hears what of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from restai.db.engine import Database
from restai.db.outbox import Draft, LogRow
from tests.support.floor_plan import FloorPlan


@pytest.fixture
def log(database: Database) -> list[Draft]:
    drafts: list[Draft] = []

    def hear(rows: Sequence[LogRow]) -> None:
        drafts.extend(row.draft for row in rows)

    database.on_commit(hear)
    return drafts


def stamped(told: Draft, type_: str, **fields: Any) -> dict[str, Any]:
    stamp = {"v": 1, "id": told.id, "branchId": told.stream, "timestamp": told.created_at}
    return stamp | {"type": type_} | fields


def guests_part(table: dict[str, Any]) -> dict[str, Any]:
    return {key: table[key] for key in ("id", "rev", "number", "spaceId", "status")}


async def test_a_changed_table_is_news_for_staff(plan: FloorPlan, log: list[Draft]) -> None:
    table = await plan.table("1")
    (told,) = log
    branch = plan.house.branch_id
    assert (told.stream, told.rooms, told.session_id) == (branch, (f"branch:{branch}",), None), "no guest"
    expected = stamped(told, "table:updated", tableId=table["id"], table=table)
    assert msgspec.json.decode(told.staff) == expected


async def test_a_changed_table_is_news_for_who_sits_there(plan: FloorPlan, log: list[Draft]) -> None:
    table_id = (await plan.table("1"))["id"]
    visit = await plan.sit(table_id)
    await plan.manager.patch(f"/api/tables/{table_id}", json={"capacity": 6})
    told, branch = log[-1], plan.house.branch_id
    assert told.rooms == (f"branch:{branch}", f"table:{table_id}")
    assert told.session_id == visit
    assert told.guest is not None
    expected = stamped(told, "table:updated", tableId=table_id, table=guests_part(await plan.read(table_id)))
    assert msgspec.json.decode(told.guest) == expected


async def test_an_occupied_table_is_news_for_its_visit_too(plan: FloorPlan, log: list[Draft]) -> None:
    table_id = (await plan.table("1"))["id"]
    visit = await plan.sit(table_id)
    told, branch = log[-1], plan.house.branch_id
    assert (told.stream, told.session_id) == (branch, visit)
    assert told.rooms == (f"branch:{branch}", f"table:{table_id}")
    table = await plan.read(table_id)
    fields = {"tableId": table_id, "sessionId": visit}
    assert msgspec.json.decode(told.staff) == stamped(told, "table:occupied", **fields, table=table)
    assert told.guest is not None
    expected = stamped(told, "table:occupied", **fields, table=guests_part(table))
    assert msgspec.json.decode(told.guest) == expected


async def test_a_free_table_is_news_for_staff_and_outside_listeners(
    plan: FloorPlan, log: list[Draft]
) -> None:
    table_id = (await plan.table("1"))["id"]
    await plan.sit(table_id)
    await plan.leave(table_id)
    told, branch = log[-1], plan.house.branch_id
    assert (told.stream, told.session_id) == (branch, None), "so it reaches no guest"
    assert told.rooms == (f"branch:{branch}", f"table:{table_id}")
    table = await plan.read(table_id)
    assert msgspec.json.decode(told.staff) == stamped(told, "table:available", tableId=table_id, table=table)
    assert told.guest is not None
    expected = stamped(told, "table:available", tableId=table_id, table=guests_part(table))
    assert msgspec.json.decode(told.guest) == expected
