"""A visit's end: everything settles at once, and never with money open unless a manager says so."""

from __future__ import annotations

import pytest

from tests.support.evening import Evening, ok, refused
from tests.support.house import House


def url(session_id: str) -> str:
    return f"/api/sessions/{session_id}/end"


async def test_completes_all_and_frees_the_table(evening: Evening) -> None:
    ana = await evening.guest_in("5", "Ana")
    ben = await evening.phone("5", "Ben")
    first = ok(await ana.order("Lomo"), 201)
    second = await evening.order("Agua", table="5")
    gone = ok(await evening.move(await evening.order("Papas", table="5"), "cancelled"))
    evening.house.forget()

    session = ok(await evening.manager.post(url(ana.session_id), json={"force": True}))
    assert session["status"] == "completed"
    assert {guest["status"] for guest in session["guests"]} == {"out"}
    table = await evening.table("5")
    assert (table["status"], table["sessionId"]) == ("available", None)
    after = [await evening.read(order) for order in (first, second)]
    assert [order["status"] for order in after] == ["completed", "completed"]
    assert await evening.read(gone) == gone

    told = [event["type"] for event in evening.house.events()]
    assert told == ["order:updated", "order:updated", "session:ended", "table:available", "access:changed"]
    updated = {event["orderId"]: event for event in evening.house.events("order:updated")}
    for order in after:
        assert (updated[order["id"]]["order"], updated[order["id"]]["change"]) == (order, "status")
    assert evening.house.events("session:ended")[0]["session"] == session
    assert evening.house.events("table:available")[0]["table"] == table
    access = evening.house.events("access:changed")[0]
    assert (access["sessionId"], access["outcome"]) == (ana.session_id, "ended")
    for phone in (ana, ben):
        refused(await phone.get("/api/guest/session"), 401, "token_revoked")


async def test_needs_no_force_where_nothing_is_open(evening: Evening) -> None:
    session = await evening.seat("5")
    assert ok(await evening.cashier.post(url(session["id"])))["status"] == "completed"
    await evening.seat("5")


async def test_with_money_open_is_refused(evening: Evening) -> None:
    order = await evening.order("Lomo", "Agua", table="5")
    evening.house.forget()
    problem = refused(await evening.cashier.post(url(order["sessionId"])), 409, "open_balance")
    assert (problem["balance"], problem["currency"]) == (4_801, "PEN")
    assert (await evening.session(order["sessionId"]))["status"] == "active"
    assert await evening.read(order) == order
    assert evening.house.events() == []


async def test_is_forced_by_managers_alone(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    for caller in (evening.waiter, evening.cashier):
        refused(await caller.post(url(order["sessionId"]), json={"force": True}), 403, "forbidden")
    ok(await evening.manager.post(url(order["sessionId"]), json={"force": True}))


async def test_counts_what_is_paid(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    payment = ok(await evening.pay(order, amount=4_000), 201)
    problem = refused(await evening.cashier.post(url(order["sessionId"])), 409, "open_balance")
    assert problem["balance"] == 200
    ok(await evening.void(payment))
    assert (
        refused(await evening.cashier.post(url(order["sessionId"])), 409, "open_balance")["balance"] == 4_200
    )
    ok(await evening.pay(order), 201)
    ok(await evening.cashier.post(url(order["sessionId"])))
    assert (await evening.read(order))["status"] == "completed"


async def test_leaves_no_order_owing_what_another_got_too_much(evening: Evening) -> None:
    """A dish that was paid is swapped for another at the same price."""
    swapped = await evening.order("Papas", "Lomo", table="5")
    ok(await evening.pay(swapped), 201)
    ok(await evening.move_line(swapped, 0, "cancelled"))
    instead = await evening.order("Papas", table="5")
    before = [await evening.read(order) for order in (swapped, instead)]
    ok(await evening.cashier.post(url(swapped["sessionId"])))
    after = [await evening.read(order) for order in (swapped, instead)]
    assert [order["rev"] for order in after] == [order["rev"] + 1 for order in before], "in one go"
    assert [(order["status"], order["balance"]) for order in after] == [("completed", 0)] * 2
    moved = ok(await evening.cashier.get("/api/payments"))["items"][0]
    assert (moved["amount"], moved["method"]) == (0, "other")
    assert evening.house.events("payment:recorded")[-1]["payment"] == moved


async def test_by_force_leaves_open_what_is_open(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    ok(await evening.pay(order, amount=1_000), 201)
    served = ok(await evening.move(await evening.order("Agua", table="5"), "served"))
    ok(await evening.void(ok(await evening.pay(served), 201)))
    served = await evening.read(served)
    assert (served["status"], served["balance"]) == ("completed", 601)
    evening.house.forget()
    ok(await evening.manager.post(url(order["sessionId"]), json={"force": True}))
    now = await evening.read(order)
    assert (now["status"], now["balance"]) == ("completed", 3_200)
    assert [event["order"] for event in evening.house.events("order:updated")] == [now]
    assert await evening.read(served) == served, "nobody was told of another"
    assert evening.house.events("payment:recorded") == []


async def test_is_not_for_the_kitchen(evening: Evening) -> None:
    session = await evening.seat("5")
    refused(await evening.kitchen.post(url(session["id"])), 403, "forbidden")


async def test_twice_is_once(evening: Evening) -> None:
    session = await evening.seat("5")
    ended = ok(await evening.waiter.post(url(session["id"])))
    evening.house.forget()
    assert ok(await evening.waiter.post(url(session["id"]))) == ended
    assert evening.house.events() == []


@pytest.mark.parametrize("rejected", [True, False])
async def test_is_for_visits_that_began(evening: Evening, rejected: bool) -> None:
    ana = await evening.phone("5", "Ana")
    if rejected:
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/reject"))
    before = await evening.session(ana.session_id)
    problem = refused(await evening.waiter.post(url(ana.session_id)), 409, "illegal_transition")
    assert problem["resource"] == before


async def test_leaves_the_next_party_alone(evening: Evening) -> None:
    first = await evening.seat("5")
    ok(await evening.waiter.post(url(first["id"])))
    second = await evening.seat("5")
    ok(await evening.waiter.post(url(first["id"])))
    assert (await evening.table("5"))["sessionId"] == second["id"]


async def test_of_another_house_is_not_found(evening: Evening, rival: House) -> None:
    session = await evening.seat("5")
    refused(await rival.as_(rival.admin).post(url(session["id"])), 404, "not_found")


async def test_a_closed_order_that_is_not_evened_out_stays_as_it_is(evening: Evening) -> None:
    """It got too much and another owes more: neither is told of, so neither may have a new `rev`."""
    visit = await evening.seat("5")
    regretted = await evening.order("Agua", table="5")
    await evening.order("Lomo", table="5")
    ok(await evening.pay(regretted), 201)
    cancelled = ok(await evening.move(regretted, "cancelled"))
    ok(await evening.manager.post(url(visit["id"]), json={"force": True}))
    assert await evening.read(regretted) == cancelled
