"""The cart over the API: what a party puts into it, and what becomes of that."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from restai.features.cart.models import CartLine
from restai.ids import new_id
from tests.support.evening import Evening, Phone, ok, refused


@pytest.fixture
async def ana(evening: Evening) -> Phone:
    """Ana sits at table 5, and nobody has ordered."""
    phone = await evening.guest_in("5", "Ana")
    evening.house.forget()
    return phone


@pytest.fixture
async def ben(evening: Evening, ana: Phone) -> Phone:
    """Ben sits with her."""
    phone = await evening.phone("5", "Ben")
    ok(await evening.admits(ana, phone))
    evening.house.forget()
    return phone


def contents(cart: dict[str, Any]) -> list[tuple[int, str]]:
    """How much of each line, and whose it is."""
    return [(line["quantity"], line["guestName"]) for line in cart["lines"]]


class TestFilling:
    async def test_a_dish_is_put_into_it(self, evening: Evening, ana: Phone) -> None:
        side = await evening.carte.group("Side", "Rice", "Beans")
        url = f"/api/menu/items/{evening.dishes['Lomo']}"
        ok(await evening.manager.patch(url, json={"modifierGroupIds": [side["id"]]}))
        evening.house.forget()
        rice, line = side["modifiers"][0]["id"], new_id()
        cart = ok(await ana.wants("Lomo", 2, line=line, modifierIds=[rice], notes=" rare "))
        assert cart == {
            "id": ana.session_id,
            "rev": 1,
            "lines": [
                {
                    "id": line,
                    "menuItemId": evening.dishes["Lomo"],
                    "quantity": 2,
                    "modifierIds": [rice],
                    "notes": "rare",
                    "guestId": ana.id,
                    "guestName": "Ana",
                }
            ],
        }
        (row,) = evening.house.log()
        assert (row.draft.type, row.draft.session_id) == ("cart:updated", ana.session_id)
        assert row.draft.rooms == (f"session:{ana.session_id}",)
        (told,) = evening.house.guest_events()
        assert (told["sessionId"], told["cart"]) == (ana.session_id, cart)
        assert await ana.cart() == cart

    async def test_the_party_fills_it_together(self, ana: Phone, ben: Phone) -> None:
        ok(await ana.wants("Lomo"))
        cart = ok(await ben.wants("Agua", 3))
        assert (cart["rev"], contents(cart)) == (2, [(1, "Ana"), (3, "Ben")])
        assert await ana.cart() == await ben.cart() == cart

    async def test_a_line_is_changed_by_whoever_sits_there_and_stays_whose_it_was(
        self, evening: Evening, ana: Phone, ben: Phone
    ) -> None:
        line = new_id()
        ok(await ana.wants("Lomo", 1, line=line, notes="rare"))
        cart = ok(await ben.wants("Papas", 2, line=line))
        (changed,) = cart["lines"]
        assert (changed["menuItemId"], changed["notes"]) == (evening.dishes["Papas"], None)
        assert contents(cart) == [(2, "Ana")]
        assert cart["rev"] == 2

    async def test_what_changes_nothing_tells_nobody(self, evening: Evening, ana: Phone) -> None:
        line = new_id()
        cart = ok(await ana.wants("Lomo", 2, line=line, notes="rare"))
        evening.house.forget()
        assert ok(await ana.wants("Lomo", 2, line=line, notes="rare")) == cart
        assert evening.house.events() == []

    async def test_a_line_is_taken_out_once(self, evening: Evening, ana: Phone, ben: Phone) -> None:
        line = new_id()
        ok(await ana.wants("Lomo", line=line))
        ok(await ana.wants("Agua"))
        evening.house.forget()
        cart = ok(await ben.take_out(line))
        assert contents(cart) == [(1, "Ana")]
        assert ok(await ana.take_out(line)) == cart
        assert [event["cart"] for event in evening.house.events()] == [cart]

    async def test_what_was_taken_out_does_not_come_back_by_a_late_tap(self, ana: Phone, ben: Phone) -> None:
        line = new_id()
        ok(await ana.wants("Lomo", line=line))
        cart = ok(await ben.take_out(line))
        problem = refused(await ana.wants("Lomo", 2, line=line), 409, "stale")
        assert (problem["current"], problem["resource"]) == ("removed", cart)
        assert await ana.cart() == cart

    async def test_a_tap_sent_again_by_its_key_is_one(self, evening: Evening, ana: Phone) -> None:
        line = new_id()
        first = ok(await ana.wants("Lomo", line=line, key="tap"))
        ok(await ana.take_out(line))
        assert ok(await ana.wants("Lomo", line=line, key="tap")) == first
        assert (await ana.cart())["lines"] == []

    async def test_it_is_bounded(self, monkeypatch: pytest.MonkeyPatch, ana: Phone) -> None:
        monkeypatch.setattr("restai.features.cart.service.MOST_LINES", 2)
        line = new_id()
        for cart in (await ana.wants("Lomo", line=line), await ana.wants("Agua")):
            ok(cart)
        refused(await ana.wants("Papas"), 422, "invalid")
        ok(await ana.wants("Lomo", 5, line=line))
        ok(await ana.take_out(line))
        ok(await ana.wants("Papas"))

    async def test_what_cannot_be_had_is_not_put_into_it(self, evening: Evening, ana: Phone) -> None:
        sold_out = evening.dishes["Papas"]
        await evening.carte.sold_out(sold_out)
        problem = refused(await ana.wants("Papas"), 409, "sold_out")
        assert problem["items"] == [{"id": sold_out, "name": "Papas"}]
        gone = evening.dishes["Agua"]
        ok(await evening.manager.delete(f"/api/menu/items/{gone}"))
        refused(await ana.wants("Agua"), 404, "not_found")
        refused(await ana.wants("Lomo", modifierIds=[new_id()]), 422, "invalid")
        assert (await ana.cart())["lines"] == []

    @pytest.mark.parametrize(
        "wrong",
        [{"quantity": 0}, {"quantity": 1000}, {"quantity": 1.5}, {"notes": "x" * 301}, {"guestName": "Eve"}],
        ids=str,
    )
    async def test_a_line_that_is_none_is_refused(self, ana: Phone, wrong: dict[str, Any]) -> None:
        refused(await ana.wants("Lomo", **wrong), 422, "invalid")

    async def test_a_line_has_an_id_that_a_phone_made(self, ana: Phone) -> None:
        for id_ in ("one", "00000000-0000-4000-8000-000000000000"):
            refused(await ana.wants("Lomo", line=id_), 422, "invalid")


class TestWhoMay:
    async def test_who_waits_does_not_touch_it(self, evening: Evening, ana: Phone) -> None:
        line = new_id()
        ok(await ana.wants("Lomo", line=line))
        ben = await evening.phone("5", "Ben")
        for answer in (
            await ben.wants("Agua"),
            await ben.wants("Lomo", 9, line=line),
            await ben.take_out(line),
            await ben.order_cart(),
        ):
            refused(answer, 403, "forbidden")
        assert contents(await ana.cart()) == [(1, "Ana")]

    async def test_another_table_knows_nothing_of_it(self, evening: Evening, ana: Phone) -> None:
        line = new_id()
        ok(await ana.wants("Lomo", line=line))
        olga = await evening.guest_in("6", "Olga")
        refused(await olga.wants("Lomo", 9, line=line), 409, "taken")
        refused(await olga.take_out(line), 404, "not_found")
        refused(await olga.order_cart(), 409, "cart_empty")
        assert contents(await ana.cart()) == [(1, "Ana")]

    async def test_staff_have_none(self, evening: Evening) -> None:
        url = f"/api/guest/cart/lines/{new_id()}"
        body = {"menuItemId": evening.dishes["Lomo"], "quantity": 1}
        refused(await evening.waiter.put(url, json=body), 401, "token_invalid")
        refused(await evening.nobody.put(url, json=body), 401, "token_missing")


class TestOrdering:
    async def test_takes_all_that_is_in_it_each_line_its_guests(
        self, evening: Evening, ana: Phone, ben: Phone
    ) -> None:
        ok(await ana.wants("Lomo", 2, notes="rare"))
        ok(await ben.wants("Agua"))
        evening.house.forget()
        order = ok(await ben.order_cart(), 201)
        assert [
            (line["name"], line["quantity"], line["notes"], line["guestName"]) for line in order["items"]
        ] == [("Lomo", 2, "rare", "Ana"), ("Agua", 1, None, "Ben")]
        assert (order["status"], order["sessionId"]) == ("pending", ana.session_id)
        assert order["total"] == 2 * 4_200 + 601
        cart = await ana.cart()
        assert (cart["rev"], cart["lines"]) == (3, [])
        emptied, created = evening.house.guest_events()
        assert (emptied["type"], emptied["cart"]) == ("cart:updated", cart)
        assert (created["type"], created["order"]) == ("order:created", order)

    async def test_an_empty_cart_is_no_order(self, evening: Evening, ana: Phone) -> None:
        empty = {"id": ana.session_id, "rev": 0, "lines": []}
        assert refused(await ana.order_cart(), 409, "cart_empty")["resource"] == empty
        ok(await ana.wants("Lomo"))
        ok(await ana.order_cart(), 201)
        evening.house.forget()
        problem = refused(await ana.order_cart(), 409, "cart_empty")
        assert problem["resource"] == await ana.cart() == empty | {"rev": 2}
        assert evening.house.events() == []

    async def test_pressed_again_by_its_key_it_is_the_same_order(self, ana: Phone) -> None:
        ok(await ana.wants("Lomo"))
        order = ok(await ana.order_cart(key="press"), 201)
        ok(await ana.wants("Agua"))
        assert ok(await ana.order_cart(key="press"), 201) == order
        assert contents(await ana.cart()) == [(1, "Ana")]

    async def test_what_was_ordered_does_not_come_back_by_a_late_tap(self, ana: Phone, ben: Phone) -> None:
        line = new_id()
        ok(await ana.wants("Lomo", line=line))
        ok(await ben.order_cart(), 201)
        for late in (await ana.wants("Lomo", 2, line=line), await ana.take_out(line)):
            problem = refused(late, 409, "stale")
            assert (problem["current"], problem["resource"]["lines"]) == ("ordered", [])
        refused(await ana.order_cart(), 409, "cart_empty")

    async def test_a_cart_that_has_grown_old_is_refused_with_what_is_sold_out_named(
        self, evening: Evening, ana: Phone, ben: Phone
    ) -> None:
        """Nothing of it is lost: without what is sold out, the rest can be ordered."""
        papas = new_id()
        ok(await ana.wants("Lomo"))
        ok(await ben.wants("Papas", line=papas))
        before = ok(await ben.wants("Agua", 2))
        await evening.carte.sold_out(evening.dishes["Papas"])
        evening.house.forget()
        problem = refused(await ana.order_cart(), 409, "sold_out")
        assert problem["items"] == [{"id": evening.dishes["Papas"], "name": "Papas"}]
        assert await ana.cart() == before
        assert evening.house.events() == []
        ok(await ana.take_out(papas))
        order = ok(await ana.order_cart(), 201)
        assert [line["name"] for line in order["items"]] == ["Lomo", "Agua"]

    async def test_a_line_that_the_menu_asks_more_of_now_is_named(self, evening: Evening, ana: Phone) -> None:
        ok(await ana.wants("Agua"))
        ok(await ana.wants("Lomo"))
        point = await evening.carte.group("Point", "Rare", min=1)
        url = f"/api/menu/items/{evening.dishes['Lomo']}"
        ok(await evening.manager.patch(url, json={"modifierGroupIds": [point["id"]]}))
        problem = refused(await ana.order_cart(), 422, "invalid")
        assert problem["errors"][0]["field"] == "items.1.modifierIds"
        assert len((await ana.cart())["lines"]) == 2

    async def test_costs_what_the_menu_says_now(self, evening: Evening, ana: Phone) -> None:
        ok(await ana.wants("Lomo"))
        ok(await evening.manager.patch(f"/api/menu/items/{evening.dishes['Lomo']}", json={"price": 5_000}))
        assert ok(await ana.order_cart(), 201)["total"] == 5_000

    async def test_dishes_can_be_ordered_past_it(self, ana: Phone) -> None:
        ok(await ana.wants("Lomo"))
        order = ok(await ana.order("Agua"), 201)
        assert [line["name"] for line in order["items"]] == ["Agua"]
        assert contents(await ana.cart()) == [(1, "Ana")]

    async def test_an_order_has_items_or_the_carts(self, evening: Evening, ana: Phone) -> None:
        ok(await ana.wants("Lomo"))
        for body in ({}, {"fromCart": False}, {"fromCart": True, "items": evening.items("Agua")}):
            refused(await ana.post("/api/guest/orders", json=body), 422, "invalid")


class TestTheEnd:
    async def test_a_visit_takes_its_cart_along(self, evening: Evening, ana: Phone) -> None:
        ok(await ana.wants("Lomo"))
        evening.house.forget()
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/end"))
        assert evening.house.events("cart:updated") == []
        async with evening.house.database.reading() as tx:
            assert await tx.session.scalar(select(func.count()).select_from(CartLine)) == 0
        bea = await evening.guest_in("5", "Bea")
        assert (await bea.cart())["lines"] == []
        refused(await ana.wants("Lomo"), 401, "token_revoked")
        refused(await bea.order_cart(), 409, "cart_empty")
