"""Two desks at one bill in the same moment: one payment, and the other is told."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from restai.features.payments import service
from restai.features.payments.models import Payment
from restai.features.payments.rules import Method
from restai.features.payments.schemas import PaymentDraft
from tests.support.evening import Evening, ok, refused

ROUNDS = 6  # of each race: one that is lost once in a while must be seen


async def test_two_cashiers_close_the_same_bill(evening: Evening) -> None:
    for n in range(ROUNDS):
        order = ok(await evening.move(await evening.order("Lomo", table="5"), "served"))
        more = await evening.order("Agua", table="5")
        visit = {"id": order["sessionId"]}
        evening.house.forget()
        answers = await asyncio.gather(
            evening.pay(visit), evening.pay(visit, by=evening.manager), evening.pay(visit, by=evening.waiter)
        )
        paid, *told = sorted(answers, key=lambda answer: answer.status_code)
        assert ok(paid, 201)["amount"] == 4_801, n
        assert [refused(answer, 409, "not_owed")["balance"] for answer in told] == [0, 0]
        assert len(evening.house.events("payment:recorded")) == 1
        now = [await evening.read(each) for each in (order, more)]
        assert [each["balance"] for each in now] == [0, 0]
        assert evening.house.events("payment:recorded")[0]["orders"] == now
        assert ok(await evening.cashier.get(f"/api/payments?sessionId={visit['id']}"))["items"] == [
            paid.json()
        ]
        ok(await evening.cashier.post(f"/api/sessions/{visit['id']}/end"))


async def test_one_desk_closes_the_visit_and_one_its_order(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        order = await evening.order("Lomo", table=number)
        answers = await asyncio.gather(evening.pay(order), evening.pay({"id": order["sessionId"]}))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        now = await evening.read(order)
        assert (now["paid"], now["rev"]) == (4_200, 2)


async def test_amounts_at_once_are_all_there_and_never_too_much(evening: Evening) -> None:
    for _ in range(ROUNDS):
        order = await evening.order("Lomo")
        answers = await asyncio.gather(*(evening.pay(order, amount=1_500) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
        now = await evening.read(order)
        assert (now["paid"], now["rev"]) == (3_000, 3)
        assert evening.house.events("order:updated")[-1]["order"] == now


async def test_one_line_is_paid_once(evening: Evening) -> None:
    for _ in range(ROUNDS):
        order = await evening.order("Lomo", "Lomo")
        line = [order["items"][0]["id"]]
        answers = await asyncio.gather(*(evening.pay(order, lines=line) for _ in range(3)))
        told = [answer for answer in answers if answer.status_code != 201]
        assert [refused(answer, 409, "not_payable")["lines"][0]["id"] for answer in told] == line * 2


async def test_a_payment_against_a_further_round(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        order = await evening.order("Lomo", table=number)
        visit = {"id": order["sessionId"]}
        paid, _, another = await asyncio.gather(
            evening.pay(visit), evening.add(order, "Agua"), evening.order("Papas", table=number)
        )
        due = [await evening.read(each) for each in (order, another)]
        amount = ok(paid, 201)["amount"]
        assert amount in (4_200, 4_801, 5_750, 6_351)
        assert sum(each["balance"] for each in due) == 6_351 - amount
        assert (await evening.bill(visit["id"]))["balance"] == 6_351 - amount


async def test_a_payment_against_the_end_of_its_visit(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        order = await evening.order("Lomo", table=number)
        paid, ended = await asyncio.gather(
            evening.pay({"id": order["sessionId"]}),
            evening.cashier.post(f"/api/sessions/{order['sessionId']}/end"),
        )
        ok(paid, 201)
        now = await evening.read(order)
        assert now["balance"] == 0
        assert (ended.status_code, now["status"]) in [(200, "completed"), (409, "confirmed")]


async def test_one_payment_is_voided_once(evening: Evening) -> None:
    for _ in range(ROUNDS):
        order = await evening.order("Lomo", table="5")
        payment = ok(await evening.pay(order), 201)
        evening.house.forget()
        answers = await asyncio.gather(*(evening.void(payment, reason=f"no. {n}") for n in range(3)))
        assert len({ok(answer)["voidReason"] for answer in answers}) == 1
        assert len(evening.house.events("payment:voided")) == 1
        assert (await evening.read(order))["balance"] == 4_200


async def test_a_void_against_a_payment(evening: Evening) -> None:
    for n in range(ROUNDS):
        number = f"R{n}"
        evening.tables[number] = await evening.new_table(number)
        order = await evening.order("Lomo", "Agua", table=number)
        first = ok(await evening.pay(order, amount=601), 201)
        voided, rest = await asyncio.gather(evening.void(first), evening.pay({"id": order["sessionId"]}))
        ok(voided)
        assert (await evening.read(order))["balance"] == 4_801 - ok(rest, 201)["amount"]


async def test_a_till_is_counted_with_the_cash_that_is_just_coming_in(evening: Evening) -> None:
    await evening.open_till(100)
    order = await evening.order("Lomo")
    draft = PaymentDraft(order_id=order["id"], method=Method.CASH, all=True)
    async with evening.house.database.transaction() as tx:
        await service.take(tx, evening.house.cashier, draft)
        closing = asyncio.create_task(evening.close_till(4_300))
        done, _ = await asyncio.wait({closing}, timeout=0.3)  # seconds: unhindered it takes a tenth of them
        assert not done
    assert (await closing)["difference"] == 0


async def test_cash_that_comes_in_as_the_till_is_closed_is_in_it_or_in_none(evening: Evening) -> None:
    for _ in range(ROUNDS):
        till = await evening.open_till(100)
        order = await evening.order("Lomo")
        paid, closed = await asyncio.gather(evening.pay(order, method="cash"), evening.close_till(100))
        ok(paid, 201)
        async with evening.house.database.reading() as tx:
            in_it = await tx.session.scalar(select(Payment.id).where(Payment.till_id == till["id"]))
        assert closed["expected"] == (100 if in_it is None else 4_300)


async def test_one_till_is_opened_and_closed_once(evening: Evening) -> None:
    for _ in range(ROUNDS):
        body = {"openingFloat": 100}
        opened = await asyncio.gather(*(evening.cashier.post("/api/till/open", json=body) for _ in range(3)))
        assert sorted(answer.status_code for answer in opened) == [201, 409, 409]
        closed = await asyncio.gather(
            *(evening.cashier.post("/api/till/close", json={"counted": n}) for n in range(3))
        )
        assert sorted(answer.status_code for answer in closed) == [200, 409, 409]
