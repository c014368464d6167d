"""Freeing a table ends the visit that sits there, guarded by what is open."""

from __future__ import annotations

import httpx

from tests.support.evening import Evening, ok, refused
from tests.support.house import Caller, House


async def frees(evening: Evening, number: str, *, by: Caller | None = None, **more: bool) -> httpx.Response:
    url = f"/api/tables/{evening.tables[number]['id']}/free"
    return await (by or evening.cashier).post(url, json=more)


async def test_ends_the_visit(evening: Evening) -> None:
    ana = await evening.guest_in("5", "Ana")
    evening.house.forget()
    table = ok(await frees(evening, "5"))
    assert (table["status"], table["sessionId"]) == ("available", None)
    assert (await evening.session(ana.session_id))["status"] == "completed"
    told = [event["type"] for event in evening.house.events()]
    assert told == ["session:ended", "table:available", "access:changed"]
    evening.house.forget()
    assert ok(await frees(evening, "5")) == table
    assert evening.house.events() == []


async def test_with_money_open_only_by_a_managers_force(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    problem = refused(await frees(evening, "5"), 409, "open_balance")
    assert problem["balance"] == 4_200
    refused(await frees(evening, "5", force=True), 403, "forbidden")
    assert (await evening.session(order["sessionId"]))["status"] == "active"
    ok(await frees(evening, "5", by=evening.manager, force=True))
    assert (await evening.read(order))["balance"] == 4_200


async def test_a_table_that_no_party_holds_is_not_freed(evening: Evening) -> None:
    url = f"/api/tables/{evening.tables['5']['id']}/status"
    ok(await evening.manager.patch(url, json={"status": "reserved"}))
    problem = refused(await frees(evening, "5"), 409, "illegal_transition")
    assert problem["resource"] == await evening.table("5")


async def test_who_may(evening: Evening, rival: House) -> None:
    await evening.seat("5")
    refused(await frees(evening, "5", by=evening.kitchen), 403, "forbidden")
    refused(await frees(evening, "5", by=rival.as_(rival.admin)), 404, "not_found")
    ok(await frees(evening, "5", by=evening.waiter))
