"""A counter sale: the order and its money at once, both or neither."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restai.ids import new_id
from tests.support.evening import Evening, ok, refused


async def sell(
    evening: Evening, order: dict[str, Any], key: str | None = None, **payment: Any
) -> httpx.Response:
    body = {"order": order, "payment": {"method": "card"} | payment}
    return await evening.cashier.post("/api/payments/sale", json=body, key=key)


async def test_both_happen_at_once(evening: Evening) -> None:
    evening.house.forget()
    draft = evening.draft("Lomo", "Agua", customerName="Rosa")
    answer = await sell(evening, draft, method="cash", tendered=5_000, tip=100)
    sale = ok(answer, 201)
    order, payment = sale["order"], sale["payment"]
    assert answer.headers["Location"] == f"/api/payments/{payment['id']}"
    assert (order["status"], order["rev"], order["paid"], order["balance"]) == ("confirmed", 1, 4_801, 0)
    assert (payment["amount"], payment["change"], payment["sessionId"]) == (4_801, 99, None)
    assert payment["allocations"] == [{"orderId": order["id"], "amount": 4_801}]
    assert await evening.read(order) == order
    created, recorded = evening.house.events()
    assert (created["type"], created["order"]) == ("order:created", order)
    assert (recorded["type"], recorded["payment"], recorded["orders"]) == (
        "payment:recorded",
        payment,
        [order],
    )


async def test_it_is_completed_when_it_is_handed_over(evening: Evening) -> None:
    order = ok(await sell(evening, evening.draft("Lomo")), 201)["order"]
    assert ok(await evening.move(order, "served"))["status"] == "completed"


async def test_the_rest_may_be_paid_in_another_way(evening: Evening) -> None:
    order = ok(await sell(evening, evening.draft("Lomo"), amount=4_000, method="cash"), 201)["order"]
    assert order["balance"] == 200
    ok(await evening.pay(order), 201)


async def test_it_can_be_for_a_table(evening: Evening) -> None:
    sale = ok(await sell(evening, evening.draft("Lomo", table="5")), 201)
    assert sale["payment"]["sessionId"] == sale["order"]["sessionId"] is not None


async def test_sent_again_with_its_key_it_is_one(evening: Evening) -> None:
    draft, id_ = evening.draft("Lomo", id=new_id()), new_id()
    first, again = [await sell(evening, draft, "tap", id=id_) for _ in range(2)]
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert len(evening.house.events("order:created")) == 1


@pytest.mark.parametrize(
    ("payment", "status", "code"),
    [
        ({"amount": 4_201}, 409, "not_owed"),
        ({"method": "cash", "tendered": 4_000}, 422, "invalid"),
        ({"method": "card", "tendered": 5_000}, 422, "invalid"),
        ({"method": None}, 422, "invalid"),
    ],
)
async def test_money_that_is_refused_leaves_no_order(
    evening: Evening, payment: dict[str, Any], status: int, code: str
) -> None:
    evening.house.forget()
    refused(await sell(evening, evening.draft("Lomo"), **payment), status, code)
    assert evening.house.events() == []
    assert ok(await evening.waiter.get("/api/orders"))["items"] == []


async def test_an_order_that_is_refused_takes_no_money(evening: Evening) -> None:
    await evening.carte.sold_out(evening.dishes["Lomo"])
    refused(await sell(evening, evening.draft("Lomo")), 409, "sold_out")
    assert ok(await evening.cashier.get("/api/payments"))["items"] == []


async def test_it_is_not_for_the_kitchen(evening: Evening) -> None:
    body = {"order": evening.draft("Lomo"), "payment": {"method": "card"}}
    refused(await evening.kitchen.post("/api/payments/sale", json=body), 403, "forbidden")
    ok(await evening.waiter.post("/api/payments/sale", json=body), 201)
