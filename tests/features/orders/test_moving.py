"""Orders and lines move over the API: on, back, away, and never by a late tap."""

from __future__ import annotations

from typing import Any

import pytest

from restai.clock import MINUTE
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


def states(order: dict[str, Any]) -> list[str]:
    return [line["status"] for line in order["items"]]


class TestOrders:
    async def test_go_through_the_kitchen_to_the_table(self, evening: Evening, clock: ManualClock) -> None:
        order = await evening.order("Lomo", "Agua", table="5")
        evening.house.forget()
        for to, lines in (
            ("preparing", ["preparing", "ready"]),
            ("ready", ["ready", "ready"]),
            ("served", ["served", "served"]),
        ):
            clock.advance(MINUTE)
            order = ok(await evening.move(order, to, from_=order["status"]))
            assert (order["status"], states(order), order["statusChangedAt"]) == (to, lines, clock.now())
            event = evening.house.events()[-1]
            assert event["order"] == order
            assert (
                event.items()
                >= {
                    "type": "order:updated",
                    "orderId": order["id"],
                    "status": to,
                    "change": "status",
                }.items()
            )
        assert order["rev"] == 4

    async def test_of_drinks_alone_are_ready_at_once(self, evening: Evening) -> None:
        assert (await evening.order("Agua"))["status"] == "ready"

    async def test_may_skip_states(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo", "Agua"), "served"))
        assert (order["status"], states(order)) == ("served", ["served", "served"])

    @pytest.mark.parametrize("from_", ["ready", "preparing", "confirmed"])
    async def test_already_there_stay_and_tell_nobody(self, evening: Evening, from_: str) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "ready"))
        evening.house.forget()
        assert ok(await evening.move(order, "ready", from_=from_)) == order
        assert evening.house.events() == []

    async def test_are_not_undone_by_a_late_tap(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "ready"))
        evening.house.forget()
        problem = refused(await evening.move(order, "preparing", from_="confirmed"), 409, "stale")
        assert problem["resource"] == order
        assert (problem["current"], problem["expected"]) == ("ready", "confirmed")
        assert await evening.read(order) == order
        assert evening.house.events() == []

    async def test_step_back_only_from_what_was_seen(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "ready"))
        problem = refused(await evening.move(order, "preparing"), 409, "illegal_transition")
        assert problem["resource"] == order
        back = ok(await evening.move(order, "preparing", from_="ready"))
        assert (back["status"], states(back)) == ("preparing", ["preparing"])

    async def test_do_not_step_back_over_a_dish_that_is_done(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo", "Papas"), "preparing"))
        order = ok(await evening.move_line(order, 0, "ready"))
        refused(await evening.move(order, "confirmed", from_="preparing"), 409, "illegal_transition")
        assert await evening.read(order) == order

    async def test_go_back_to_the_guest_who_sent_them(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo", "Agua"), 201)
        ok(await evening.move(order, "confirmed", by=evening.waiter))
        back = ok(await evening.move(order, "pending", by=evening.waiter, from_="confirmed"))
        assert (back["status"], states(back)) == ("pending", ["pending", "pending"])
        ok(await ana.post(f"/api/guest/orders/{order['id']}/cancel"))

    async def test_are_cancelled_before_they_are_served(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo", "Agua"), "ready"))
        gone = ok(await evening.move(order, "cancelled", reason="The party left"))
        assert (gone["status"], states(gone), gone["balance"]) == ("cancelled", ["cancelled"] * 2, 0)
        assert evening.house.events("order:updated")[-1]["change"] == "status"
        refused(await evening.move(order, "ready"), 409, "illegal_transition")
        refused(await evening.move(order, "ready", from_="cancelled"), 409, "illegal_transition")

    async def test_are_not_cancelled_after(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "served"))
        refused(await evening.move(order, "cancelled"), 409, "illegal_transition")

    async def test_cancelled_in_part_are_still_to_be_paid(self, evening: Evening) -> None:
        order = ok(await evening.move_line(await evening.order("Lomo", "Agua"), 1, "served"))
        rest = ok(await evening.move(order, "cancelled"))
        assert (rest["status"], states(rest), rest["total"]) == ("served", ["cancelled", "served"], 601)

    @pytest.mark.parametrize("body", [{}, {"status": "eaten"}, {"status": "ready", "from": "x"}, [], None])
    async def test_understand_only_states(self, evening: Evening, body: Any) -> None:
        order = await evening.order("Lomo")
        refused(await evening.kitchen.patch(f"/api/orders/{order['id']}/status", json=body), 422, "invalid")

    async def test_that_do_not_exist_are_not_found(self, evening: Evening) -> None:
        refused(await evening.move({"id": new_id()}, "ready"), 404, "not_found")

    async def test_of_another_branch_are_not_found(self, evening: Evening) -> None:
        await evening.house.open_branch()
        order = await evening.order("Lomo")
        elsewhere = evening.house.as_(
            await evening.house.hire(
                "Nora Norte", evening.house.waiter.role, [max(evening.house.admin.branches)]
            )
        )
        refused(await evening.move(order, "ready", by=elsewhere), 404, "not_found")


class TestCompleting:
    async def test_waits_for_the_money(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "served"))
        problem = refused(await evening.move(order, "completed", by=evening.cashier), 409, "open_balance")
        assert (problem["balance"], problem["currency"]) == (4_200, "PEN")
        assert await evening.read(order) == order

    async def test_may_be_forced_by_a_manager_alone(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        refused(await evening.move(order, "completed", by=evening.cashier, force=True), 403, "forbidden")
        done = ok(await evening.move(order, "completed", by=evening.manager, force=True))
        assert (done["status"], states(done), done["balance"]) == ("completed", ["served"], 4_200)

    async def test_is_never_forced_while_a_visit_goes_on(self, evening: Evening) -> None:
        order = await evening.order("Lomo", table="5")
        refused(await evening.move(order, "completed", by=evening.manager, force=True), 409, "open_balance")

    async def test_of_what_costs_nothing_needs_no_force(self, evening: Evening) -> None:
        free = f"/api/menu/items/{evening.dishes['Agua']}"
        ok(await evening.manager.patch(free, json={"price": 0}))
        order = await evening.order("Agua")
        assert ok(await evening.move(order, "completed", by=evening.waiter))["status"] == "completed"

    async def test_is_final(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        done = ok(await evening.move(order, "completed", by=evening.manager, force=True))
        refused(await evening.move(done, "served", from_="completed"), 409, "illegal_transition")
        refused(await evening.move(done, "cancelled"), 409, "illegal_transition")
        refused(await evening.move_line(done, 0, "ready", from_="served"), 409, "illegal_transition")
        problem = refused(await evening.add(done, "Agua"), 409, "order_over")
        assert problem["resource"] == done
        assert await evening.read(done) == done


class TestLines:
    async def test_carry_their_order_along(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas")
        seen = []
        for place, to in ((0, "preparing"), (0, "ready"), (1, "ready"), (0, "served"), (1, "served")):
            order = ok(await evening.move_line(order, place, to))
            seen.append(order["status"])
            assert evening.house.events()[-1]["change"] == "item_status"
            assert evening.house.events()[-1]["order"] == order
        assert seen == ["preparing", "preparing", "ready", "ready", "served"]

    async def test_already_there_stay_and_tell_nobody(self, evening: Evening) -> None:
        order = ok(await evening.move_line(await evening.order("Lomo", "Papas"), 0, "ready"))
        evening.house.forget()
        assert ok(await evening.move_line(order, 0, "ready", from_="pending")) == order
        assert evening.house.events() == []

    async def test_are_not_undone_by_a_late_tap(self, evening: Evening) -> None:
        order = ok(await evening.move_line(await evening.order("Lomo", "Papas"), 0, "ready"))
        problem = refused(await evening.move_line(order, 0, "preparing", from_="pending"), 409, "stale")
        assert problem["resource"] == order

    async def test_step_back_only_from_what_was_seen(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "served"))
        refused(await evening.move_line(order, 0, "ready"), 409, "illegal_transition")
        back = ok(await evening.move_line(order, 0, "ready", from_="served"))
        assert (back["status"], states(back)) == ("ready", ["ready"])

    async def test_wait_for_their_order_to_be_confirmed(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        refused(await evening.move_line(order, 0, "preparing"), 409, "illegal_transition")

    async def test_are_cancelled_one_by_one_until_none_is_left(self, evening: Evening) -> None:
        order = await evening.order("Lomo", "Papas")
        url = f"/api/orders/{order['id']}/items/{order['items'][0]['id']}/cancel"
        less = ok(await evening.waiter.post(url, json={"reason": "burnt"}))
        assert (less["status"], states(less), less["total"]) == ("confirmed", ["cancelled", "pending"], 1_550)
        assert evening.house.events()[-1]["change"] == "item_cancelled"
        assert ok(await evening.waiter.post(url)) == less
        none = ok(await evening.move_line(order, 1, "cancelled"))
        assert (none["status"], none["total"]) == ("cancelled", 0)
        assert evening.house.events()[-1]["change"] == "item_cancelled"

    async def test_once_served_are_not_cancelled(self, evening: Evening) -> None:
        order = ok(await evening.move_line(await evening.order("Lomo", "Papas"), 0, "served"))
        refused(await evening.move_line(order, 0, "cancelled"), 409, "illegal_transition")

    async def test_of_another_order_are_not_found(self, evening: Evening) -> None:
        order, other = await evening.order("Lomo"), await evening.order("Lomo")
        mixed = {**order, "items": other["items"]}
        refused(await evening.move_line(mixed, 0, "ready"), 404, "not_found")
        assert await evening.read(order) == order


class TestRounds:
    async def test_put_a_served_order_back_for_the_new_lines_alone(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo", table="5"), "served"))
        evening.house.forget()
        grown = ok(await evening.add(order, "Papas", "Agua"))
        assert grown["status"] == "preparing"
        assert states(grown) == ["served", "pending", "ready"]
        assert [line["round"] for line in grown["items"]] == [1, 2, 2]
        assert grown["total"] == 4_200 + 1_550 + 601
        (event,) = evening.house.events()
        assert (event["type"], event["change"], event["order"]) == ("order:updated", "items_added", grown)
        third = ok(await evening.add(order, "Papas"))
        assert [line["round"] for line in third["items"]] == [1, 2, 2, 3]

    async def test_of_drinks_leave_the_kitchen_alone(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "served"))
        grown = ok(await evening.add(order, "Agua"))
        assert (grown["status"], states(grown)) == ("ready", ["served", "ready"])

    async def test_of_an_order_nobody_confirmed_wait_with_it(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        order = ok(await ana.order("Lomo"), 201)
        grown = ok(await evening.add(order, "Agua"))
        assert (grown["status"], states(grown)) == ("pending", ["pending", "pending"])

    async def test_are_not_taken_by_a_cancelled_order(self, evening: Evening) -> None:
        order = ok(await evening.move(await evening.order("Lomo"), "cancelled"))
        refused(await evening.add(order, "Papas"), 409, "order_over")

    async def test_are_refused_whole_if_one_dish_is_sold_out(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        await evening.carte.sold_out(evening.dishes["Papas"])
        refused(await evening.add(order, "Agua", "Papas"), 409, "sold_out")
        assert await evening.read(order) == order

    async def test_end_somewhere(self, evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("restai.features.orders.service.placing.LONGEST_ORDER", 2)
        order = await evening.order("Lomo")
        order = ok(await evening.add(order, "Agua"))
        refused(await evening.add(order, "Agua"), 422, "invalid")

    async def test_are_not_for_the_kitchen(self, evening: Evening) -> None:
        order = await evening.order("Lomo")
        more = {"items": evening.items("Agua")}
        refused(await evening.kitchen.post(f"/api/orders/{order['id']}/items", json=more), 403, "forbidden")


async def test_another_house_moves_nothing(evening: Evening, rival: House) -> None:
    order = await evening.order("Lomo")
    stranger = rival.as_(rival.admin)
    refused(await evening.move_line(order, 0, "ready", by=stranger), 404, "not_found")
    url = f"/api/orders/{order['id']}/items/{order['items'][0]['id']}/cancel"
    refused(await stranger.post(url), 404, "not_found")
    assert await evening.read(order) == order
