"""What is over can be looked up: visits with what they came to, and what was sold without one."""

from __future__ import annotations

from typing import Any

from restai.clock import HOUR
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


async def history(evening: Evening, **query: Any) -> list[dict[str, Any]]:
    return ok(await evening.cashier.get("/api/history", params=query))["items"]


async def test_visits_and_what_was_sold_without_one(evening: Evening, clock: ManualClock) -> None:
    first = await evening.order("Lomo", table="5")
    more = await evening.order("Agua", table="5")
    ok(await evening.pay({"id": first["sessionId"]}, tip=300), 201)
    taken_back = ok(await evening.pay(await evening.order("Agua", table="5"), tip=50), 201)
    ok(await evening.void(taken_back))
    clock.advance(HOUR)
    ok(await evening.manager.post(f"/api/sessions/{first['sessionId']}/end", json={"force": True}))
    clock.advance(HOUR)
    sold = await evening.order("Papas", customerName="Rosa")
    ok(await evening.pay(sold, tip=100), 201)
    ok(await evening.move(sold, "served"))
    await evening.order("Papas", table="6")
    await evening.order("Papas")
    visit = await evening.session(first["sessionId"])
    assert await history(evening) == [
        {
            "id": sold["id"],
            "kind": "order",
            "tableNumber": None,
            "customerName": "Rosa",
            "orderNumbers": [sold["orderNumber"]],
            "beganAt": sold["createdAt"],
            "endedAt": clock.now(),
            "total": 1_550,
            "paid": 1_550,
            "balance": 0,
            "tips": 100,
        },
        {
            "id": visit["id"],
            "kind": "visit",
            "tableNumber": "5",
            "customerName": None,
            "orderNumbers": [first["orderNumber"], more["orderNumber"], "3"],
            "beganAt": visit["startedAt"],
            "endedAt": visit["startedAt"] + HOUR,
            "total": 5_402,
            "paid": 4_801,
            "balance": 601,
            "tips": 300,
        },
    ]
    assert [one["kind"] for one in await history(evening, since=visit["startedAt"] + HOUR)] == ["order"]
    assert [one["kind"] for one in await history(evening, until=visit["startedAt"] + HOUR)] == ["visit"]


async def test_a_page_goes_on_where_the_last_ended(evening: Evening) -> None:
    ids = []
    for number in range(5):
        if number % 2:
            session = await evening.seat("5")
            ok(await evening.waiter.post(f"/api/sessions/{session['id']}/end"))
            ids.append(session["id"])
        else:
            ids.append(ok(await evening.move(await evening.order("Agua"), "cancelled"))["id"])
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = ok(await evening.cashier.get("/api/history", params=query))
        found += [one["id"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert found == ids[::-1]


async def test_what_became_part_of_another_visit_is_on_its_bill(evening: Evening) -> None:
    order, into = await evening.order("Lomo", table="5"), await evening.seat("6")
    ok(await evening.waiter.post(f"/api/sessions/{order['sessionId']}/merge", json={"into": into["id"]}))
    ok(await evening.pay({"id": into["id"]}), 201)
    ok(await evening.waiter.post(f"/api/sessions/{into['id']}/end"))
    (one,) = await history(evening)
    assert (one["id"], one["orderNumbers"], one["total"]) == (into["id"], [order["orderNumber"]], 4_200)


async def test_is_not_for_the_kitchen_nor_for_another_house(evening: Evening, rival: House) -> None:
    refused(await evening.kitchen.get("/api/history"), 403, "forbidden")
    session = await evening.seat("5")
    ok(await evening.waiter.post(f"/api/sessions/{session['id']}/end"))
    assert ok(await rival.as_(rival.cashier).get("/api/history"))["items"] == []
