"""A payment is taken back: its orders owe its money again, and it stays with who did it and why."""

from __future__ import annotations

import pytest

from restai.clock import MINUTE
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused


async def test_it_stays_with_who_and_why(evening: Evening, clock: ManualClock) -> None:
    first = await evening.order("Lomo", table="5")
    second = await evening.order("Agua", table="5")
    payment = ok(await evening.pay({"id": first["sessionId"]}, tip=100), 201)
    evening.house.forget()
    clock.advance(MINUTE)
    voided = ok(await evening.void(payment, reason=" he took the card back "))
    assert voided == payment | {
        "rev": 2,
        "voidedAt": clock.now(),
        "voidedBy": {"id": evening.house.manager.user_id, "name": "Mara Manager"},
        "voidReason": "he took the card back",
    }
    assert ok(await evening.cashier.get(f"/api/payments/{payment['id']}")) == voided
    now = [await evening.read(order) for order in (first, second)]
    assert [(order["paid"], order["balance"], order["rev"]) for order in now] == [(0, 4_200, 3), (0, 601, 3)]
    told, *updates = evening.house.events()
    assert (told["type"], told["paymentId"]) == ("payment:voided", payment["id"])
    assert (told["payment"], told["orders"]) == (voided, now)
    assert [(event["change"], event["order"]) for event in updates] == [("paid", order) for order in now]


async def test_twice_is_once(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    payment = ok(await evening.pay(order), 201)
    voided = ok(await evening.void(payment))
    evening.house.forget()
    assert ok(await evening.void(payment, by=evening.cashier, reason="again")) == voided
    assert evening.house.events() == []
    assert (await evening.read(order))["rev"] == 3


async def test_a_completed_order_stays_so_and_owes(evening: Evening) -> None:
    order = ok(await evening.move(await evening.order("Lomo", table="5"), "served"))
    payment = ok(await evening.pay(order), 201)
    ok(await evening.void(payment))
    open_again = await evening.read(order)
    assert (open_again["status"], open_again["balance"]) == ("completed", 4_200)
    end = f"/api/sessions/{order['sessionId']}/end"
    assert refused(await evening.cashier.post(end), 409, "open_balance")["balance"] == 4_200
    ok(await evening.pay(order, method="cash"), 201)
    ok(await evening.cashier.post(end))


async def test_it_refunds_what_was_cancelled(evening: Evening) -> None:
    order = await evening.order("Lomo")
    payment = ok(await evening.pay(order), 201)
    cancelled = ok(await evening.move(order, "cancelled"))
    assert (cancelled["total"], cancelled["balance"]) == (0, -4_200)
    ok(await evening.void(payment))
    assert (await evening.read(order))["balance"] == 0


async def test_it_refunds_a_part_by_paying_anew(evening: Evening) -> None:
    order = ok(await evening.move_line(await evening.order("Lomo", "Agua"), 1, "served"))
    payment = ok(await evening.pay(order), 201)
    less = ok(await evening.move_line(order, 0, "cancelled"))
    assert (less["status"], less["balance"]) == ("served", -4_200)
    ok(await evening.void(payment))
    assert ok(await evening.pay(order), 201)["amount"] == 601
    assert (await evening.read(order))["status"] == "completed"


async def test_it_completes_what_is_served_and_square_by_it(evening: Evening) -> None:
    order = ok(await evening.move_line(await evening.order("Lomo", "Agua"), 1, "served"))
    ok(await evening.pay(order, amount=601), 201)
    rest = ok(await evening.pay(order), 201)
    ok(await evening.move_line(order, 0, "cancelled"))
    ok(await evening.void(rest))
    now = await evening.read(order)
    assert (now["status"], now["balance"]) == ("completed", 0)


async def test_it_moves_back_what_was_moved(evening: Evening) -> None:
    first = await evening.order("Lomo", "Agua", table="5")
    ok(await evening.pay(first), 201)
    ok(await evening.move_line(first, 1, "cancelled"))
    second = await evening.order("Papas", table="5")
    ok(await evening.void(ok(await evening.pay({"id": first["sessionId"]}), 201)))
    assert [(await evening.read(order))["balance"] for order in (first, second)] == [-601, 1_550]


async def test_it_may_come_after_the_visit(evening: Evening) -> None:
    order = await evening.order("Lomo", table="5")
    payment = ok(await evening.pay(order), 201)
    ok(await evening.cashier.post(f"/api/sessions/{order['sessionId']}/end"))
    ok(await evening.void(payment, by=evening.cashier))
    assert (await evening.read(order))["balance"] == 4_200


@pytest.mark.parametrize("body", [{}, {"reason": None}, {"reason": "  "}, {"reason": "x" * 201}])
async def test_it_needs_a_reason(evening: Evening, body: dict[str, str]) -> None:
    payment = ok(await evening.pay(await evening.order("Lomo")), 201)
    answer = await evening.manager.post(f"/api/payments/{payment['id']}/void", json=body)
    refused(answer, 422, "invalid")


async def test_it_is_for_managers_and_cashiers(evening: Evening) -> None:
    payment = ok(await evening.pay(await evening.order("Lomo")), 201)
    for caller in (evening.waiter, evening.kitchen):
        refused(await evening.void(payment, by=caller), 403, "forbidden")
    refused(await evening.void({"id": new_id()}), 404, "not_found")
    ok(await evening.void(payment, by=evening.cashier))
