"""Several phones at one cart in the same moment."""

from __future__ import annotations

import asyncio

from restai.ids import new_id
from tests.support.evening import Evening, Phone, ok

ROUNDS = 8  # of each race: one that is lost once in a while must be seen


async def party(evening: Evening, *names: str) -> list[Phone]:
    """Some phones in one visit, at a table that is set up for them."""
    number = f"P{len(evening.tables)}"
    evening.tables[number] = await evening.new_table(number)
    host = await evening.guest_in(number, names[0])
    friends = [await evening.phone(number, name) for name in names[1:]]
    for friend in friends:
        ok(await evening.admits(host, friend))
    evening.house.forget()
    return [host, *friends]


async def test_what_everybody_puts_in_at_once_is_all_there(evening: Evening) -> None:
    phones = await party(evening, "Ana", "Ben", "Cleo", "Dan")
    for round_ in range(1, ROUNDS + 1):
        answers = await asyncio.gather(*(phone.wants("Lomo") for phone in phones))
        cart = await phones[0].cart()
        assert len(cart["lines"]) == cart["rev"] == 4 * round_
        assert sorted(ok(answer)["rev"] for answer in answers) == list(range(4 * round_ - 3, 4 * round_ + 1))
        assert evening.house.events()[-1]["cart"] == cart


async def test_two_lines_changed_at_once_are_both_changed(evening: Evening) -> None:
    ana, ben = await party(evening, "Ana", "Ben")
    hers, his = new_id(), new_id()
    ok(await ana.wants("Lomo", line=hers))
    ok(await ben.wants("Agua", line=his))
    for quantity in range(2, ROUNDS):
        await asyncio.gather(
            ana.wants("Lomo", quantity, line=hers), ben.wants("Agua", 2 * quantity, line=his)
        )
        cart = await ana.cart()
        assert [line["quantity"] for line in cart["lines"]] == [quantity, 2 * quantity]
        assert evening.house.events()[-1]["cart"] == cart


async def test_two_who_press_order_at_once_order_once(evening: Evening) -> None:
    for _ in range(ROUNDS):
        ana, ben = await party(evening, "Ana", "Ben")
        ok(await ana.wants("Lomo"))
        ok(await ben.wants("Agua"))
        evening.house.forget()
        answers = await asyncio.gather(ana.order_cart(), ben.order_cart())
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (late,) = (answer.json() for answer in answers if answer.status_code == 409)
        assert (late["code"], late["resource"]) == ("cart_empty", await ana.cart())
        (created,) = evening.house.events("order:created")
        assert [line["name"] for line in created["order"]["items"]] == ["Lomo", "Agua"]


async def test_a_line_put_in_while_it_is_ordered_is_in_the_order_or_in_the_cart(evening: Evening) -> None:
    for _ in range(ROUNDS):
        ana, ben = await party(evening, "Ana", "Ben")
        ok(await ana.wants("Lomo"))
        ordered, put = await asyncio.gather(ana.order_cart(), ben.wants("Agua"))
        ok(put)
        names = [line["name"] for line in ok(ordered, 201)["items"]]
        left = [line["guestName"] for line in (await ben.cart())["lines"]]
        assert (names, left) in ((["Lomo", "Agua"], []), (["Lomo"], ["Ben"]))


async def test_a_line_changed_while_it_is_ordered_is_ordered_once(evening: Evening) -> None:
    for _ in range(ROUNDS):
        ana, ben = await party(evening, "Ana", "Ben")
        line = new_id()
        ok(await ana.wants("Lomo", line=line))
        ordered, more = await asyncio.gather(ben.order_cart(), ana.wants("Lomo", 2, line=line))
        quantity = ok(ordered, 201)["items"][0]["quantity"]
        assert (more.status_code, quantity) in ((200, 2), (409, 1))
        assert (await ana.cart())["lines"] == []


async def test_it_is_ordered_before_the_visit_ends_or_not_at_all(evening: Evening) -> None:
    for _ in range(ROUNDS):
        (ana,) = await party(evening, "Ana")
        ok(await ana.wants("Agua"))
        ordered, ended = await asyncio.gather(
            ana.order_cart(), evening.waiter.post(f"/api/sessions/{ana.session_id}/end")
        )
        if ended.status_code == 200:
            assert ordered.status_code in (401, 403)
            assert evening.house.events("order:created") == []
        else:
            assert (ordered.status_code, ended.json()["code"]) == (201, "open_balance")


async def test_two_parties_fill_two_carts(evening: Evening) -> None:
    (ana,), (bea,) = await party(evening, "Ana"), await party(evening, "Bea")
    await asyncio.gather(*(phone.wants("Lomo") for phone in (ana, bea) for _ in range(ROUNDS)))
    for phone in (ana, bea):
        assert (await phone.cart())["rev"] == ROUNDS
