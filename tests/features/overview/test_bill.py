"""A visit's bill: its orders, their sums, and what is paid."""

from __future__ import annotations

import httpx

from restai.http.deps import Context
from tests.support.evening import Evening, ok
from tests.support.house import House


async def test_it_shows_all_that_is_owed_and_paid(evening: Evening) -> None:
    first = await evening.order("Lomo", "Papas", table="5")
    second = await evening.order("Agua", table="5")
    gone = await evening.order("Papas", table="5")
    ok(await evening.move(gone, "cancelled"))
    await evening.order("Papas", table="6")
    lomo, papas = (line["id"] for line in first["items"])
    paid = ok(await evening.pay(first, lines=[lomo], tip=300), 201)
    other = ok(await evening.pay({"id": first["sessionId"]}, amount=1_000, tip=50), 201)
    other = ok(await evening.void(other))

    assert await evening.bill(first["sessionId"]) == {
        "session": await evening.session(first["sessionId"]),
        "currency": "PEN",
        "orders": [await evening.read(order) for order in (first, second)],
        "lines": [
            {"id": lomo, "orderId": first["id"], "amount": 4_200, "paymentId": paid["id"]},
            {"id": papas, "orderId": first["id"], "amount": 1_550, "paymentId": None},
            {"id": second["items"][0]["id"], "orderId": second["id"], "amount": 601, "paymentId": None},
        ],
        "payments": [paid, other],
        "subtotal": 5_382,  # 5750 and 601 without their 18 %, each order's rounded: 4872.88 and 509.32
        "tax": 969,
        "total": 6_351,
        "paid": 4_200,
        "balance": 2_151,
        "tips": 300,
    }


async def test_it_is_never_taxed_again(context: Context, api: httpx.AsyncClient) -> None:
    """18 % of 601 is 108.18, rounded for each order: three times 108, where the sum would have 325."""
    evening = await Evening.begin(await House.open(context, api, prices_include_tax=False, tax_rate=1_800))
    orders = [await evening.order("Agua", table="5") for _ in range(3)]
    bill = await evening.bill(orders[0]["sessionId"])
    assert (bill["subtotal"], bill["tax"], bill["total"]) == (1_803, 324, 2_127)
    assert sum(line["amount"] for line in bill["lines"]) == 2_127


async def test_a_cancelled_order_is_on_it_while_its_money_is(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    ok(await evening.pay(order), 201)
    ok(await evening.move(order, "cancelled"))
    bill = await evening.bill(order["sessionId"])
    assert ([each["id"] for each in bill["orders"]], bill["balance"]) == ([order["id"]], -4_200)
    assert bill["lines"] == []


async def test_it_can_be_read_when_the_visit_is_over(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    ok(await evening.pay(order), 201)
    ok(await evening.cashier.post(f"/api/sessions/{order['sessionId']}/end"))
    bill = await evening.bill(order["sessionId"])
    assert (bill["session"]["status"], bill["total"], bill["balance"]) == ("completed", 4_200, 0)


async def test_of_who_ordered_nothing_it_is_empty(evening: Evening) -> None:
    session = await evening.seat("5")
    bill = await evening.bill(session["id"])
    assert (bill["orders"], bill["payments"], bill["total"], bill["balance"]) == ([], [], 0, 0)
