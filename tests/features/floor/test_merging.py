"""A party joins another: one bill, one cart, one call of a kind; and nothing is cooked or paid twice."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.evening import Evening, ok, refused
from tests.support.house import Caller, House

Json = dict[str, Any]


async def merges(
    evening: Evening, session_id: str, into: str, *, by: Caller | None = None, **more: Any
) -> httpx.Response:
    return await (by or evening.waiter).post(f"/api/sessions/{session_id}/merge", json={"into": into, **more})


def without(resource: Json, *fields: str) -> Json:
    return {name: value for name, value in resource.items() if name not in fields}


async def test_all_that_was_theirs_is_the_others(evening: Evening) -> None:
    ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
    abel = await evening.phone("5", "Abel")
    orders = [
        ok(await ana.order("Lomo"), 201),
        ok(await evening.move(await evening.order("Agua", table="5"), "served")),
    ]
    paid = ok(await evening.pay(orders[1]), 201)
    before = [await evening.read(order) for order in orders]
    hers = ok(await bea.order("Papas"), 201)
    call = ok(await ana.ask("bill"), 201)
    evening.house.forget()

    session = ok(await merges(evening, ana.session_id, bea.session_id))
    assert (session["status"], session["mergedInto"], session["guests"]) == ("completed", bea.session_id, [])
    into = await evening.session(bea.session_id)
    assert {(guest["name"], guest["status"]) for guest in into["guests"]} == {
        ("Ana", "in"),
        ("Abel", "waiting"),
        ("Bea", "in"),
    }
    table = await evening.table("5")
    assert (table["status"], table["sessionId"]) == ("available", None)
    after = [await evening.read(order) for order in orders]
    label = ("rev", "sessionId", "tableId", "tableNumber")
    assert [without(order, *label) for order in after] == [without(order, *label) for order in before]
    assert {(order["sessionId"], order["tableNumber"]) for order in after} == {(bea.session_id, "6")}
    bill = await evening.bill(bea.session_id)
    assert {order["id"] for order in bill["orders"]} == {hers["id"], *(order["id"] for order in orders)}
    assert [(one["id"], one["sessionId"]) for one in bill["payments"]] == [(paid["id"], bea.session_id)]
    assert (bill["total"], bill["paid"], bill["balance"]) == (6_351, 601, 5_750)

    told = [event["type"] for event in evening.house.events()]
    assert told == [
        "order:updated",
        "order:updated",
        "request:moved",
        "session:updated",
        "session:merged",
        "table:available",
    ]
    assert {event["change"] for event in evening.house.events("order:updated")} == {"moved"}
    assert evening.house.events("session:updated")[0]["session"] == into
    merged = evening.house.events("session:merged")[0]
    assert (merged["sessionId"], merged["session"], merged["intoTableId"]) == (
        ana.session_id,
        session,
        into["tableId"],
    )
    assert {guest["id"] for guest in merged["guests"]} == {ana.id, abel.id}
    request = evening.house.events("request:moved")[0]["request"]
    assert (request["id"], request["sessionId"], request["tableId"]) == (
        call["id"],
        bea.session_id,
        into["tableId"],
    )
    ok(await evening.waiter.post(f"/api/sessions/{bea.session_id}/guests/{abel.id}/admit"))
    ok(await evening.pay({"id": bea.session_id}), 201)
    ok(await evening.waiter.post(f"/api/sessions/{bea.session_id}/end"))
    refused(await ana.get("/api/guest/session"), 401, "token_revoked")


async def test_a_payment_is_voided_on_the_bill_where_it_is_now(evening: Evening) -> None:
    order, other = await evening.order("Lomo", table="5"), await evening.seat("6")
    payment = ok(await evening.pay(order), 201)
    ok(await merges(evening, order["sessionId"], other["id"]))
    assert (await evening.bill(other["id"]))["balance"] == 0
    ok(await evening.void(payment))
    assert (await evening.bill(other["id"]))["balance"] == 4_200
    refused(await evening.cashier.post(f"/api/sessions/{other['id']}/end"), 409, "open_balance")


async def test_the_guests_tokens_are_good_for_where_they_are_now(evening: Evening) -> None:
    ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
    lomo = {"items": evening.items("Lomo")}
    first = ok(await ana.post("/api/guest/orders", json=lomo, key="one"), 201)
    ok(await merges(evening, ana.session_id, bea.session_id))
    snapshot = ok(await ana.get("/api/guest/snapshot"))
    assert without(snapshot, "stream") == without(ok(await bea.get("/api/guest/snapshot")), "stream")
    assert (snapshot["session"]["id"], snapshot["table"]["number"]) == (bea.session_id, "6")
    second = ok(await ana.order("Agua"), 201)
    assert second["sessionId"] == bea.session_id
    again = await ana.post("/api/guest/orders", json=lomo, key="one")
    assert ok(again, 201)["id"] == first["id"], "the answer that was lost before is still his"
    assert len(ok(await bea.get("/api/guest/snapshot"))["orders"]) == 2


async def test_two_carts_are_one(evening: Evening) -> None:
    ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
    gone = ok(await ana.wants("Agua"))["lines"][0]["id"]
    ok(await ana.take_out(gone))
    ok(await ana.wants("Lomo", 2))
    ok(await bea.wants("Papas"))
    evening.house.forget()
    ok(await merges(evening, ana.session_id, bea.session_id))
    lines = {(line["guestName"], line["quantity"]) for line in (await bea.cart())["lines"]}
    assert lines == {("Ana", 2), ("Bea", 1)}
    assert evening.house.guest_events("cart:updated")[0]["cart"] == await ana.cart()
    refused(await ana.wants("Agua", line=gone), 409, "stale")
    order = ok(await bea.order_cart(), 201)
    assert {line["guestName"] for line in order["items"]} == {"Ana", "Bea"}


async def test_a_cart_with_nothing_in_it_changes_nothing(evening: Evening) -> None:
    ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
    ok(await ana.take_out(ok(await ana.wants("Agua"))["lines"][0]["id"]))
    ok(await bea.wants("Papas"))
    before = await bea.cart()
    ok(await merges(evening, ana.session_id, bea.session_id))
    assert await bea.cart() == before


@pytest.mark.parametrize(("acknowledged", "becomes"), [(False, "cancelled"), (True, "resolved")])
async def test_a_table_calls_once(evening: Evening, acknowledged: bool, becomes: str) -> None:
    ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
    hers = ok(await ana.ask("waiter"), 201)
    if acknowledged:
        ok(await evening.waiter.post(f"/api/requests/{hers['id']}/acknowledge"))
    theirs = ok(await bea.ask("waiter"), 201)
    ok(await merges(evening, ana.session_id, bea.session_id))
    requests = {each["id"]: each for each in ok(await evening.waiter.get("/api/requests"))["items"]}
    assert {each["sessionId"] for each in requests.values()} == {bea.session_id}
    assert (requests[hers["id"]]["status"], requests[theirs["id"]]["status"]) == (becomes, "pending")
    assert evening.house.events(f"request:{becomes}")[0]["request"] == requests[hers["id"]]
    assert ok(await ana.ask("waiter"), 201)["id"] == theirs["id"]


async def test_the_kitchen_cooks_nothing_twice(evening: Evening) -> None:
    """Split, moved, merged: of each dish there is one line, as it was, and one order:created."""
    order = await evening.order("Lomo", "Papas", table="5")
    await evening.see(*order["items"])
    ok(await evening.move_line(order, 0, "ready"))
    ok(await evening.pay(order, lines=[order["items"][1]["id"]]), 201)
    before = await evening.read(order)
    other = await evening.order("Agua", table="6")
    ok(
        await evening.waiter.post(
            f"/api/sessions/{order['sessionId']}/move", json={"tableId": evening.tables["7"]["id"]}
        )
    )
    ok(await merges(evening, order["sessionId"], other["sessionId"]))
    ok(await evening.pay({"id": other["sessionId"]}), 201)
    after = await evening.read(order)
    kept = ("items", "seenAt", "unseenAt", "status", "orderNumber", "createdAt", "statusChangedAt", "total")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert [event["orderId"] for event in evening.house.events("order:created")] == [order["id"], other["id"]]
    changes = {event["change"] for event in evening.house.events("order:updated")}
    assert changes == {"seen", "item_status", "paid", "moved"}


# ---- a table that is kept


async def test_a_kept_table_is_the_others_too(evening: Evening) -> None:
    ana, bea = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Bea")
    ok(await merges(evening, ana.session_id, bea.session_id, keepTable=True))
    table = await evening.table("5")
    assert (table["status"], table["sessionId"]) == ("occupied", bea.session_id)
    assert evening.house.events("table:occupied")[-1]["table"] == table
    late = await evening.phone("5", "Late")
    assert late.session_id == bea.session_id
    order = await evening.order("Agua", table="5")
    assert (order["sessionId"], order["tableNumber"]) == (bea.session_id, "6")
    refused(
        await evening.waiter.post("/api/sessions", json={"tableId": table["id"]}), 409, "table_unavailable"
    )
    ok(await evening.pay(order), 201)
    ok(await evening.waiter.post(f"/api/sessions/{bea.session_id}/end"))
    assert [(await evening.table(number))["status"] for number in ("5", "6")] == ["available"] * 2


async def test_a_kept_table_is_freed_alone(evening: Evening) -> None:
    first, second = await evening.seat("5"), await evening.order("Lomo", table="6")
    ok(await merges(evening, first["id"], second["sessionId"], keepTable=True))
    before = await evening.session(second["sessionId"])
    freed = ok(await evening.cashier.post(f"/api/tables/{evening.tables['5']['id']}/free"))
    assert (freed["number"], freed["status"], freed["sessionId"]) == ("5", "available", None)
    assert await evening.session(second["sessionId"]) == before
    assert (await evening.table("6"))["sessionId"] == second["sessionId"]


async def test_a_party_goes_to_the_table_that_was_kept_for_it(evening: Evening) -> None:
    first, second = await evening.seat("5"), await evening.seat("6")
    ok(await merges(evening, first["id"], second["id"], keepTable=True))
    body = {"tableId": evening.tables["5"]["id"]}
    ok(await evening.waiter.post(f"/api/sessions/{second['id']}/move", json=body))
    assert (await evening.table("5"))["sessionId"] == second["id"]
    assert (await evening.table("6"))["status"] == "available"


# ---- what cannot be


async def test_once_more_is_once(evening: Evening) -> None:
    first, second = await evening.seat("5"), await evening.seat("6")
    session = ok(await merges(evening, first["id"], second["id"]))
    evening.house.forget()
    assert ok(await merges(evening, first["id"], second["id"])) == session
    assert evening.house.events() == []


async def test_only_visits_that_are_going_on(evening: Evening) -> None:
    here, asked = await evening.seat("5"), await evening.phone("6", "Ana")
    refused(await merges(evening, asked.session_id, here["id"]), 409, "illegal_transition")
    problem = refused(await merges(evening, here["id"], asked.session_id), 409, "stale")
    assert problem["resource"] == await evening.session(asked.session_id)
    refused(await merges(evening, here["id"], here["id"]), 422, "invalid")
    assert await evening.session(here["id"]) == here


async def test_who_may(evening: Evening, rival: House) -> None:
    first, second = await evening.seat("5"), await evening.seat("6")
    for caller in (evening.cashier, evening.kitchen):
        refused(await merges(evening, first["id"], second["id"], by=caller), 403, "forbidden")
    stranger = rival.as_(rival.admin)
    refused(await merges(evening, first["id"], second["id"], by=stranger), 404, "not_found")
    theirs = ok(await stranger.post("/api/tables", json={"number": "1"}), 201)
    far = ok(await stranger.post("/api/sessions", json={"tableId": theirs["id"]}), 201)
    refused(await merges(evening, first["id"], far["id"]), 404, "not_found")
    ok(await merges(evening, first["id"], second["id"], by=evening.manager))


async def test_two_parties_that_join_each_other_are_one(evening: Evening) -> None:
    for round_ in range(4):
        numbers = [f"{name}{round_}" for name in "AB"]
        for number in numbers:
            evening.tables[number] = await evening.new_table(number)
        ana, bea = await evening.guest_in(numbers[0], "Ana"), await evening.guest_in(numbers[1], "Bea")
        there, back, ordered = await asyncio.gather(
            merges(evening, ana.session_id, bea.session_id),
            merges(evening, bea.session_id, ana.session_id),
            ana.order("Lomo"),
        )
        assert sorted([there.status_code, back.status_code]) == [200, 409]
        visit = (bea if there.status_code == 200 else ana).session_id
        order = ok(ordered, 201)
        assert (await evening.read(order))["sessionId"] == visit
        assert {guest["name"] for guest in (await evening.session(visit))["guests"]} == {"Ana", "Bea"}
