"""A busy kitchen on the real server: what its screens, the waiters' and the guests' are shown, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from restai.auth.permissions import Role
from restai.clock import SECOND
from tests.support.clock import ManualClock
from tests.support.house import Caller
from tests.support.live import Screen
from tests.support.restaurant import Phone, Restaurant

Json = dict[str, Any]


def about(screen: Screen, order: Json) -> list[Json]:
    """What a screen was told about an order, in order."""
    return [event for event in screen.events if event.get("orderId") == order["id"]]


def lines(order: Json, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(line[field] for field in fields) for line in order["items"]]


async def test_a_guest_sees_that_the_kitchen_has_seen_it(restaurant: Restaurant) -> None:
    house = restaurant.house
    ana = await restaurant.seats("Ana")
    phone = await restaurant.screen(ana)
    order = await restaurant.orders(items=restaurant.items(restaurant.dish, restaurant.drink))
    await restaurant.does(house.kitchen, "POST", "/kitchen/seen", lineIds=[order["items"][0]["id"]])
    event = await phone.sees(lambda told: told.get("change") == "seen")
    assert event["order"]["seenAt"] is not None
    assert [seen is not None for (seen,) in lines(event["order"], "seenAt")] == [True, False]


async def test_a_second_round_shows_the_kitchen_the_new_lines_once(restaurant: Restaurant) -> None:
    """Served, then more: the old lines stay served, the new ones are there to be cooked and to be seen."""
    house = restaurant.house
    screen = await restaurant.screen(house.kitchen)
    order = await restaurant.orders()
    await restaurant.does(house.kitchen, "POST", "/kitchen/seen", lineIds=[order["items"][0]["id"]])
    for to in ("ready", "served"):
        await restaurant.does(house.kitchen, "PATCH", f"/orders/{order['id']}/status", status=to)
    before = len(about(screen, order))
    items = restaurant.items(restaurant.dish, restaurant.drink)
    grown = await restaurant.does(house.waiter, "POST", f"/orders/{order['id']}/items", items=items)
    await screen.sees(lambda told: told.get("change") == "items_added")
    await screen.settled()
    (event,) = about(screen, order)[before:]
    assert event["order"] == grown
    assert (grown["status"], grown["seenAt"]) == ("preparing", None)
    assert lines(grown, "round", "station", "status") == [
        (1, "kitchen", "served"),
        (2, "kitchen", "pending"),
        (2, "none", "ready"),
    ]
    assert [seen is not None for (seen,) in lines(grown, "seenAt")] == [True, False, False]


@pytest.mark.parametrize("who", ["guest", "waiter", "cashier"])
async def test_what_is_cancelled_is_told_at_once_and_named(restaurant: Restaurant, who: str) -> None:
    """By whomever: the whole order by a guest or the cashier, a line of it by the waiter."""
    house = restaurant.house
    screen = await restaurant.screen(house.kitchen)
    ana = await restaurant.seats("Ana")
    items = restaurant.items(restaurant.dish, restaurant.dish)
    if who == "guest":
        order = await restaurant.does(ana, "POST", "/guest/orders", items=items)
        await restaurant.does(ana, "POST", f"/guest/orders/{order['id']}/cancel")
    else:
        order = await restaurant.orders(items=items)
        path = f"/orders/{order['id']}/items/{order['items'][1]['id']}/cancel"
        if who == "waiter":
            await restaurant.does(house.waiter, "POST", path)
        else:
            await restaurant.does(house.cashier, "PATCH", f"/orders/{order['id']}/status", status="cancelled")
    await screen.sees(lambda told: told.get("orderId") == order["id"] and told["type"] == "order:updated")
    await screen.settled()
    created, cancelled = about(screen, order)
    assert created["type"] == "order:created"
    assert cancelled["change"] == ("item_cancelled" if who == "waiter" else "status")
    expected = ["pending", "cancelled"] if who == "waiter" else ["cancelled", "cancelled"]
    assert [status for (status,) in lines(cancelled["order"], "status")] == expected


async def test_twenty_waiters_and_eight_screens_bump_one_ticket(restaurant: Restaurant) -> None:
    """It is ready once, every screen is told once, and nobody is shown an error; one runner has it then."""
    house = restaurant.house
    waiters = [house.as_(await house.hire(f"Waiter {n}", Role.WAITER)) for n in range(20)]
    order = await restaurant.orders()
    screens = [await restaurant.screen(house.kitchen) for _ in range(8)]
    cooks = [house.as_(house.kitchen) for _ in range(8)]
    bump = {"status": "ready", "from": order["status"]}
    url = f"/api/orders/{order['id']}"
    answers = await asyncio.gather(*(each.patch(f"{url}/status", json=bump) for each in waiters + cooks))
    assert [answer.status_code for answer in answers] == [200] * 28
    assert {answer.json()["rev"] for answer in answers} == {2}

    async def takes(waiter: Caller) -> tuple[int, Json]:
        answer = await waiter.post(f"{url}/take")
        return answer.status_code, answer.json()

    taken = sorted(await asyncio.gather(*map(takes, waiters)), key=lambda told: told[0])
    assert [status for status, _ in taken] == [200] + [409] * 19
    assert {told["resource"]["takenBy"]["id"] for _, told in taken[1:]} == {taken[0][1]["takenBy"]["id"]}
    for screen in screens:
        await screen.sees(lambda told: told.get("change") == "taken")
        await screen.settled()
        assert [event["change"] for event in about(screen, order)] == ["status", "taken"]
        assert about(screen, order)[-1]["order"] == taken[0][1]


def now(is_available: bool) -> Callable[[Json], bool]:
    return lambda told: told["type"] == "menu:availability" and told["isAvailable"] is is_available


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_what_is_sold_out_leaves_two_hundred_menus_at_once(
    restaurant: Restaurant, clock: ManualClock
) -> None:
    """Phones that wait to be let in read the menu too; what a stale one orders is refused by name."""
    house, dish = restaurant.house, restaurant.dish
    seated = [await restaurant.seats("Ana", table) for table in range(4)]
    waiting = []
    for n in range(196):
        clock.advance(5 * SECOND)  # parties come one after another
        waiting.append(await restaurant.scans(f"Guest {n}", n % 4))
    screens: list[Screen] = []
    phones: list[Phone] = [*seated, *waiting]
    for at in range(0, len(phones), 20):
        screens += await asyncio.gather(*(restaurant.screen(phone) for phone in phones[at : at + 20]))
    for is_available in (False, True):
        path = f"/menu/items/{dish['id']}/availability"
        await restaurant.does(house.kitchen, "POST", path, isAvailable=is_available)
        for screen in screens:
            await screen.sees(now(is_available))
        items = {"items": restaurant.items(dish, restaurant.drink)}
        answer = await seated[0].api.post("/api/guest/orders", json=items)
        if is_available:
            assert answer.status_code == 201
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "sold_out")
            assert answer.json()["items"] == [{"id": dish["id"], "name": "Ceviche"}]
    told = {len([event for event in screen.events if "menuItemId" in event]) for screen in screens}
    assert told == {2}
