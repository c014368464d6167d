"""Orders come in over the API: what they say, cost and are called, and what cannot be ordered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event as sql_event

from restai.clock import HOUR, MINUTE, SECOND
from restai.features.orders import service
from restai.features.orders.schemas import OrderDraft
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


def states(order: dict[str, Any]) -> list[str]:
    return [line["status"] for line in order["items"]]


class TestStaffOrders:
    async def test_read_as_the_seed_page_and_more(self, evening: Evening, clock: ManualClock) -> None:
        session = await evening.seat("5")
        evening.house.forget()
        body = {
            "type": "dine_in",
            "tableId": evening.tables["5"]["id"],
            "customerName": "Sra. Paz",
            "notes": "Birthday",
            "priority": True,
            "items": [
                {"menuItemId": evening.dishes["Lomo"], "quantity": 2, "notes": "no onions"},
                {"menuItemId": evening.dishes["Agua"], "quantity": 1},
            ],
        }
        answer = await evening.waiter.post("/api/orders", json=body)
        order = ok(answer, 201)
        lomo, agua = (line["id"] for line in order["items"])
        assert answer.headers["Location"] == f"/api/orders/{order['id']}"
        assert order == {
            "id": order["id"],
            "rev": 1,
            "orderNumber": "1",
            "branchId": evening.house.branch_id,
            "tableId": evening.tables["5"]["id"],
            "tableNumber": "5",
            "sessionId": session["id"],
            "type": "dine_in",
            "status": "confirmed",
            "customerName": "Sra. Paz",
            "notes": "Birthday",
            "priority": True,
            "items": [
                {
                    "id": lomo,
                    "menuItemId": evening.dishes["Lomo"],
                    "name": "Lomo",
                    "unitPrice": 4_200,
                    "quantity": 2,
                    "modifiers": [],
                    "notes": "no onions",
                    "allergens": ["soy"],
                    "station": "kitchen",
                    "status": "pending",
                    "round": 1,
                    "guestName": None,
                    "seenAt": None,
                },
                {
                    "id": agua,
                    "menuItemId": evening.dishes["Agua"],
                    "name": "Agua",
                    "unitPrice": 601,
                    "quantity": 1,
                    "modifiers": [],
                    "notes": None,
                    "allergens": [],
                    "station": "none",
                    "status": "ready",
                    "round": 1,
                    "guestName": None,
                    "seenAt": None,
                },
            ],
            "subtotal": 7_628,  # 9001 * 10000 / 11800 = 7627.97
            "tax": 1_373,
            "total": 9_001,
            "paid": 0,
            "balance": 9_001,
            "seenAt": None,
            "unseenAt": None,
            "takenBy": None,
            "createdAt": clock.now(),
            "statusChangedAt": clock.now(),
        }
        assert await evening.read(order) == order
        (event,) = evening.house.events()
        assert (
            event.items()
            >= {
                "type": "order:created",
                "orderId": order["id"],
                "orderNumber": "1",
                "status": "confirmed",
                "total": 9_001,
                "order": order,
            }.items()
        )

    async def test_reach_the_branch_the_table_and_the_visit(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        row = evening.house.log()[-1].draft
        assert row.rooms == (
            f"branch:{evening.house.branch_id}",
            f"table:{order['tableId']}",
            f"session:{order['sessionId']}",
        )
        assert (row.session_id, row.guest_id) == (order["sessionId"], None)
        await evening.order("Lomo")
        assert evening.house.log()[-1].draft.rooms == (f"branch:{evening.house.branch_id}",)

    async def test_begin_a_visit_where_nobody_sits(self, evening: Evening) -> None:
        evening.house.forget()
        order = await evening.order("Lomo", table="5")
        session = await evening.session(order["sessionId"])
        assert (session["status"], session["guests"]) == ("active", [])
        assert (await evening.table("5"))["sessionId"] == session["id"]
        told = [event["type"] for event in evening.house.events()]
        assert told == ["session:updated", "table:occupied", "order:created"]
        assert (await evening.order("Agua", table="5"))["sessionId"] == session["id"]

    @pytest.mark.parametrize("by", ["table", "visit"])
    async def test_begin_a_requested_visit_and_let_nobody_in(self, evening: Evening, by: str) -> None:
        ana = await evening.phone("5", "Ana")
        evening.house.forget()
        if by == "table":
            order = await evening.order("Lomo", table="5")
        else:
            order = await evening.order("Lomo", sessionId=ana.session_id)
        assert order["sessionId"] == ana.session_id
        session = await evening.session(ana.session_id)
        assert (session["status"], session["guests"][0]["status"]) == ("active", "waiting")
        assert [event["type"] for event in evening.house.events()][:2] == [
            "session:updated",
            "table:occupied",
        ]
        assert evening.house.events("session:updated")[0]["session"] == session
        refused(await ana.order("Agua"), 403, "forbidden")

    async def test_of_any_kind_go_on_a_visits_bill(self, evening: Evening) -> None:
        session = await evening.seat("5")
        order = await evening.order("Papas", type="takeout", sessionId=session["id"])
        assert (order["type"], order["sessionId"], order["tableNumber"]) == ("takeout", session["id"], "5")

    async def test_without_a_table_stand_for_themselves(self, evening: Evening) -> None:
        order = await evening.order("Lomo", type="delivery", customerName="Rosa")
        assert (order["tableId"], order["sessionId"], order["tableNumber"]) == (None, None, None)

    async def test_to_take_away_occupy_no_table(self, evening: Evening) -> None:
        body = evening.draft("Lomo") | {"tableId": evening.tables["5"]["id"]}
        problem = refused(await evening.waiter.post("/api/orders", json=body), 422, "invalid")
        assert problem["errors"][0]["field"] == "tableId"
        assert (await evening.table("5"))["status"] == "available"

    async def test_come_too_late_for_a_visit_that_is_over(self, evening: Evening) -> None:
        session = await evening.seat("5")
        ok(await evening.waiter.post(f"/api/sessions/{session['id']}/end"))
        body = evening.draft("Lomo", sessionId=session["id"])
        problem = refused(await evening.waiter.post("/api/orders", json=body), 409, "stale")
        assert problem["resource"] == await evening.session(session["id"])

    async def test_are_refused_at_a_table_out_of_use(self, evening: Evening) -> None:
        url = f"/api/tables/{evening.tables['5']['id']}/status"
        ok(await evening.manager.patch(url, json={"status": "maintenance"}))
        answer = await evening.waiter.post("/api/orders", json=evening.draft("Lomo", table="5"))
        refused(answer, 409, "table_unavailable")
        assert ok(await evening.waiter.get("/api/sessions"))["items"] == []

    async def test_take_the_id_that_a_client_made_once(self, evening: Evening) -> None:
        id_ = new_id()
        assert (await evening.order("Lomo", id=id_))["id"] == id_
        body = evening.draft("Lomo", id=id_)
        refused(await evening.waiter.post("/api/orders", json=body), 409, "taken")
        assert len(evening.house.events("order:created")) == 1

    async def test_sent_again_with_their_key_are_one(self, evening: Evening) -> None:
        body = evening.draft("Lomo")
        answers = await asyncio.gather(
            *(evening.waiter.post("/api/orders", json=body, key="tap") for _ in range(4))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len(evening.house.events("order:created")) == 1

    async def test_are_not_for_the_kitchen(self, evening: Evening) -> None:
        refused(await evening.kitchen.post("/api/orders", json=evening.draft("Lomo")), 403, "forbidden")

    async def test_name_nothing_of_another_house(self, evening: Evening, rival: House) -> None:
        order = await evening.order("Lomo", table="5")
        waiter = rival.as_(rival.waiter)
        foreign = {"type": "takeout", "items": evening.items("Lomo")}
        refused(await waiter.post("/api/orders", json=foreign), 404, "not_found")
        there = {**foreign, "sessionId": order["sessionId"]}
        refused(await waiter.post("/api/orders", json=there), 404, "not_found")
        refused(await waiter.get(f"/api/orders/{order['id']}"), 404, "not_found")
        more = {"items": evening.items("Lomo")}
        refused(await waiter.post(f"/api/orders/{order['id']}/items", json=more), 404, "not_found")
        refused(await evening.move(order, "ready", by=waiter), 404, "not_found")


class TestWhatCannotBeOrdered:
    @pytest.mark.parametrize(
        ("item", "field"),
        [
            ({"quantity": 0}, "items.0.quantity"),
            ({"quantity": 1_000}, "items.0.quantity"),
            ({"quantity": 1.5}, "items.0.quantity"),
            ({"quantity": "2"}, "items.0.quantity"),
            ({"quantity": True}, "items.0.quantity"),
            ({"notes": "x" * 301}, "items.0.notes"),
            ({"notes": "\x00"}, "items.0.notes"),
            ({"unitPrice": 1}, "items.0.unitPrice"),
            ({"modifierIds": ["00000000-0000-0000-0000-000000000000"]}, "items.0.modifierIds"),
        ],
    )
    async def test_what_is_malformed(self, evening: Evening, item: dict[str, Any], field: str) -> None:
        line = evening.items("Lomo")[0] | item
        body = {"type": "takeout", "items": [line]}
        problem = refused(await evening.waiter.post("/api/orders", json=body), 422, "invalid")
        assert [error["field"] for error in problem["errors"]] == [field]

    async def test_nothing_and_too_much(self, evening: Evening) -> None:
        for items in ([], evening.items(*["Agua"] * 101)):
            body = {"type": "takeout", "items": items}
            refused(await evening.waiter.post("/api/orders", json=body), 422, "invalid")

    async def test_a_dish_that_is_on_no_menu(self, evening: Evening) -> None:
        body = {"type": "takeout", "items": [{"menuItemId": new_id(), "quantity": 1}]}
        refused(await evening.waiter.post("/api/orders", json=body), 404, "not_found")

    async def test_what_is_sold_out_is_named_whole_and_nothing_is_taken(self, evening: Evening) -> None:
        await evening.carte.sold_out(evening.dishes["Lomo"])
        await evening.carte.sold_out(evening.dishes["Agua"])
        evening.house.forget()
        body = evening.draft("Agua", "Lomo", "Papas", "Lomo", table="5")
        problem = refused(await evening.waiter.post("/api/orders", json=body), 409, "sold_out")
        assert problem["items"] == [
            {"id": evening.dishes["Agua"], "name": "Agua"},
            {"id": evening.dishes["Lomo"], "name": "Lomo"},
        ]
        assert evening.house.events() == []
        assert (await evening.table("5"))["status"] == "available"
        await evening.carte.sold_out(evening.dishes["Lomo"], back=True)
        await evening.order("Lomo", table="5")


class TestModifiers:
    async def test_are_frozen_with_their_prices(self, evening: Evening) -> None:
        body = {"name": "Punto", "min": 1, "max": 2}
        body["modifiers"] = [{"name": "Jugoso"}, {"name": "Con huevo", "price": 350}]
        group = ok(await evening.manager.post("/api/menu/modifier-groups", json=body), 201)
        jugoso, huevo = (modifier["id"] for modifier in group["modifiers"])
        lomo = f"/api/menu/items/{evening.dishes['Lomo']}"
        ok(await evening.manager.patch(lomo, json={"modifierGroupIds": [group["id"]]}))

        line = {"menuItemId": evening.dishes["Lomo"], "quantity": 2, "modifierIds": [huevo, jugoso]}
        order = await evening.order(items=[line])
        assert order["items"][0]["modifiers"] == [
            {"name": "Jugoso", "price": 0},
            {"name": "Con huevo", "price": 350},
        ]
        assert (order["items"][0]["unitPrice"], order["total"]) == (4_200, 9_100)

        bare = evening.draft("Agua", "Lomo")
        problem = refused(await evening.waiter.post("/api/orders", json=bare), 422, "invalid")
        assert problem["errors"][0]["field"] == "items.1.modifierIds"

        ok(await evening.manager.patch(lomo, json={"price": 9_900, "name": "Lomo fino"}))
        assert await evening.read(order) == order

        gone = {"isAvailable": False}
        ok(await evening.kitchen.post(f"/api/menu/modifiers/{huevo}/availability", json=gone))
        again = {"type": "takeout", "items": [line]}
        problem = refused(await evening.waiter.post("/api/orders", json=again), 409, "sold_out")
        assert problem["items"] == [{"id": huevo, "name": "Con huevo"}]


class TestMoney:
    async def settings(self, evening: Evening, **settings: Any) -> None:
        url = f"/api/branches/{evening.house.branch_id}"
        ok(await evening.manager.patch(url, json=settings))

    async def test_tax_comes_on_top_where_prices_are_net(self, evening: Evening) -> None:
        await self.settings(evening, pricesIncludeTax=False, taxRate=1_050)
        order = await evening.order("Lomo", "Agua")
        # 4801 * 10.5 % = 504.105
        assert (order["subtotal"], order["tax"], order["total"]) == (4_801, 504, 5_305)

    async def test_a_rate_of_zero_is_zero(self, evening: Evening) -> None:
        await self.settings(evening, taxRate=0)
        order = await evening.order("Lomo")
        assert (order["subtotal"], order["tax"], order["total"]) == (4_200, 0, 4_200)

    async def test_later_rounds_are_taxed_as_the_first(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        await self.settings(evening, taxRate=0, pricesIncludeTax=False)
        grown = ok(await evening.add(order, "Papas"))
        # 5750 * 10000 / 11800 = 4872.88
        assert (grown["subtotal"], grown["tax"], grown["total"]) == (4_873, 877, 5_750)

    async def test_cancelled_lines_cost_nothing(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas")
        order = ok(await evening.move_line(order, 0, "cancelled"))
        assert (order["total"], order["balance"]) == (1_550, 1_550)
        order = ok(await evening.move(order, "cancelled"))
        assert (order["subtotal"], order["tax"], order["total"], order["balance"]) == (0, 0, 0, 0)


class TestNumbers:
    async def test_begin_anew_each_business_day(self, evening: Evening, clock: ManualClock) -> None:
        noon_in_lima = datetime(2026, 9, 21, 17, 0, tzinfo=UTC)
        clock.advance(int(noon_in_lima.timestamp() * 1000) - clock.now())

        async def number() -> str:
            return (await evening.order("Agua"))["orderNumber"]

        assert [await number(), await number()] == ["1", "2"]
        clock.advance(15 * HOUR + 59 * MINUTE)  # 03:59 in Lima
        assert await number() == "3"
        clock.advance(MINUTE)
        assert await number() == "1"

    async def test_are_each_branchs_own(self, evening: Evening, rival: House) -> None:
        other = await Evening.begin(rival)
        assert (await evening.order("Agua"))["orderNumber"] == "1"
        assert (await other.order("Agua"))["orderNumber"] == "1"

    async def test_are_unique_in_their_day_when_many_order_across_midnight(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        each = 3 if evening.house.database.is_sqlite else 10  # on SQLite they take turns anyway
        await evening.changes(dayStartsAt=0)
        last_second_in_lima = datetime(2026, 9, 22, 4, 59, 59, tzinfo=UTC)
        clock.advance(int(last_second_in_lima.timestamp() * 1000) - clock.now())
        database, who = evening.house.database, evening.house.waiter
        draft = OrderDraft.model_validate(evening.draft("Agua"))
        days: dict[int, list[int]] = defaultdict(list)

        async def waiter() -> None:
            for _ in range(each):
                async with database.transaction() as tx:
                    order = await service.place(tx, who, draft)
                local = datetime.fromtimestamp(order.created_at / 1000, ZoneInfo("America/Lima"))
                days[local.day].append(order.number)
                if sum(map(len, days.values())) == 10 * each:
                    clock.advance(SECOND)

        await asyncio.gather(*(waiter() for _ in range(20)))
        assert set(days) == {21, 22}
        assert sum(map(len, days.values())) == 20 * each
        for numbers in days.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))

    async def test_are_not_lost_by_what_is_refused(self, evening: Evening) -> None:
        id_ = new_id()
        await evening.order("Agua", id=id_)
        body = evening.draft("Agua", id=id_)
        refused(await evening.waiter.post("/api/orders", json=body), 409, "taken")
        assert (await evening.order("Agua"))["orderNumber"] == "2"


class TestGuestOrders:
    async def test_wait_for_staff_to_confirm_them(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        evening.house.forget()
        order = ok(await ana.order("Lomo", "Agua", notes="we share"), 201)
        assert (order["status"], states(order)) == ("pending", ["pending", "pending"])
        assert [line["guestName"] for line in order["items"]] == ["Ana", "Ana"]
        assert order["notes"] == "we share"
        confirmed = ok(await evening.move(order, "confirmed", by=evening.waiter))
        assert (confirmed["status"], states(confirmed)) == ("confirmed", ["pending", "ready"])
        assert evening.house.guest_events("order:created")[0]["order"] == order

    async def test_are_confirmed_where_the_branch_does_so(self, evening: Evening) -> None:
        url = f"/api/branches/{evening.house.branch_id}"
        ok(await evening.manager.patch(url, json={"autoConfirm": True}))
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo", "Agua"), 201)
        assert (order["status"], states(order)) == ("confirmed", ["pending", "ready"])

    async def test_are_for_who_takes_part(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        refused(await ana.order("Lomo"), 403, "forbidden")
        await evening.approve(ana)
        ben = await evening.phone("5", "Ben")
        refused(await ben.order("Lomo"), 403, "forbidden")
        await evening.admit(ben)
        ok(await ben.order("Lomo"), 201)

    async def test_name_no_price_table_or_customer(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        for field in ({"tableId": evening.tables["6"]["id"]}, {"priority": True}, {"type": "takeout"}):
            refused(await ana.order("Lomo", **field), 422, "invalid")

    async def test_show_guests_nothing_that_staff_wrote(self, evening: Evening) -> None:
        await evening.guest_in("5", "Ana")
        lomo = evening.items("Lomo")[0] | {"notes": "table is in a hurry"}
        evening.house.forget()
        await evening.order(table="5", items=[lomo], notes="difficult guests", priority=True)
        (told,) = evening.house.guest_events("order:created")
        assert told["order"]["notes"] is None
        assert set(told) == {
            *("v", "id", "type", "branchId", "timestamp"),
            *("orderId", "orderNumber", "status", "total", "order"),
        }
        assert set(told["order"]) == {
            *(
                "id",
                "rev",
                "orderNumber",
                "branchId",
                "tableId",
                "tableNumber",
                "sessionId",
                "type",
                "status",
            ),
            *("customerName", "notes", "items", "subtotal", "tax", "total", "paid", "balance", "seenAt"),
            *("createdAt", "statusChangedAt"),
        }
        (line,) = told["order"]["items"]
        assert line["notes"] is None
        assert set(line) == {
            *("id", "menuItemId", "name", "unitPrice", "quantity", "modifiers", "notes", "allergens"),
            *("status", "round", "guestName", "seenAt"),
        }

    async def test_hide_what_staff_added_to_them(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        items = [evening.items("Lomo")[0] | {"notes": "no onions"}]
        body = {"items": items, "notes": "no hurry"}
        order = ok(await ana.post("/api/guest/orders", json=body), 201)
        more = [evening.items("Papas")[0] | {"notes": "on the house?"}]
        ok(await evening.waiter.post(f"/api/orders/{order['id']}/items", json={"items": more}))
        told = evening.house.guest_events("order:updated")[-1]["order"]
        assert told["notes"] == "no hurry"
        assert [line["notes"] for line in told["items"]] == ["no onions", None]

    async def test_may_be_taken_back_while_nobody_confirmed_them(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        evening.house.forget()
        url = f"/api/guest/orders/{order['id']}/cancel"
        cancelled = ok(await ana.post(url))
        assert (cancelled["status"], states(cancelled), cancelled["total"]) == ("cancelled", ["cancelled"], 0)
        (event,) = evening.house.events()
        assert (event["type"], event["change"], event["status"]) == ("order:updated", "status", "cancelled")
        assert ok(await ana.post(url)) == cancelled
        assert len(evening.house.events()) == 1

    async def test_stay_once_confirmed(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        ok(await evening.move(order, "confirmed", by=evening.waiter))
        problem = refused(
            await ana.post(f"/api/guest/orders/{order['id']}/cancel"), 409, "illegal_transition"
        )
        assert problem["resource"]["status"] == "confirmed"
        assert "priority" not in problem["resource"]
        assert problem["resource"]["rev"] == (await evening.read(order))["rev"]

    async def test_are_no_other_partys_business(self, evening: Evening) -> None:
        ana, olga = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Olga")
        order = ok(await ana.order("Lomo"), 201)
        refused(await olga.post(f"/api/guest/orders/{order['id']}/cancel"), 404, "not_found")


class TestListing:
    async def found(self, evening: Evening, query: str) -> list[str]:
        answer = await evening.kitchen.get(f"/api/orders{query}")
        return [order["orderNumber"] for order in ok(answer)["items"]]

    async def test_finds_by_state_time_and_words(self, evening: Evening, clock: ManualClock) -> None:
        await evening.order("Lomo", customerName="Rosa Paz")
        clock.advance(MINUTE)
        second = await evening.order("Agua", table="5")
        third = await evening.order("Lomo", customerName="100%")
        ok(await evening.move(third, "preparing"))

        assert await self.found(evening, "") == ["3", "2", "1"]
        assert await self.found(evening, "?status=ready&status=preparing") == ["3", "2"]
        assert await self.found(evening, f"?since={second['createdAt']}") == ["3", "2"]
        assert await self.found(evening, "?search=rosa") == ["1"]
        assert await self.found(evening, "?search=%25") == ["3"]
        assert await self.found(evening, "?search=%232") == ["2"]
        assert await self.found(evening, "?search=5") == ["2"]
        assert await self.found(evening, "?search=nobody") == []

    async def test_goes_page_by_page(self, evening: Evening) -> None:
        for _ in range(3):
            await evening.order("Agua")
        page = ok(await evening.waiter.get("/api/orders?limit=2"))
        rest = ok(await evening.waiter.get(f"/api/orders?limit=2&cursor={page['nextCursor']}"))
        numbers = [order["orderNumber"] for order in page["items"] + rest["items"]]
        assert (numbers, rest["nextCursor"]) == (["3", "2", "1"], None)


async def test_placing_makes_as_many_queries_for_forty_lines_as_for_one(evening: Evening) -> None:
    category = await evening.carte.category("Mas")
    group = await evening.carte.group("Punto", "Jugoso", "Cocido")
    for n in range(40):
        dish = await evening.carte.item(category, f"Plato {n}", modifierGroupIds=[group["id"]])
        evening.dishes[f"Plato {n}"] = dish["id"]
    await evening.order("Plato 0", table="5")  # the visit and the day have begun

    engine = evening.house.database._writer.sync_engine
    queries: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        queries.append(statement)

    sql_event.listen(engine, "before_cursor_execute", count)
    await evening.order("Plato 0", table="5")
    one = len(queries)
    queries.clear()
    await evening.order(*(f"Plato {n}" for n in range(40)), table="5")
    assert len(queries) == one, "\n".join(queries)
    assert one <= 25
