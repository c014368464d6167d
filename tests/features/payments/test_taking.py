"""Money is taken over the API: what a payment says, where it goes, and what cannot be paid."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from restai.clock import MINUTE
from restai.http.deps import Context
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


async def owed(evening: Evening, *orders: dict[str, Any]) -> list[int]:
    return [(await evening.read(order))["balance"] for order in orders]


def lines(order: dict[str, Any], *places: int) -> list[str]:
    return [order["items"][place]["id"] for place in places]


class TestOfAnOrder:
    async def test_read_as_they_were_taken(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo", table="5")
        evening.house.forget()
        answer = await evening.pay(order, method="cash", tip=300, tendered=5_000)
        payment = ok(answer, 201)
        assert answer.headers["Location"] == f"/api/payments/{payment['id']}"
        assert payment == {
            "id": payment["id"],
            "rev": 1,
            "sessionId": order["sessionId"],
            "method": "cash",
            "amount": 4_200,
            "tip": 300,
            "tendered": 5_000,
            "change": 500,
            "allocations": [{"orderId": order["id"], "amount": 4_200}],
            "lines": [],
            "share": None,
            "by": {"id": evening.house.cashier.user_id, "name": "Carla Cashier"},
            "voidedAt": None,
            "voidedBy": None,
            "voidReason": None,
            "createdAt": clock.now(),
        }
        assert ok(await evening.waiter.get(f"/api/payments/{payment['id']}")) == payment
        paid = await evening.read(order)
        assert (paid["paid"], paid["balance"], paid["rev"]) == (4_200, 0, 2)

        recorded, updated = evening.house.events()
        assert (recorded["type"], recorded["paymentId"]) == ("payment:recorded", payment["id"])
        assert (recorded["payment"], recorded["orders"]) == (payment, [paid])
        assert (updated["type"], updated["change"], updated["order"]) == ("order:updated", "paid", paid)

    async def test_reach_the_branch_and_the_visit(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        ok(await evening.pay(order, amount=100), 201)
        row = next(row.draft for row in evening.house.log() if row.draft.type == "payment:recorded")
        assert row.rooms == (f"branch:{evening.house.branch_id}", f"session:{order['sessionId']}")
        assert row.session_id == order["sessionId"]
        evening.house.forget()
        ok(await evening.pay(await evening.order("Agua")), 201)
        row = next(row.draft for row in evening.house.log() if row.draft.type == "payment:recorded")
        assert (row.rooms, row.session_id) == ((f"branch:{evening.house.branch_id}",), None)

    async def test_may_be_several_in_several_ways(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        ok(await evening.pay(order, method="cash", amount=1_000), 201)
        ok(await evening.pay(order, method="other", amount=200), 201)
        last = ok(await evening.pay(order, method="card", tip=420), 201)
        assert (last["amount"], last["tip"]) == (3_000, 420)
        assert await owed(evening, order) == [0]

    @pytest.mark.parametrize("amount", [4_201, 10**15])
    async def test_are_never_more_than_is_owed(self, evening: Evening, amount: int) -> None:
        order = await evening.order("Lomo")
        problem = refused(await evening.pay(order, amount=amount), 409, "not_owed")
        assert (problem["balance"], problem["currency"]) == (4_200, "PEN")
        assert await evening.read(order) == order

    async def test_are_refused_once_nothing_is_owed(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        ok(await evening.pay(order), 201)
        evening.house.forget()
        for how in ({}, {"amount": 1}, {"share": {"number": 1, "of": 2}, "balance": 0}):
            assert refused(await evening.pay(order, **how), 409, "not_owed")["balance"] == 0
        refused(await evening.pay(order, lines=lines(order, 0)), 409, "not_owed")
        assert evening.house.events() == []

    async def test_are_refused_if_the_caller_saw_another_balance(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        ok(await evening.pay(order, amount=1_000, balance=4_200), 201)
        problem = refused(await evening.pay(order, amount=1_000, balance=4_200), 409, "not_owed")
        assert problem["balance"] == 3_200
        assert await owed(evening, order) == [3_200]

    async def test_come_before_a_further_round_as_well(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        ok(await evening.pay(order), 201)
        grown = ok(await evening.add(order, "Agua"))
        assert (grown["paid"], grown["balance"], grown["status"]) == (4_200, 601, "confirmed")
        assert ok(await evening.pay(order), 201)["amount"] == 601

    async def test_take_the_id_that_a_client_made_once(self, evening: Evening) -> None:
        order, id_ = await evening.order("Lomo"), new_id()
        assert ok(await evening.pay(order, amount=100, id=id_), 201)["id"] == id_
        refused(await evening.pay(order, amount=100, id=id_), 409, "taken")
        assert await owed(evening, order) == [4_100]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"method": "gold"},
            {"method": "card", "all": False},
            {"method": "card", "all": True, "amount": 100},
            {"method": "card"},
            {"method": "card", "amount": 0},
            {"method": "card", "amount": -100},
            {"method": "card", "amount": 1.5},
            {"method": "card", "all": True, "tip": -1},
            {"method": "card", "all": True, "tendered": 5_000},
            {"method": "card", "lines": []},
            {"method": "card", "lines": ["019a0000-0000-7000-8000-000000000000"] * 2},
            {"method": "card", "share": {"number": 1, "of": 2}},
            {"method": "card", "share": {"number": 3, "of": 2}, "balance": 4_200},
            {"method": "card", "share": {"number": 0, "of": 2}, "balance": 4_200},
            {"method": "cash", "all": True, "tendered": 4_199},
            {"method": "cash", "all": True, "tip": 1, "tendered": 4_200},
            {"method": "card", "all": True, "sessionId": "019a0000-0000-7000-8000-000000000000"},
            {"method": "card", "all": True, "branchId": "019a0000-0000-7000-8000-000000000000"},
        ],
    )
    async def test_that_make_no_sense_are_refused(self, evening: Evening, body: dict[str, Any]) -> None:
        order = await evening.order("Lomo")
        answer = await evening.cashier.post("/api/payments", json={"orderId": order["id"], **body})
        refused(answer, 422, "invalid")
        assert await evening.read(order) == order

    async def test_are_for_something(self, evening: Evening) -> None:
        answer = await evening.cashier.post("/api/payments", json={"method": "card", "all": True})
        refused(answer, 422, "invalid")


class TestCompletion:
    async def test_comes_when_what_is_served_is_paid(self, evening: Evening, clock: ManualClock) -> None:
        order = ok(await evening.move(await evening.order("Lomo", table="5"), "served"))
        ok(await evening.pay(order, amount=4_199), 201)
        assert (await evening.read(order))["status"] == "served"
        clock.advance(MINUTE)
        ok(await evening.pay(order), 201)
        done = await evening.read(order)
        assert (done["status"], done["statusChangedAt"]) == ("completed", clock.now())
        assert evening.house.events("order:updated")[-1]["status"] == "completed"
        refused(await evening.add(order, "Agua"), 409, "order_over")

    async def test_comes_when_what_is_paid_is_served(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Agua")
        ok(await evening.pay(order), 201)
        assert (await evening.read(order))["status"] == "confirmed"
        ready = ok(await evening.move(order, "ready"))
        assert ready["status"] == "ready"
        ok(await evening.move_line(order, 0, "served"))
        last = ok(await evening.move_line(order, 1, "served"))
        assert (last["status"], [line["status"] for line in last["items"]]) == ("completed", ["served"] * 2)

    async def test_comes_with_the_last_line_that_is_cancelled(self, evening: Evening) -> None:
        order = await evening.order("Agua", "Lomo")
        ok(await evening.move_line(order, 0, "served"))
        ok(await evening.pay(order, lines=lines(order, 0)), 201)
        assert ok(await evening.move_line(order, 1, "cancelled"))["status"] == "completed"

    async def test_comes_at_once_to_what_costs_nothing(self, evening: Evening) -> None:
        free = f"/api/menu/items/{evening.dishes['Agua']}"
        ok(await evening.manager.patch(free, json={"price": 0}))
        order = await evening.order("Agua")
        assert (order["status"], order["balance"]) == ("ready", 0)
        assert ok(await evening.move(order, "served"))["status"] == "completed"

    async def test_waits_for_the_kitchen(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        ok(await evening.pay(order), 201)
        assert (await evening.read(order))["status"] == "pending"


class TestOfAVisit:
    async def test_go_to_its_orders_oldest_first(self, evening: Evening, clock: ManualClock) -> None:
        first = await evening.order("Lomo", table="5")
        clock.advance(MINUTE)
        second = await evening.order("Papas", table="5")
        elsewhere = await evening.order("Papas", table="6")
        session = await evening.session(first["sessionId"])
        some = ok(await evening.pay(session, amount=1_000), 201)
        assert some["allocations"] == [{"orderId": first["id"], "amount": 1_000}]
        more = ok(await evening.pay(session, amount=4_000), 201)
        assert more["allocations"] == [
            {"orderId": first["id"], "amount": 3_200},
            {"orderId": second["id"], "amount": 800},
        ]
        rest = ok(await evening.pay(session), 201)
        assert rest["allocations"] == [{"orderId": second["id"], "amount": 750}]
        assert await owed(evening, first, second, elsewhere) == [0, 0, 1_550]
        assert await evening.session(session["id"]) == session, "its body is another than its bill"

    async def test_tell_of_each_order_that_changed(self, evening: Evening) -> None:
        first, second = [await evening.order("Lomo", table="5") for _ in range(2)]
        third = await evening.order("Agua", table="5")
        evening.house.forget()
        ok(await evening.pay({"id": first["sessionId"]}, amount=5_000), 201)
        now = [await evening.read(order) for order in (first, second, third)]
        assert [order["rev"] for order in now] == [2, 2, 1]
        assert evening.house.events("payment:recorded")[0]["orders"] == now[:2]
        assert [event["order"] for event in evening.house.events("order:updated")] == now[:2]

    async def test_use_up_what_an_order_got_too_much(self, evening: Evening) -> None:
        first = await evening.order("Lomo", "Agua", table="5")
        ok(await evening.pay(first), 201)
        ok(await evening.move_line(first, 1, "cancelled"))
        second = await evening.order("Papas", table="5")
        assert await owed(evening, first, second) == [-601, 1_550]
        visit = {"id": first["sessionId"]}
        assert refused(await evening.pay(visit, amount=950), 409, "not_owed")["balance"] == 949
        rest = ok(await evening.pay(visit), 201)
        assert rest["amount"] == 949
        assert rest["allocations"] == [
            {"orderId": first["id"], "amount": -601},
            {"orderId": second["id"], "amount": 1_550},
        ]
        assert await owed(evening, first, second) == [0, 0]

    async def test_of_nothing_still_put_its_orders_right(self, evening: Evening) -> None:
        first = await evening.order("Papas", "Lomo", table="5")
        ok(await evening.pay(first), 201)
        ok(await evening.move_line(first, 0, "cancelled"))
        second = await evening.order("Papas", table="5")
        assert ok(await evening.pay({"id": first["sessionId"]}), 201)["amount"] == 0
        assert await owed(evening, first, second) == [0, 0]
        refused(await evening.pay({"id": first["sessionId"]}), 409, "not_owed")

    async def test_that_got_too_much_takes_nothing(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        ok(await evening.pay(order), 201)
        ok(await evening.move(order, "cancelled"))
        problem = refused(await evening.pay({"id": order["sessionId"]}), 409, "not_owed")
        assert problem["balance"] == -4_200

    async def test_may_come_after_its_end(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        ok(await evening.manager.post(f"/api/sessions/{order['sessionId']}/end", json={"force": True}))
        ok(await evening.pay({"id": order["sessionId"]}), 201)
        assert await owed(evening, order) == [0]


class TestByLine:
    async def test_take_what_the_lines_come_to(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas", "Agua", table="5")
        payment = ok(await evening.pay(order, lines=lines(order, 0, 2)), 201)
        assert (payment["amount"], payment["lines"]) == (4_801, sorted(lines(order, 0, 2)))
        assert ok(await evening.pay(order, lines=lines(order, 1)), 201)["amount"] == 1_550
        assert await owed(evening, order) == [0]

    async def test_take_them_with_their_tax(self, context: Context, api: httpx.AsyncClient) -> None:
        house = await House.open(context, api, prices_include_tax=False, tax_rate=1_800)
        evening = await Evening.begin(house)
        order = await evening.order("Lomo", "Papas", "Agua")
        assert (order["tax"], order["total"]) == (1_143, 7_494)
        taken = [
            ok(await evening.pay(order, lines=lines(order, place)), 201)["amount"] for place in (2, 0, 1)
        ]
        assert taken == [709, 4_956, 1_829]
        assert await owed(evening, order) == [0]

    async def test_work_out_however_the_order_grew(self, context: Context, api: httpx.AsyncClient) -> None:
        """A cent's share of tax goes to another line, once there are more: the last line has it."""
        house = await House.open(context, api, prices_include_tax=False, tax_rate=1_800)
        evening = await Evening.begin(house)
        order = await evening.order("Agua", "Agua", table="5")
        first = ok(await evening.pay(order, lines=lines(order, 1)), 201)
        order = ok(await evening.add(order, "Agua"))
        shares = [line["amount"] for line in (await evening.bill(order["sessionId"]))["lines"]]
        assert shares == [709, 710, 709]
        rest = [ok(await evening.pay(order, lines=lines(order, place)), 201) for place in (0, 2)]
        assert [first["amount"], *(each["amount"] for each in rest)] == [709, 709, 710]
        assert (await evening.read(order))["total"] == 2_128  # 1803 and 324.54 of tax
        assert await owed(evening, order) == [0]

    async def test_of_several_orders_go_to_each(self, evening: Evening) -> None:
        first, second = [await evening.order("Lomo", "Agua", table="5") for _ in range(2)]
        mixed = lines(first, 1) + lines(second, 0)
        payment = ok(await evening.pay({"id": first["sessionId"]}, lines=mixed), 201)
        assert payment["allocations"] == [
            {"orderId": first["id"], "amount": 601},
            {"orderId": second["id"], "amount": 4_200},
        ]

    async def test_are_refused_for_what_is_paid_or_cancelled(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas", "Agua", table="5")
        ok(await evening.pay(order, lines=lines(order, 0)), 201)
        ok(await evening.move_line(order, 1, "cancelled"))
        problem = refused(await evening.pay(order, lines=lines(order, 0, 1, 2)), 409, "not_payable")
        assert {line["name"] for line in problem["lines"]} == {"Lomo", "Papas"}
        other = await evening.order("Agua", table="5")
        ok(await evening.pay(other), 201)
        visit = {"id": order["sessionId"]}
        problem = refused(await evening.pay(visit, lines=lines(other, 0)), 409, "not_payable")
        assert problem["lines"] == [{"id": other["items"][0]["id"], "name": "Agua"}]
        assert await owed(evening, order) == [601]

    async def test_of_another_order_are_not_found(self, evening: Evening) -> None:
        order, other = await evening.order("Lomo"), await evening.order("Agua")
        refused(await evening.pay(order, lines=lines(order, 0) + lines(other, 0)), 404, "not_found")

    async def test_pay_no_more_than_others_have_left(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas", "Papas")
        ok(await evening.pay(order, amount=5_000), 201)
        assert refused(await evening.pay(order, lines=lines(order, 0)), 409, "not_owed")["balance"] == 2_300
        ok(await evening.pay(order, lines=lines(order, 1)), 201)
        assert ok(await evening.pay(order, lines=lines(order, 0, 2)), 201)["amount"] == 750

    async def test_of_a_voided_payment_can_be_paid_again(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Agua")
        payment = ok(await evening.pay(order, lines=lines(order, 0)), 201)
        ok(await evening.void(payment))
        assert ok(await evening.pay(order, lines=lines(order, 0)), 201)["amount"] == 4_200


class TestShares:
    async def test_are_equal_to_the_cent(self, evening: Evening) -> None:
        first = await evening.order("Lomo", "Agua", table="5")
        second = await evening.order("Papas", table="5")
        visit, left, taken = {"id": first["sessionId"]}, 6_351, []
        for number in (1, 2, 3, 4):
            share = {"number": number, "of": 4}
            payment = ok(await evening.pay(visit, share=share, balance=left), 201)
            assert payment["share"] == share
            left -= payment["amount"]
            taken.append(payment["amount"])
        assert taken == [1_588, 1_588, 1_588, 1_587]
        assert await owed(evening, first, second) == [0, 0]

    async def test_paid_twice_at_two_desks_are_refused(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        how = {"share": {"number": 1, "of": 2}, "balance": 4_200}
        ok(await evening.pay(order, **how), 201)
        assert refused(await evening.pay(order, **how), 409, "not_owed")["balance"] == 2_100


class TestWho:
    async def test_waiters_may_and_the_kitchen_may_not(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        ok(await evening.pay(order, by=evening.waiter, amount=100), 201)
        refused(await evening.pay(order, by=evening.kitchen), 403, "forbidden")
        for url in ("/api/payments", f"/api/sessions/{order['sessionId']}/bill"):
            refused(await evening.kitchen.get(url), 403, "forbidden")
        ana = await evening.guest_in("6", "Ana")
        refused(await evening.pay(order, by=ana), 401, "token_invalid")

    async def test_another_house_or_branch_finds_nothing(self, evening: Evening, rival: House) -> None:
        order = await evening.order("Lomo", table="5")
        payment = ok(await evening.pay(order, amount=100), 201)
        await evening.house.open_branch()
        north = [max(evening.house.admin.branches)]
        nora = await evening.house.hire("Nora Norte", evening.house.manager.role, north)
        for stranger in (rival.as_(rival.admin), evening.house.as_(nora)):
            for what in (order, {"id": order["sessionId"]}):
                refused(await evening.pay(what, by=stranger), 404, "not_found")
            refused(await evening.void(payment, by=stranger), 404, "not_found")
            for url in (f"/api/payments/{payment['id']}", f"/api/sessions/{order['sessionId']}/bill"):
                refused(await stranger.get(url), 404, "not_found")
            assert ok(await stranger.get(f"/api/payments?sessionId={order['sessionId']}"))["items"] == []
        assert await owed(evening, order) == [4_100]

    async def test_guests_see_amounts_and_no_staff(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        payment = ok(await evening.pay(order, method="cash", tip=100, tendered=5_000), 201)
        ok(await evening.void(payment, reason="he complained"))
        recorded, voided = (
            evening.house.guest_events(f"payment:{what}")[0] for what in ("recorded", "voided")
        )
        assert recorded["payment"] == {
            "id": payment["id"],
            "rev": 1,
            "sessionId": ana.session_id,
            "method": "cash",
            "amount": 4_200,
            "tip": 100,
            "allocations": payment["allocations"],
            "voidedAt": None,
            "createdAt": payment["createdAt"],
        }
        assert set(recorded["orders"][0]) == set(order)
        assert voided["payment"]["voidedAt"] is not None
        assert "complained" not in str(voided)
        assert "Carla" not in str(recorded)


class TestLists:
    async def test_are_found_by_visit_order_and_time(self, evening: Evening, clock: ManualClock) -> None:
        first = await evening.order("Lomo", table="5")
        second = await evening.order("Lomo", table="5")
        counter = await evening.order("Agua")
        a = ok(await evening.pay(first, amount=100), 201)
        b = ok(await evening.pay({"id": first["sessionId"]}), 201)
        clock.advance(MINUTE)
        c = ok(await evening.pay(counter), 201)

        async def found(query: str) -> list[dict[str, Any]]:
            return ok(await evening.cashier.get(f"/api/payments?{query}"))["items"]

        assert await found("") == [c, b, a]
        assert await found(f"sessionId={first['sessionId']}") == [b, a]
        assert await found(f"orderId={second['id']}") == [b]
        assert await found(f"orderId={counter['id']}") == [c]
        assert await found(f"since={clock.now()}") == [c]

    async def test_are_paged(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        taken = [ok(await evening.pay(order, amount=100), 201) for _ in range(3)]
        page = ok(await evening.cashier.get("/api/payments?limit=2"))
        assert page["items"] == taken[:0:-1]
        rest = ok(await evening.cashier.get(f"/api/payments?limit=2&cursor={page['nextCursor']}"))
        assert (rest["items"], rest["nextCursor"]) == ([taken[0]], None)


class TestAgain:
    """A time-out, then a retry: one payment, and the first answer again."""

    async def test_with_its_key_is_one(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        answers = await asyncio.gather(*(evening.pay(order, amount=1_000, key="tap") for _ in range(4)))
        answers.append(await evening.pay(order, amount=1_000, key="tap"))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len(evening.house.events("payment:recorded")) == 1
        assert await owed(evening, order) == [3_200]

    async def test_after_an_answer_that_never_came(self, evening: Evening) -> None:
        """The connection is lost at the very moment of the commit."""
        order = await evening.order("Lomo")
        paying = asyncio.create_task(evening.pay(order, method="cash", tendered=5_000, key="tap"))
        evening.house.database.on_commit(lambda _rows: paying.cancel())
        with pytest.raises(asyncio.CancelledError):
            await paying
        assert await owed(evening, order) == [0]
        again = ok(await evening.pay(order, method="cash", tendered=5_000, key="tap"), 201)
        assert (again["amount"], again["change"]) == (4_200, 800)
        assert ok(await evening.cashier.get("/api/payments"))["items"] == [again]

    async def test_made_offline_with_their_order_half_an_hour_later_and_twice(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        order_id, payment_id = new_id(), new_id()
        draft = evening.draft("Lomo", "Agua", id=order_id)
        clock.advance(30 * MINUTE)
        for _ in range(2):
            answer = await evening.waiter.post("/api/orders", json=draft, key="order")
            order = ok(answer, 201)
            ok(await evening.pay(order, by=evening.waiter, id=payment_id, key="payment"), 201)
        assert [event["orderId"] for event in evening.house.events("order:created")] == [order_id]
        assert [event["paymentId"] for event in evening.house.events("payment:recorded")] == [payment_id]
        assert await owed(evening, order) == [0]
