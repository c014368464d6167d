"""Going on from where one was, over the real log; and processes that share nothing but the database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from restai.app import App
from restai.auth.tokens import Tokens
from restai.clock import HOUR
from restai.db.engine import Database
from tests.support.clock import ManualClock
from tests.support.house import SECRET
from tests.support.live import Screens, serving
from tests.support.restaurant import Restaurant


@pytest.fixture
async def second(database_url: str, clock: ManualClock) -> AsyncIterator[Screens]:
    """Screens of a second process: it has the database in common with the first and nothing else."""
    app = App(Database(database_url, clock=clock), Tokens((SECRET,)), clock=clock)
    async with serving(app) as address:
        screens = Screens(address)
        yield screens
        await screens.close()


async def test_exactly_the_missed_events_come_in_order(restaurant: Restaurant) -> None:
    kitchen = restaurant.house.kitchen
    screen = await restaurant.screen(kitchen)
    before = (await restaurant.snapshot(kitchen))["stream"]
    await screen.leave()
    orders = [await restaurant.orders(type="takeout", tableId=None) for _ in range(5)]
    again = await restaurant.screen(kitchen, resume={restaurant.branch_id: before})
    assert [event["orderId"] for event in again.events] == [order["id"] for order in orders]
    assert [event["seq"] for event in again.events] == [before["seq"] + n for n in range(1, 6)]
    assert again.told[0]["streams"][restaurant.branch_id]["head"] == before["seq"] + 5


async def test_what_is_committed_in_one_process_is_seen_in_the_other(
    restaurant: Restaurant, second: Screens
) -> None:
    far = await second.of(restaurant.token(restaurant.house.kitchen))
    near = await restaurant.screen(restaurant.house.kitchen)
    orders = [await restaurant.orders(type="takeout", tableId=None) for _ in range(20)]
    for screen in (near, far):
        await screen.sees(lambda event: event.get("orderId") == orders[-1]["id"])
    assert [e["seq"] for e in near.events] == [e["seq"] for e in far.events]
    assert near.events == far.events


async def test_a_client_goes_from_one_process_to_the_other_without_a_gap(
    restaurant: Restaurant, second: Screens
) -> None:
    kitchen, branch = restaurant.house.kitchen, restaurant.branch_id
    seen: list[int] = []
    position = (await restaurant.snapshot(kitchen))["stream"]
    for round_ in range(6):
        await restaurant.orders(type="takeout", tableId=None)
        screens = (restaurant.screens, second)[round_ % 2]
        screen = await screens.of(restaurant.token(kitchen), resume={branch: position})
        await restaurant.orders(type="takeout", tableId=None)
        order = await restaurant.orders(type="takeout", tableId=None)
        await screen.sees(lambda event, id_=order["id"]: event.get("orderId") == id_)  # type: ignore[misc]
        await screen.leave()
        seen += [event["seq"] for event in screen.events]
        position = position | {"seq": seen[-1]}
    assert seen == list(range(seen[0], seen[0] + 18))


async def test_access_that_ends_in_one_process_ends_in_the_other(
    restaurant: Restaurant, second: Screens
) -> None:
    house = restaurant.house
    far = await second.of(restaurant.token(house.waiter))
    await restaurant.does(house.manager, "PATCH", f"/staff/{house.waiter.user_id}", active=False)
    assert await far.closed() == 4503


async def test_past_retention_a_snapshot_is_asked_for(
    app: App, restaurant: Restaurant, second: Screens, clock: ManualClock
) -> None:
    kitchen = restaurant.house.kitchen
    before = (await restaurant.snapshot(kitchen))["stream"]
    await restaurant.orders(type="takeout", tableId=None)
    clock.advance(49 * HOUR)
    await app.sweeper.sweep()
    order = await restaurant.orders(type="takeout", tableId=None)
    screen = await second.of(
        restaurant.token(kitchen), resume={restaurant.branch_id: before}
    )  # this process has none of it in memory
    resync = await screen.sees("resync")
    assert (resync["reason"], resync["branchId"]) == ("retention", restaurant.branch_id)
    assert screen.events == []
    snapshot = await restaurant.snapshot(kitchen)
    assert order["id"] in {o["id"] for o in snapshot["orders"]}
    assert snapshot["stream"]["seq"] >= resync["seq"]
