"""Who did what: written with the deed, for managers to look up, and for nobody of another branch."""

from __future__ import annotations

from typing import Any

import pytest

from restai.auth.permissions import Role
from tests.support.evening import Evening, ok, refused
from tests.support.house import PASSWORD, Caller, House

Json = dict[str, Any]


async def audit(evening: Evening, *, by: Caller | None = None, **query: Any) -> list[Json]:
    return ok(await (by or evening.manager).get("/api/audit", params=query))["items"]


async def last(evening: Evening, deed: str) -> Json:
    """The last deed of a kind, and the only one."""
    (entry,) = await audit(evening, deed=deed)
    return entry


async def test_an_unpaid_visit_that_was_ended(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    table = evening.tables["5"]["id"]
    ok(await evening.manager.post(f"/api/tables/{table}/free", json={"force": True}))
    entry = await last(evening, "visit_forced")
    assert (entry["by"]["name"], entry["about"], entry["branchId"]) == (
        "Mara Manager",
        order["sessionId"],
        evening.house.branch_id,
    )
    assert entry["details"] == {"balance": 4_200, "tableId": table}


async def test_an_unpaid_order_that_was_completed(evening: Evening) -> None:
    order = await evening.order("Lomo")
    ok(await evening.move(order, "completed", by=evening.manager, force=True))
    entry = await last(evening, "order_forced")
    assert (entry["about"], entry["details"]) == (
        order["id"],
        {"orderNumber": order["orderNumber"], "balance": 4_200},
    )


async def test_money(evening: Evening) -> None:
    await evening.open_till(1_000)
    payment = ok(await evening.pay(await evening.order("Lomo"), method="cash", tip=100), 201)
    ok(await evening.void(payment, reason="a wrong table"))
    till = await evening.close_till(900)
    entry = await last(evening, "payment_voided")
    assert (entry["about"], entry["details"]) == (
        payment["id"],
        {"amount": 4_200, "tip": 100, "method": "cash", "reason": "a wrong table"},
    )
    entry = await last(evening, "till_closed")
    assert (entry["about"], entry["by"]["name"], entry["details"]) == (
        till["id"],
        "Carla Cashier",
        {"expected": 1_000, "counted": 900, "difference": -100},
    )


async def test_a_party_that_moved_and_joined_another(evening: Evening) -> None:
    first, second = await evening.seat("5"), await evening.seat("6")
    five, seven = evening.tables["5"]["id"], evening.tables["7"]["id"]
    ok(await evening.waiter.post(f"/api/sessions/{first['id']}/move", json={"tableId": seven}))
    ok(await evening.waiter.post(f"/api/sessions/{first['id']}/merge", json={"into": second["id"]}))
    merged, moved = await audit(evening, about=first["id"])
    assert (moved["deed"], moved["details"]) == ("visit_moved", {"tableId": seven, "tableIdBefore": five})
    assert (merged["deed"], merged["details"]) == ("visit_merged", {"into": second["id"]})


async def test_accounts(evening: Evening) -> None:
    house = evening.house
    nina = await house.hire("Nina New", Role.WAITER)
    manager = evening.manager
    ok(await manager.patch(f"/api/staff/{nina.user_id}", json={"role": "cashier"}))
    ok(await manager.post(f"/api/staff/{nina.user_id}/password", json={"password": "another one"}))
    signed_in = ok(
        await evening.nobody.post(
            "/api/auth/login", json={"email": house.emails[nina.user_id], "password": "another one"}
        )
    )
    answer = await house.with_token(signed_in["accessToken"]).post("/api/auth/logout")
    assert answer.status_code == 204
    ok(await manager.patch(f"/api/staff/{nina.user_id}", json={"active": False}))
    found = await audit(evening, about=nina.user_id)
    assert [(entry["deed"], entry["by"]["name"]) for entry in found[::-1]] == [
        ("hired", "Ada Admin"),
        ("signed_in", "Nina New"),
        ("account_changed", "Mara Manager"),
        ("password_set", "Mara Manager"),
        ("signed_in", "Nina New"),
        ("signed_out", "Nina New"),
        ("account_changed", "Mara Manager"),
    ]
    changed = [entry["details"] for entry in found if entry["deed"] == "account_changed"]
    assert changed == [
        {"name": "Nina New", "active": False, "activeBefore": True},
        {"name": "Nina New", "role": "cashier", "roleBefore": "waiter"},
    ]
    assert "another one" not in str(found) and PASSWORD not in str(found)


async def test_settings(evening: Evening) -> None:
    await evening.changes(taxRate=1_000, autoConfirm=False)
    entry = await last(evening, "settings_changed")
    assert entry["details"] == {"taxRate": 1_000, "taxRateBefore": 1_800}


async def test_what_failed_was_not_done(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    before = await audit(evening)
    refused(
        await evening.cashier.post(f"/api/sessions/{order['sessionId']}/end", json={"force": True}),
        403,
        "forbidden",
    )
    refused(await evening.cashier.post(f"/api/sessions/{order['sessionId']}/end"), 409, "open_balance")
    assert await audit(evening) == before


async def test_is_looked_up_page_by_page(evening: Evening) -> None:
    everything = await audit(evening, limit=200)
    assert [entry["id"] for entry in everything] == sorted((e["id"] for e in everything), reverse=True)
    first = ok(await evening.manager.get("/api/audit", params={"limit": 2}))
    then = await audit(evening, cursor=first["nextCursor"], limit=200)
    assert [*first["items"], *then] == everything
    assert {entry["deed"] for entry in everything} == {"signed_in", "hired"}
    signed_in = [entry for entry in everything if entry["deed"] == "signed_in"]
    assert await audit(evening, deed=["signed_in", "till_closed"], limit=200) == signed_in
    own = ok(await evening.manager.get("/api/audit", params={"by": evening.house.waiter.user_id}))["items"]
    assert [(entry["deed"], entry["about"]) for entry in own] == [("signed_in", evening.house.waiter.user_id)]
    assert await audit(evening, since=everything[0]["at"] + 1) == []


async def test_of_another_branch_one_learns_nothing(evening: Evening, rival: House) -> None:
    house = evening.house
    there = await house.open_branch()
    elsewhere = await house.hire("Elsa Elsewhere", Role.BRANCH_MANAGER, [there])
    at_home = await audit(evening)
    assert "Elsa" not in str(at_home) and there not in str(at_home)
    found = await audit(evening, by=house.as_(elsewhere))
    assert {entry["details"].get("name") for entry in found if entry["deed"] == "hired"} == {"Elsa Elsewhere"}
    assert "Walter" not in str(found)
    strangers = rival.as_(rival.manager)
    assert house.organization_id not in str(await audit(evening, by=strangers))
    url = f"/api/audit?branchId={house.branch_id}"
    for stranger in (strangers, house.as_(elsewhere)):
        refused(await stranger.get(url), 404, "not_found")


@pytest.mark.parametrize("role", ["cashier", "waiter", "kitchen"])
async def test_is_for_managers(evening: Evening, role: str) -> None:
    refused(await getattr(evening, role).get("/api/audit"), 403, "forbidden")
