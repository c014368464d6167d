"""The till: opened with a float, collecting cash, closed with its count."""

from __future__ import annotations

from typing import Any

import pytest

from restai.clock import HOUR
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


async def now(evening: Evening) -> dict[str, Any]:
    return ok(await evening.cashier.get("/api/till"))


async def in_snapshot(evening: Evening) -> Any:
    return ok(await evening.waiter.get(f"/api/branches/{evening.house.branch_id}/snapshot"))["till"]


async def test_opens_with_its_float(evening: Evening, clock: ManualClock) -> None:
    assert await now(evening) == {"till": None, "expected": None}
    evening.house.forget()
    till = await evening.open_till(20_000)
    assert till == {
        "id": till["id"],
        "rev": 1,
        "branchId": evening.house.branch_id,
        "status": "open",
        "openingFloat": 20_000,
        "openedAt": clock.now(),
        "openedBy": {"id": evening.house.cashier.user_id, "name": "Carla Cashier"},
        "expected": None,
        "counted": None,
        "difference": None,
        "closedAt": None,
        "closedBy": None,
    }
    assert await now(evening) == {"till": till, "expected": 20_000}
    assert await in_snapshot(evening) == till
    (event,) = evening.house.events()
    assert (event["type"], event["till"]) == ("till:opened", till)
    row = evening.house.log()[-1].draft
    assert (row.rooms, row.guest) == ((f"branch:{evening.house.branch_id}",), None)


async def test_closes_with_its_count_and_the_difference(evening: Evening, clock: ManualClock) -> None:
    till = await evening.open_till(20_000)
    ok(await evening.pay(await evening.order("Lomo"), method="cash", tip=300, tendered=5_000), 201)
    ok(await evening.pay(await evening.order("Papas"), method="card"), 201)
    ok(await evening.pay(await evening.order("Agua"), method="other"), 201)
    assert (await now(evening))["expected"] == 24_500
    evening.house.forget()
    clock.advance(HOUR)
    closed = ok(await evening.manager.post("/api/till/close", json={"counted": 24_000}))
    assert closed == till | {
        "rev": 2,
        "status": "closed",
        "expected": 24_500,
        "counted": 24_000,
        "difference": -500,
        "closedAt": clock.now(),
        "closedBy": {"id": evening.house.manager.user_id, "name": "Mara Manager"},
    }
    (event,) = evening.house.events()
    assert (event["type"], event["till"]) == ("till:closed", closed)
    assert await now(evening) == {"till": None, "expected": None}
    assert await in_snapshot(evening) is None


async def test_cash_counts_where_it_lies(evening: Evening) -> None:
    """What was taken before a till was opened is not in it; what is given back comes out of it."""
    before = ok(await evening.pay(await evening.order("Agua"), method="cash"), 201)
    await evening.open_till(10_000)
    first = ok(await evening.pay(await evening.order("Lomo"), method="cash", tip=100), 201)
    second = ok(await evening.pay(await evening.order("Papas"), method="cash"), 201)
    card = ok(await evening.pay(await evening.order("Papas"), method="card"), 201)
    ok(await evening.void(first))
    ok(await evening.void(card))
    assert (await now(evening))["expected"] == 11_550
    ok(await evening.void(before))
    assert (await evening.close_till(10_949))["difference"] == 0

    await evening.open_till(5_000)
    ok(await evening.void(second))
    assert (await now(evening))["expected"] == 3_450, "the first till's cash is given back from the second"


async def test_payments_need_none(evening: Evening) -> None:
    ok(await evening.pay(await evening.order("Lomo"), method="cash"), 201)


async def test_one_is_open_at_a_time(evening: Evening) -> None:
    till = await evening.open_till()
    evening.house.forget()
    answer = await evening.manager.post("/api/till/open", json={"openingFloat": 0})
    assert refused(answer, 409, "till_open")["resource"] == till
    assert evening.house.events() == []
    await evening.close_till(20_000)
    refused(await evening.cashier.post("/api/till/close", json={"counted": 0}), 409, "no_till")
    assert (await evening.open_till())["id"] != till["id"]


async def test_each_branch_has_its_own(evening: Evening) -> None:
    branch = await evening.house.open_branch()
    admin = evening.house.as_(evening.house.admin)
    await evening.open_till()
    ok(await admin.post("/api/till/open", json={"branchId": branch, "openingFloat": 1}), 201)
    refused(await admin.post("/api/till/open", json={"openingFloat": 1}), 422, "invalid")
    assert ok(await admin.get(f"/api/till?branchId={branch}"))["expected"] == 1
    refused(await evening.cashier.get(f"/api/till?branchId={branch}"), 404, "not_found")


async def test_the_id_that_a_client_made_is_taken_once(evening: Evening) -> None:
    id_ = new_id()
    body = {"id": id_, "openingFloat": 100}
    assert ok(await evening.cashier.post("/api/till/open", json=body), 201)["id"] == id_
    refused(await evening.cashier.post("/api/till/open", json=body), 409, "taken")
    await evening.close_till(100)
    refused(await evening.cashier.post("/api/till/open", json=body), 409, "taken")


@pytest.mark.parametrize("body", [{}, {"openingFloat": -1}, {"openingFloat": "1"}, {"openingFloat": 2**60}])
async def test_a_float_is_money(evening: Evening, body: dict[str, Any]) -> None:
    refused(await evening.cashier.post("/api/till/open", json=body), 422, "invalid")


async def test_it_is_for_managers_and_cashiers(evening: Evening, rival: House) -> None:
    await evening.open_till()
    for caller in (evening.waiter, evening.kitchen):
        refused(await caller.post("/api/till/open", json={"openingFloat": 0}), 403, "forbidden")
        refused(await caller.post("/api/till/close", json={"counted": 0}), 403, "forbidden")
        refused(await caller.get("/api/till"), 403, "forbidden")
    assert ok(await rival.as_(rival.cashier).get("/api/till")) == {"till": None, "expected": None}
