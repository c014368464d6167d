"""What a kitchen's screens have drawn, the alarm when they have not, recall, and the rush."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import text

from restai.auth.permissions import Role
from restai.clock import MINUTE, SECOND
from restai.features.orders import service
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


def seen(order: dict[str, Any]) -> list[int | None]:
    return [line["seenAt"] for line in order["items"]]


class TestSeeing:
    async def test_shows_line_by_line_and_for_the_order_when_all_is_seen(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        order = await evening.order("Lomo", "Papas", "Agua", table="5")
        lomo, papas, _ = order["items"]
        evening.house.forget()
        first = clock.now()
        assert await evening.see(lomo) == [lomo["id"]]
        now = await evening.read(order)
        assert (seen(now), now["seenAt"], now["rev"]) == ([first, None, None], None, 2)
        clock.advance(SECOND)
        await evening.see(papas)
        now = await evening.read(order)
        assert (seen(now), now["seenAt"], now["rev"]) == ([first, clock.now(), None], clock.now(), 3)
        assert [event["change"] for event in evening.house.events()] == ["seen", "seen"]
        assert evening.house.events()[-1]["order"] == now
        assert evening.house.guest_events()[-1]["order"]["seenAt"] == clock.now()

    async def test_again_tells_nobody(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo")
        (lomo,) = order["items"]
        await evening.see(lomo)
        before = await evening.read(order)
        evening.house.forget()
        clock.advance(MINUTE)
        assert await evening.see(lomo) == [lomo["id"]]
        assert await evening.read(order) == before
        assert evening.house.events() == []

    async def test_of_a_new_line_is_awaited_again(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo")
        await evening.see(*order["items"])
        clock.advance(MINUTE)
        grown = ok(await evening.add(order, "Papas"))
        assert (seen(grown), grown["seenAt"]) == ([clock.now() - MINUTE, None], None)
        drinks = ok(await evening.add(order, "Agua"))
        await evening.see(grown["items"][1])
        now = await evening.read(order)
        assert (now["seenAt"], seen(now)[2], len(drinks["items"])) == (clock.now(), None, 3)

    async def test_is_whole_once_the_rest_is_cancelled(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas")
        await evening.see(order["items"][0])
        less = ok(await evening.move_line(order, 1, "cancelled"))
        assert less["seenAt"] == seen(less)[0] is not None

    async def test_reports_of_many_orders_are_one_call(self, evening: Evening) -> None:
        orders = [await evening.order("Lomo", "Papas") for _ in range(3)]
        lines = [line for order in orders for line in order["items"]]
        evening.house.forget()
        assert sorted(await evening.see(*lines)) == sorted(line["id"] for line in lines)
        assert len(evening.house.events("order:updated")) == 3
        assert all([(await evening.read(order))["seenAt"] for order in orders])

    async def test_passes_over_what_is_not_the_kitchens(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        pending = ok(await ana.order("Lomo"), 201)
        drinks = await evening.order("Agua")
        gone = ok(await evening.move(await evening.order("Lomo"), "cancelled"))
        over = await evening.order("Lomo", table="6")
        ok(await evening.manager.post(f"/api/sessions/{over['sessionId']}/end", json={"force": True}))
        order = await evening.order("Lomo")
        others = [await evening.read(other) for other in (pending, drinks, gone, over)]
        evening.house.forget()
        drawn = [other["items"][0] for other in others] + [{"id": new_id()}] + order["items"]
        assert await evening.see(*drawn) == [order["items"][0]["id"]]
        assert [event["orderId"] for event in evening.house.events()] == [order["id"]]
        assert [await evening.read(other) for other in others] == others

    async def test_is_no_other_houses_or_branchs_business(self, evening: Evening, rival: House) -> None:
        order = await evening.order("Lomo")
        elsewhere = await evening.house.open_branch()
        cook = await evening.house.hire("Nora Norte", Role.KITCHEN, [elsewhere])
        for stranger in (rival.as_(rival.kitchen), evening.house.as_(cook)):
            assert await evening.see(*order["items"], by=stranger) == []
        assert await evening.read(order) == order

    async def test_belongs_to_who_begins_a_dish(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo", "Papas")
        begun = ok(await evening.move_line(order, 0, "preparing"))
        assert seen(begun) == [clock.now(), None]
        back = ok(await evening.move_line(order, 0, "pending", from_="preparing"))
        assert seen(back) == [clock.now(), None]
        ready = ok(await evening.move(order, "ready"))
        assert ready["seenAt"] == clock.now()

    async def test_begins_anew_when_an_order_was_taken_out_of_the_kitchen(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        await evening.see(*order["items"])
        back = ok(await evening.move(order, "pending", from_="confirmed"))
        assert (back["seenAt"], seen(back)) == (None, [None])
        again = ok(await evening.move(order, "confirmed"))
        assert (again["seenAt"], seen(again)) == (None, [None])

    @pytest.mark.parametrize("body", [{}, {"lineIds": []}, {"lineIds": ["x"]}, {"lineIds": None}, None])
    async def test_names_lines(self, evening: Evening, body: Any) -> None:
        refused(await evening.kitchen.post("/api/kitchen/seen", json=body), 422, "invalid")

    async def test_names_a_thousand_lines_at_most(self, evening: Evening) -> None:
        many = [new_id() for _ in range(1_001)]
        url = "/api/kitchen/seen"
        assert ok(await evening.kitchen.post(url, json={"lineIds": many[:1_000]})) == {"lineIds": []}
        refused(await evening.kitchen.post(url, json={"lineIds": many}), 422, "invalid")

    async def test_sent_again_with_its_key_is_answered_as_before(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        body = {"lineIds": [order["items"][0]["id"]]}
        first, second = [
            await evening.kitchen.post("/api/kitchen/seen", json=body, key="drawn") for _ in range(2)
        ]
        assert first.content == second.content
        assert len(evening.house.events("order:updated")) == 1

    async def test_by_eight_screens_at_once_is_told_once(self, evening: Evening) -> None:
        """Each reports the same orders, in an order of its own."""
        orders = [await evening.order("Lomo", "Papas") for _ in range(6)]
        lines = [line for order in orders for line in order["items"]]
        evening.house.forget()
        reports = await asyncio.gather(*(evening.see(*lines[n:], *lines[:n]) for n in range(8)))
        assert all(sorted(report) == sorted(line["id"] for line in lines) for report in reports)
        assert sorted(event["orderId"] for event in evening.house.events()) == sorted(
            order["id"] for order in orders
        )

    async def test_against_new_lines_and_bumps_ends_in_one_truth(self, evening: Evening) -> None:
        for _ in range(6):
            order = await evening.order("Lomo", "Papas")
            evening.house.forget()
            await asyncio.gather(
                evening.see(*order["items"]), evening.add(order, "Lomo"), evening.move_line(order, 0, "ready")
            )
            now = await evening.read(order)
            assert evening.house.events()[-1]["order"] == now
            assert [line["seenAt"] is not None for line in now["items"]] == [True, True, False]
            assert now["seenAt"] is None

    async def test_makes_as_many_queries_for_a_report_of_one_orders_forty_lines_as_of_one(
        self, evening: Evening
    ) -> None:
        queries: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            queries.append(statement)

        engine = evening.house.database._writer.sync_engine
        sql_event.listen(engine, "before_cursor_execute", count)
        counts = []
        for lines in (1, 40):
            order = await evening.order(*["Lomo"] * lines)
            queries.clear()
            await evening.see(*order["items"])
            counts.append(len(queries))
        assert counts[0] == counts[1], "\n".join(queries)


class TestTheAlarm:
    async def test_rings_once_ten_seconds_after_the_kitchen_got_it(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        order = await evening.order("Lomo", "Papas", table="5")
        evening.house.forget()
        clock.advance(10 * SECOND - 1)
        assert await evening.sweep_alarms() == 0
        clock.advance(1)
        assert await evening.sweep_alarms() == 1
        now = await evening.read(order)
        assert (now["unseenAt"], now["rev"]) == (clock.now(), 2)
        (event,) = evening.house.events()
        assert (event["type"], event["orderId"], event["order"]) == ("order:unseen", order["id"], now)
        assert evening.house.log()[-1].draft.rooms == (f"branch:{evening.house.branch_id}",)
        assert evening.house.guest_events() == []
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0

    async def test_tells_since_when_it_is_late_though_the_sweep_came_later(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        order = await evening.order("Lomo")
        clock.advance(13 * SECOND)
        await evening.sweep_alarms()
        assert (await evening.read(order))["unseenAt"] == clock.now() - 3 * SECOND

    async def test_ends_when_the_last_late_line_is_seen(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo", "Papas")
        clock.advance(10 * SECOND)
        await evening.sweep_alarms()
        await evening.see(order["items"][0])
        assert (await evening.read(order))["unseenAt"] is not None
        await evening.see(order["items"][1])
        now = await evening.read(order)
        assert (now["unseenAt"], now["seenAt"]) == (None, clock.now())
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0

    async def test_rings_again_for_lines_that_were_added(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo")
        clock.advance(10 * SECOND)
        await evening.sweep_alarms()
        clock.advance(6 * SECOND)
        grown = ok(await evening.add(order, "Papas"))
        assert grown["unseenAt"] == clock.now() - 6 * SECOND
        await evening.see(order["items"][0])
        assert (await evening.read(order))["unseenAt"] is None, "the new line is not late yet"
        clock.advance(9 * SECOND)
        assert await evening.sweep_alarms() == 0
        clock.advance(SECOND)
        assert await evening.sweep_alarms() == 1
        assert (await evening.read(order))["unseenAt"] == clock.now()
        assert len(evening.house.events("order:unseen")) == 2

    async def test_never_rings_for_what_was_seen_begun_or_cancelled(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        seen_ = await evening.order("Lomo")
        await evening.see(*seen_["items"])
        for to in ("preparing", "ready", "served", "cancelled"):
            ok(await evening.move(await evening.order("Lomo"), to))
        ok(await evening.move_line(await evening.order("Lomo", "Agua"), 0, "cancelled"))
        ok(await evening.move(await evening.order("Lomo"), "completed", by=evening.manager, force=True))
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0

    async def test_never_rings_for_what_needs_no_kitchen(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Agua")
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0
        ok(await evening.add(order, "Agua"))
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0

    async def test_waits_until_a_guests_order_is_confirmed(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0
        ok(await evening.move(order, "confirmed"))
        clock.advance(9 * SECOND)
        assert await evening.sweep_alarms() == 0
        clock.advance(SECOND)
        assert await evening.sweep_alarms() == 1
        back = ok(await evening.move(order, "pending", from_="confirmed"))
        assert back["unseenAt"] is None

    async def test_rings_where_orders_confirm_themselves(self, evening: Evening, clock: ManualClock) -> None:
        url = f"/api/branches/{evening.house.branch_id}"
        ok(await evening.manager.patch(url, json={"autoConfirm": True}))
        ana = await evening.guest_in("5", "Ana")
        ok(await ana.order("Lomo"), 201)
        clock.advance(10 * SECOND)
        assert await evening.sweep_alarms() == 1

    async def test_ends_with_the_visit(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo", table="5")
        late = await evening.order("Lomo", table="5")
        clock.advance(10 * SECOND)
        await evening.sweep_alarms()
        newest = await evening.order("Lomo", table="5")
        url = f"/api/sessions/{order['sessionId']}/end"
        ok(await evening.manager.post(url, json={"force": True}))
        for each in (order, late, newest):
            assert (await evening.read(each))["unseenAt"] is None
        clock.advance(MINUTE)
        assert await evening.sweep_alarms() == 0

    async def test_is_raised_once_by_processes_that_sweep_at_once(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        orders = [await evening.order("Lomo") for _ in range(5)]
        evening.house.forget()
        clock.advance(10 * SECOND)
        raised = await asyncio.gather(*(evening.sweep_alarms() for _ in range(4)))
        assert sum(raised) == 5
        told = [event["orderId"] for event in evening.house.events("order:unseen")]
        assert sorted(told) == sorted(order["id"] for order in orders)

    @pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
    async def test_does_not_wait_for_who_is_at_an_order(self, evening: Evening, clock: ManualClock) -> None:
        await evening.order("Lomo")
        clock.advance(10 * SECOND)
        async with evening.house.database.transaction() as one, evening.house.database.transaction() as two:
            assert await service.alarm_due(one, one.now) == 1
            await two.session.execute(text("SET LOCAL lock_timeout = 1"))
            assert await service.alarm_due(two, two.now) == 0

    async def test_against_a_screen_that_reports_ends_in_one_truth(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        for _ in range(6):
            order = await evening.order("Lomo")
            clock.advance(10 * SECOND)
            await asyncio.gather(evening.see(*order["items"]), evening.sweep_alarms())
            now = await evening.read(order)
            assert (now["seenAt"], now["unseenAt"]) == (clock.now(), None)
            assert evening.house.events()[-1]["order"] == now


class TestRecall:
    async def recent(self, evening: Evening) -> list[dict[str, Any]]:
        found = ok(await evening.kitchen.get("/api/kitchen/recent"))
        assert found["nextCursor"] is None
        return found["items"]

    async def test_finds_what_was_bumped_last_first(self, evening: Evening, clock: ManualClock) -> None:
        orders = [await evening.order("Lomo", "Papas", "Agua") for _ in range(4)]
        ok(await evening.move(orders[2], "ready"))
        clock.advance(SECOND)
        ok(await evening.move_line(orders[0], 1, "ready"))  # the fryer's part of it
        clock.advance(SECOND)
        ok(await evening.move(orders[1], "served"))
        ok(await evening.move(orders[3], "preparing"))
        found = await self.recent(evening)
        assert [each["order"] for each in found] == [await evening.read(orders[n]) for n in (1, 0, 2)]
        assert [clock.now() - each["bumpedAt"] for each in found] == [0, SECOND, 2 * SECOND]

    async def test_takes_one_step_back_from_what_was_seen(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "ready"))
        back = ok(await evening.move(order, "preparing", from_="ready"))
        assert (back["status"], await self.recent(evening)) == ("preparing", [])
        assert ok(await evening.move(order, "preparing", from_="ready")) == back, "already there"

    async def test_ends_after_a_quarter_of_an_hour(self, evening: Evening, clock: ManualClock) -> None:
        ok(await evening.move(await evening.order("Lomo"), "ready"))
        clock.advance(15 * MINUTE - 1)
        assert len(await self.recent(evening)) == 1
        clock.advance(1)
        assert await self.recent(evening) == []

    async def test_is_of_fifty_orders(self, evening: Evening, clock: ManualClock) -> None:
        bumped = []
        for _ in range(52):
            order = await evening.order("Lomo")
            clock.advance(SECOND)
            bumped.append(ok(await evening.move(order, "ready")))
        assert [each["order"] for each in await self.recent(evening)] == bumped[:1:-1]

    async def test_is_not_of_what_is_over_or_never_was_the_kitchens(self, evening: Evening) -> None:
        await evening.order("Agua")
        ok(await evening.move(await evening.order("Lomo"), "completed", by=evening.manager, force=True))
        order = ok(await evening.move(await evening.order("Lomo"), "ready"))
        ok(await evening.move(order, "cancelled"))
        mixed = ok(await evening.move_line(await evening.order("Lomo", "Papas"), 0, "ready"))
        ok(await evening.move_line(mixed, 0, "cancelled"))
        assert await self.recent(evening) == []

    async def test_is_of_ones_own_branch(self, evening: Evening, rival: House) -> None:
        ok(await evening.move(await evening.order("Lomo"), "ready"))
        url = f"/api/kitchen/recent?branchId={evening.house.branch_id}"
        refused(await rival.as_(rival.kitchen).get(url), 404, "not_found")
        assert ok(await rival.as_(rival.kitchen).get("/api/kitchen/recent"))["items"] == []


class TestTheRush:
    async def test_is_told_and_ends(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        url = f"/api/orders/{order['id']}/priority"
        evening.house.forget()
        for priority in (True, False):
            order = ok(await evening.kitchen.post(url, json={"priority": priority}))
            assert order["priority"] is priority
            assert ok(await evening.waiter.post(url, json={"priority": priority})) == order
        first, second = evening.house.events()
        assert [event["change"] for event in (first, second)] == ["priority", "priority"]
        assert (second["order"], order["rev"]) == (order, 3)

    async def test_is_nothing_for_an_order_that_is_over(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "cancelled"))
        url = f"/api/orders/{order['id']}/priority"
        problem = refused(await evening.kitchen.post(url, json={"priority": True}), 409, "illegal_transition")
        assert problem["resource"] == order
        assert await evening.read(order) == order

    @pytest.mark.parametrize("body", [{}, {"priority": "yes"}, {"priority": None}, None])
    async def test_is_or_is_not(self, evening: Evening, body: Any) -> None:
        order = await evening.order("Lomo")
        answer = await evening.kitchen.post(f"/api/orders/{order['id']}/priority", json=body)
        refused(answer, 422, "invalid")

    async def test_is_no_other_houses_business(self, evening: Evening, rival: House) -> None:
        order = await evening.order("Lomo")
        url = f"/api/orders/{order['id']}/priority"
        refused(await rival.as_(rival.admin).post(url, json={"priority": True}), 404, "not_found")
