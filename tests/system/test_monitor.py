"""A manager's monitor tells how the process that answers serves his branch: sockets, rooms, freshness."""

from __future__ import annotations

from tests.support.house import House
from tests.support.restaurant import Restaurant


async def test_sockets_and_rooms_are_counted(restaurant: Restaurant) -> None:
    house = restaurant.house
    path = f"/branches/{restaurant.branch_id}/monitor"
    before = (await restaurant.does(house.manager, "GET", path))["process"]
    assert (before["connections"], before["phones"], before["rooms"]) == (0, 0, 0)
    screen = await restaurant.screen(house.waiter)
    await restaurant.screen(await restaurant.seats("Ana"))
    now = (await restaurant.does(house.manager, "GET", path))["process"]
    # the branch's and its menu's, the guest's visit and table
    assert (now["connections"], now["phones"], now["rooms"]) == (2, 1, 4)
    assert 0 <= now["logLagMs"] < 10_000
    assert (now["redis"], now["redisMs"]) == (None, None)
    await screen.leave()


async def test_nothing_is_told_of_what_others_are_doing(restaurant: Restaurant, rival: House) -> None:
    """How busy somebody is is his own affair, also if one process serves both."""
    house = restaurant.house
    elsewhere = await house.open_branch()
    for who in (rival.waiter, rival.cashier):
        await restaurant.screens.of(rival.token(who))
    quiet = {"connections": 0, "phones": 0, "rooms": 0, "logLagMs": None, "redis": None, "redisMs": None}
    path = f"/branches/{restaurant.branch_id}/monitor"
    assert (await restaurant.does(house.manager, "GET", path))["process"] == quiet

    await restaurant.screen(house.admin)  # of both branches
    for branch in (restaurant.branch_id, elsewhere):
        now = (await restaurant.does(house.admin, "GET", f"/branches/{branch}/monitor"))["process"]
        assert (now["connections"], now["phones"], now["rooms"]) == (1, 0, 2)
